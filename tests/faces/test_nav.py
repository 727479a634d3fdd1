"""The bar on top of every page."""

import re

import pytest

from tests.people import WHO


def links(client) -> list[str]:
    nav = re.search(r"<nav.*?</nav>", client.get("/account/").content.decode(), re.S).group()
    return re.findall(r'href="([^"]+)"', nav)


@pytest.mark.parametrize("who", WHO)
def test_nobody_is_shown_a_door_that_is_closed_to_them(door, who):
    client = door(who)
    shown = links(client)
    assert shown
    assert {href: client.get(href).status_code for href in shown} == dict.fromkeys(shown, 200)


def test_a_certifying_officer_is_led_to_certificates_and_not_to_warnings(door):
    assert links(door("amy")) == ["/desk/certificates/"]
    assert "/desk/warnings/" in links(door("bo"))

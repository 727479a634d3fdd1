"""A repeated request is done once; another one under the same key is refused, or for a form done."""

import pytest
from django.test import RequestFactory

from guomen.faces.forms import answer_once, send_once
from guomen.parties.once import KeyReused, once_request

pytestmark = pytest.mark.django_db
web = RequestFactory()


def asked(path="/api/things", body="{}", method="POST", key="k"):
    return web.generic(method, path, body, "application/json", headers={"Idempotency-Key": key})


def form(path="/desk/one", **fields):
    return web.post(path, {"once": "a", "csrfmiddlewaretoken": "different each time", **fields})


@pytest.mark.parametrize("other", [{"path": "/api/others"}, {"path": "/api/things?n=2"}, {"body": "[]"}])
def test_it_refuses_a_key_that_was_used_for_another_request(people, other):
    by, done = people.cy.actor, []
    assert once_request(asked(), by, lambda: done.append(1) or {"n": 1}) == ({"n": 1}, True)
    assert once_request(asked(), by, lambda: done.append(1) or {"n": 2}) == ({"n": 1}, False)
    with pytest.raises(KeyReused):
        once_request(asked(**other), by, lambda: done.append(1))
    with pytest.raises(KeyReused):
        once_request(asked(method="PUT"), by, lambda: done.append(1))
    assert done == [1]


def test_long_keys_that_only_begin_alike_are_different_keys(people):
    by, long = people.cy.actor, "k" * 200
    assert once_request(asked(key=f"{long}-1"), by, lambda: 1) == (1, True)
    assert once_request(asked(key=f"{long}-2"), by, lambda: 2) == (2, True)
    assert once_request(asked(key=f"{long}-1"), by, lambda: 3) == (1, False)


def test_it_sends_a_form_once_however_often_the_button_is_pressed(people):
    done = []
    assert send_once(form(reason="x"), people.bo.actor, lambda: done.append(1))
    assert not send_once(form(reason="x"), people.bo.actor, lambda: done.append(1))
    assert done == [1]


def test_another_button_or_a_corrected_entry_of_the_same_page_is_another_write(people):
    done = []
    for request in [form(do="a"), form(do="b"), form("/desk/two", do="a")]:
        assert send_once(request, people.bo.actor, lambda: done.append(1))
    assert done == [1, 1, 1]


def test_all_values_of_a_field_and_what_the_fields_do_not_hold_tell_two_forms_apart(people):
    by, done = people.bo.actor, []
    assert answer_once(form(step=["a", "b"]), by, lambda: done.append(1) or 1) == (1, True)
    assert answer_once(form(step=["c", "b"]), by, lambda: done.append(1) or 2) == (2, True)
    assert answer_once(form(step=["c", "b"]), by, lambda: done.append(1) or 3, "digest of a file") == (3, True)
    assert answer_once(form(step=["a", "b"]), by, lambda: done.append(1) or 4) == (1, False)

"""Sending to addresses that strangers choose: what is refused, and what a receiver can do to us."""

import asyncio
import gzip
import ipaddress
import socket
import time
from collections.abc import Iterator

import pytest

from guomen.kit import outbound
from guomen.kit.outbound import BadDestination, Unsendable, is_public, networks, read_destination
from tests.kit.receiver import Receiver

HERE = networks("127.0.0.0/8, ::1/128")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


def post(url: str, body: bytes = b"{}", allowed=HERE, **more) -> tuple[int, str]:
    return asyncio.run(outbound.post(url, body, {"Content-Type": "application/json"}, allowed=allowed, **more))


@pytest.mark.parametrize(
    "url",
    [
        "", "hello", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)",
        "https://", "https:///x", "//example.com", "https://example.com:0/", "https://example.com:99999/",
        "https://user:pass@example.com/", "https://user@example.com/", "https://example.com/#part",
        "https://exa mple.com/", "https://example.com/\r\nX: y", "https://[::1", "https://bücher.example/",
        "https://[fe80::1%25eth0]/", "http://example.com/", "https://" + "a" * 3000 + ".example/",
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://0.0.0.0/", "https://[::]/",
        "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://[fe80::1]/",
        "https://100.100.100.200/", "https://[fec0::1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://224.0.0.1/",
        "https://255.255.255.255/", "https://240.0.0.1/", "https://192.0.0.192/", "https://198.18.0.1/",
        "https://localhost/", "https://LOCALHOST./", "https://db/", "https://a.localhost/", "https://printer.local/",
        "https://metadata.google.internal/", "https://nas.home.arpa/", "http://1.1.1.1/",
    ],
)  # fmt: skip
def test_a_hostile_destination_is_refused_before_anything_is_asked(url):
    with pytest.raises(BadDestination):
        read_destination(url)


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("https://example.com", "https://example.com", "/"),
        ("https://example.com:8443/a/b?token=x", "https://example.com:8443", "/a/b?token=x"),
        ("https://1.1.1.1/x", "https://1.1.1.1", "/x"),
        ("https://[2606:4700::1111]/x", "https://[2606:4700::1111]", "/x"),
        ("HTTPS://Example.com/X", "https://example.com", "/X"),
    ],
)
def test_a_public_destination_is_taken_apart(url, origin, target):
    found = read_destination(url)
    assert (found.origin, found.target) == (origin, target)


def test_networks_that_the_installation_allows_may_be_reached_without_tls():
    assert read_destination("http://10.1.2.3/x", networks("10.1.0.0/16")).host == "10.1.2.3"
    assert read_destination("http://[::ffff:10.1.2.3]/x", networks("10.1.0.0/16")).port == 80
    with pytest.raises(BadDestination, match="not-public"):
        read_destination("http://10.2.2.3/x", networks("10.1.0.0/16"))
    with pytest.raises(BadDestination, match="https-required"):
        read_destination("http://1.1.1.1/x", networks("10.1.0.0/16"))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_known_as_such(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["169.254.169.254"], ["::1"], ["8.8.8.8", "::ffff:10.0.0.1"]]
)
def test_a_name_that_leads_to_a_private_address_is_refused(addresses):
    async def resolve(host: str, port: int) -> list[str]:
        return addresses

    with pytest.raises(BadDestination, match="not-public"):
        post("https://innocent.example/", allowed=(), resolve=resolve)


def test_a_name_is_resolved_once_and_the_address_that_was_judged_is_used(receiver):
    """A name server that answers differently the second time (DNS rebinding) gains nothing: nobody asks it again."""
    asked = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.99"]

    assert post(f"http://partner.example:{receiver.port}/in?x=1", resolve=resolve) == (200, "")
    assert asked == ["partner.example"]
    assert receiver.requests[0].path == "/in?x=1"
    assert receiver.requests[0].headers["Host"] == f"partner.example:{receiver.port}"


def test_an_answer_is_its_status_and_when_to_come_back(receiver):
    receiver.answers = [(503, {"Retry-After": "7"})]
    assert post(receiver.url, b'{"a":1}') == (503, "7")
    assert receiver.requests[0].body == b'{"a":1}'


def test_a_redirect_is_not_followed(receiver):
    receiver.answers = [(307, {"Location": f"{receiver.url}/elsewhere"})]
    assert post(receiver.url)[0] == 307
    assert len(receiver.requests) == 1


def test_an_endless_answer_is_not_read(receiver):
    receiver.answers = ["endless"]
    began = time.monotonic()
    assert post(receiver.url)[0] == 200
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("answer", "code"), [("silence", "timed-out"), ("drip", "timed-out"), ("hang up", "broken-off")]
)
def test_a_receiver_that_does_not_answer_is_left_after_a_while(receiver, answer, code):
    receiver.answers = [answer]
    began = time.monotonic()
    with pytest.raises(Unsendable, match=code):
        post(receiver.url, seconds=1)
    assert time.monotonic() - began < 5


def test_a_port_where_nobody_listens_is_not_connected():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unsendable, match="not-connected"):
        post(f"http://127.0.0.1:{port}/")


def test_what_answers_without_tls_is_not_trusted_with_https(receiver):
    with pytest.raises(Unsendable):
        post(receiver.url.replace("http:", "https:"), seconds=5)


def test_a_host_without_an_address_is_named_as_such():
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(Unsendable, match="no-such-host"):
        post("https://nowhere.example/", resolve=resolve)


def test_the_next_address_is_tried_where_nothing_was_sent(receiver):
    async def resolve(host: str, port: int) -> list[str]:
        return ["::1", "127.0.0.1"]

    assert post(f"http://two.example:{receiver.port}/", resolve=resolve)[0] == 200


def get(url: str, most: int = 1000) -> outbound.Answer:
    return asyncio.run(outbound.get(url, {"Accept": "text/plain"}, most=most, allowed=HERE))


def test_what_is_fetched_comes_with_its_type_and_never_larger_than_asked(receiver):
    receiver.answers = [(200, {"Content-Type": "Text/Plain; charset=utf-8"}, b"x" * 1000)]
    answer = get(receiver.url)
    assert (answer.status, answer.media_type, answer.body) == (200, "text/plain", b"x" * 1000)
    assert receiver.requests[0].headers["Accept"] == "text/plain"
    with pytest.raises(Unsendable, match="too-large"):
        get(receiver.url, most=999)
    receiver.answers = ["endless"]
    with pytest.raises(Unsendable, match="too-large"):
        get(receiver.url)


def test_a_compressed_answer_is_not_unpacked(receiver):
    receiver.answers = [(200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(10_000_000)))]
    with pytest.raises(Unsendable, match="compressed"):
        get(receiver.url)
    assert receiver.requests[0].headers["Accept-Encoding"] == "identity"


def test_what_may_not_be_sent_to_may_not_be_fetched_either():
    with pytest.raises(BadDestination, match="not-public"):
        asyncio.run(outbound.get("https://169.254.169.254/latest", {}, most=10))

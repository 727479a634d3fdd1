"""Bundles: small, signed, and with no more in them than their holders may know."""

import random
import zlib
from dataclasses import replace

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guomen.core import cose
from guomen.core.credentials.statuslist import SignedList, StatusList
from guomen.core.tagcrypto import SerialScheme
from guomen.core.tagcrypto.bundle import (
    KIND,
    STATES,
    Bundle,
    BundledRange,
    BundleError,
    Checker,
    Finding,
    Recall,
    digest,
    list_of,
    padded,
    read,
    states_of,
    write,
)
from guomen.tags.words import REASONS

GTIN, OTHER_GTIN = "09521234543213", "09521234543220"
SCHEME = SerialScheme(bytes(range(16)), bytes(range(32)))
KEY, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
KNOWN = [KEY.public_key()]
AT = 1_790_000_000
UNTIL = AT + 7 * 86_400


def a_range(number: int, audience: str = "inspector", **other) -> BundledRange:
    keys = SCHEME.range_keys(number)
    kept = keys if audience == "inspector" else keys._replace(mac=None)
    usual = {"gtin": GTIN, "batch": "L1", "count": 1000, "since": AT}
    return BundledRange(number, **usual | other, keys=kept)


def checker(*ranges: BundledRange, audience: str = "inspector", recalls=()) -> Checker:
    made = write(Bundle("https://guomen.example", audience, AT, UNTIL, ranges, recalls), KEY)
    return Checker(read(made, KNOWN, AT))


@pytest.mark.parametrize(("audience", "proven"), [("inspector", True), ("retailer", False)])
def test_a_genuine_serial_passes(audience, proven) -> None:
    found = checker(a_range(7, audience), a_range(8, audience), audience=audience)
    serial = SCHEME.issue(GTIN, 7, 41)
    fine = Finding("fine", (), proven, GTIN, "L1", 41)
    assert found.check(serial, GTIN, "L1") == fine
    assert found.check(f" {serial.lower()[:10]}-{serial[10:]}") == fine


@pytest.mark.parametrize("audience", ["inspector", "retailer"])
def test_short_codes_are_checked_alike(audience) -> None:
    one = replace(a_range(7, audience), states=states_of(1000, [(41, "stolen")]))
    found = checker(one, audience=audience)
    codes = SCHEME.issue_short_run(7, 40, 2)
    assert found.check(codes[0]) == Finding("fine", (), audience == "inspector", GTIN, "L1", 40)
    assert found.check(codes[1].lower()).reasons == ("TAG-STOLEN",)
    assert found.check(SCHEME.issue_short_run(8, 40, 1)[0]).state == "doubt"
    if audience == "inspector":
        assert found.check(codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1")).state == "doubt"


def test_an_inspectors_device_knows_made_up_serials() -> None:
    found = checker(a_range(7))
    genuine = SCHEME.issue(GTIN, 7, 41)
    for serial in (
        genuine[:-1] + ("0" if genuine[-1] != "0" else "1"),
        genuine[:4] + "0" * 16,
        SCHEME.issue(OTHER_GTIN, 7, 41),
        SCHEME.issue(GTIN, 7, 1000),
        "0" * 19,
        "",
    ):
        assert found.check(serial).state == "doubt", serial
        assert found.check(serial).reasons == ("TAG-UNKNOWN-CODE",)
        assert found.check(serial).proven
    unknown_range = found.check(SCHEME.issue(GTIN, 9, 1))
    assert unknown_range == Finding("doubt", ("TAG-UNKNOWN-CODE",), proven=False)
    assert found.check(genuine, OTHER_GTIN).state == "doubt"


@given(st.integers(0, (1 << 80) - 1))
def test_a_retailers_device_finds_random_serials_outside_the_range(tail) -> None:
    # A thousand of 2**40 indices lie inside: hypothesis will not find one.
    found = checker(a_range(7, "retailer"), audience="retailer")
    serial = "0007" + "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[tail >> 5 * at & 31] for at in range(16))
    assert found.check(serial).state == "doubt"


def test_a_retailers_bundle_never_holds_a_key_that_makes_serials() -> None:
    with pytest.raises(ValueError, match="no key"):
        write(Bundle("https://guomen.example", "retailer", AT, UNTIL, [a_range(7)]), KEY)
    mac = SCHEME.range_keys(7).mac
    assert mac is not None
    retail = Bundle("https://guomen.example", "retailer", AT, UNTIL, [a_range(7, "retailer")])
    content = cose.verify(write(retail, KEY), KNOWN, KIND)
    assert mac not in zlib.decompress(content)
    assert SCHEME.range_keys(7).permute in zlib.decompress(content)


@pytest.mark.parametrize("name", sorted(STATES))
@pytest.mark.parametrize("audience", ["inspector", "retailer"])
def test_an_item_that_should_not_be_here_is_told(name, audience) -> None:
    one = replace(a_range(7, audience), states=states_of(1000, [(41, name), (43, "sold")]))
    found = checker(one, audience=audience)
    told = found.check(SCHEME.issue(GTIN, 7, 41))
    assert told.state == {"displayed": "in_progress", "recalled": "stop"}.get(name, "doubt")
    assert told.reasons == ("TAG-ON-DISPLAY" if name == "displayed" else f"TAG-{name.upper()}",)
    for neighbour in (40, 42, 43):
        assert found.check(SCHEME.issue(GTIN, 7, neighbour)).state == "fine"


def test_every_reason_has_words() -> None:
    named = {"TAG-ON-DISPLAY" if name == "displayed" else f"TAG-{name.upper()}" for name in STATES}
    assert named | {
        "TAG-UNKNOWN-CODE",
        "TAG-RECALLED",
        "TAG-KEYS-RETIRED",
        "TAG-OTHER-BATCH",
        "TAG-NOT-RELEASED",
    } <= set(REASONS)


def test_recalls_release_and_batches_count() -> None:
    recalled = checker(a_range(7), a_range(8, batch="L2"), recalls=[Recall(GTIN, "L2", "R-1")])
    assert recalled.check(SCHEME.issue(GTIN, 7, 1)).state == "fine"
    assert recalled.check(SCHEME.issue(GTIN, 8, 1)).reasons == ("TAG-RECALLED",)
    everything = checker(a_range(7), recalls=[Recall(GTIN, "", "R-2")])
    assert everything.check(SCHEME.issue(GTIN, 7, 1)).state == "stop"
    waiting = checker(a_range(7, since=None)).check(SCHEME.issue(GTIN, 7, 1))
    assert (waiting.state, waiting.reasons) == ("in_progress", ("TAG-NOT-RELEASED",))
    other = checker(a_range(7)).check(SCHEME.issue(GTIN, 7, 1), GTIN, "L9")
    assert (other.state, other.reasons) == ("doubt", ("TAG-OTHER-BATCH",))


def test_the_nearest_state_counts() -> None:
    states = states_of(1000, [(5, "sold"), (6, "stolen")], [(4, 9, "returned"), (20, 2000, "shipped")], "exported")
    found = checker(replace(a_range(7), states=states))
    expected = {3: "TAG-EXPORTED", 4: "TAG-RETURNED", 5: None, 6: "TAG-STOLEN", 9: "TAG-RETURNED", 10: "TAG-EXPORTED"}
    for index, told in (expected | {20: None, 999: None}).items():
        assert found.check(SCHEME.issue(GTIN, 7, index)).reasons == ((told,) if told else ())
    assert states_of(1000, [(5, "sold")], [(4, 9, "shipped")], "applied") == b""


def reason(data: bytes, keys=None, at: int = AT) -> str:
    with pytest.raises(BundleError) as caught:
        read(data, KNOWN if keys is None else keys, at)
    return caught.value.reason


def test_what_is_no_bundle_to_rely_on_says_why() -> None:
    made = write(Bundle("https://guomen.example", "inspector", AT, UNTIL, [a_range(7)]), KEY)
    assert reason(made, at=UNTIL) == "expired"
    assert reason(made, [EVE.public_key()]) == "key"
    assert reason(write(Bundle("https://x.example", "inspector", AT, UNTIL, []), EVE)) == "key"
    assert reason(made[:-1] + bytes([made[-1] ^ 1])) == "signature"
    assert reason(made[:-1]) == "form"
    assert reason(made + b"\0") == "form"
    assert reason(b"") == "form"
    assert reason(cose.sign(b"x", KEY, "statuslist+jwt")) == "type"
    assert reason(cose.sign(b"x", KEY, KIND)) == "form"
    assert reason(cose.sign(zlib.compress(cbor2.dumps([1, 2])), KEY, KIND)) == "form"


@pytest.mark.parametrize(("ranges", "count"), [(20, 1_000_000), (2_000, 10_000)])
def test_a_hundred_million_items_stay_below_a_megabyte(ranges, count) -> None:
    """A fifth of them is made here, in few large ranges and in many small ones; 0.1 % are withdrawn."""
    draw = random.Random(4)
    rows = []
    for number in range(ranges):
        gone = draw.sample(range(count), count // 1000)
        states = states_of(count, ((index, "stolen") for index in gone))
        rows.append(replace(a_range(number, count=count, batch=f"L{number}"), states=states))
    assert len(write(Bundle("https://guomen.example", "inspector", AT, UNTIL, rows), KEY)) < 200_000


STATUS = "https://guomen.example/tags/status/{range}"


def with_lists(*ranges: BundledRange, recalls=()) -> Checker:
    return Checker(Bundle("https://guomen.example", "inspector", AT, UNTIL, ranges, recalls, STATUS))


def published(number: int, found: StatusList, at: int = AT + 600, uri: str = "") -> SignedList:
    return SignedList(uri or with_lists(a_range(number)).address_of(number), at, found)


@pytest.mark.parametrize(
    ("ordinary", "since", "state", "reasons"),
    [
        (0, AT, "fine", ()),
        (0, None, "fine", ()),
        (2, None, "in_progress", ("TAG-NOT-RELEASED",)),
        (2, AT, "in_progress", ("TAG-ON-DISPLAY",)),
        (1, AT, "doubt", ("TAG-WITHDRAWN",)),
        (15, AT, "stop", ("TAG-RECALLED",)),
    ],
)
def test_a_newer_list_counts_instead_of_what_the_bundle_knew(ordinary, since, state, reasons) -> None:
    found = with_lists(a_range(7, since=since), recalls=[Recall(GTIN, "L1", "R-1")])
    assert found.check(SCHEME.issue(GTIN, 7, 41)).state == "stop"
    newer = list_of(1000, [(5, "stolen")], ordinary=ordinary)
    assert found.renew(7, published(7, padded(newer, 1000)))
    told = found.check(SCHEME.issue(GTIN, 7, 41))
    assert (told.state, told.reasons) == (state, reasons)
    assert found.check(SCHEME.issue(GTIN, 7, 5)).reasons == ("TAG-STOLEN",)


def test_an_older_list_changes_nothing() -> None:
    found, empty = with_lists(a_range(7)), StatusList(4, 1024)
    stolen = list_of(1000, [(5, "stolen")])
    assert found.renew(7, published(7, padded(stolen, 1000), AT + 600))
    for at in (AT - 1, AT, AT + 600):
        assert not found.renew(7, published(7, empty, at))
    assert found.check(SCHEME.issue(GTIN, 7, 5)).reasons == ("TAG-STOLEN",)
    assert found.renew(7, published(7, empty, AT + 601))


@pytest.mark.parametrize(
    "wrong",
    [
        published(8, StatusList(4, 1024)),
        published(7, StatusList(1, 1024)),
        published(7, StatusList(4, 998)),
        published(7, StatusList(4, 1024), uri="https://evil.example/tags/status/0007"),
    ],
)
def test_a_list_of_something_else_is_refused(wrong) -> None:
    found = with_lists(a_range(7))
    with pytest.raises(ValueError, match="list"):
        found.renew(7, wrong)
    with pytest.raises(ValueError, match="list"):
        found.renew(9, wrong)
    assert found.newer(7) is None


@given(count=st.integers(1, 5000), last=st.sampled_from([0, 1, 15]))
def test_a_published_list_does_not_tell_how_long_it_is(count, last) -> None:
    made = padded(list_of(count, [], ordinary=last), count)
    assert len(made) >= 1024
    assert len(made) & len(made) - 1 == 0
    assert {made[n] for n in (0, count - 1, min(count, len(made) - 1), len(made) - 1)} == {last}


def test_the_digest_tells_content_and_no_times() -> None:
    one = Bundle("https://guomen.example", "inspector", AT, UNTIL, [a_range(7)])
    assert digest(one) == digest(one._replace(issued_at=AT + 5, expires_at=UNTIL + 5))
    others = [
        one._replace(audience="retailer"),
        one._replace(ranges=[a_range(7, since=None)]),
        one._replace(ranges=[a_range(7, states=states_of(1000, [(1, "stolen")]))]),
        one._replace(recalls=[Recall(GTIN, "", "R-1")]),
    ]
    assert len({digest(other) for other in [one, *others]}) == 5

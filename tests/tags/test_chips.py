"""Chips: registered row by row, written by an approved house, whose keys never travel in plain."""

import csv
import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from joserfc import jwe
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from guomen.core.gs1 import item_key
from guomen.core.tagcrypto import sun
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.ledger.models import Entry
from guomen.tags import chips, encoding, labels, services
from guomen.tags.models import Chip, Range
from guomen.tags.scheme import item_uri
from tests.tags.goods import BATCH, GTIN, LINE

KEY = ECKey.generate_key("P-256")


def public(key) -> str:
    return json.dumps(key.as_dict(private=False))


def pem_of(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def chipped(people, lodged) -> Range:
    """A range of chips whose encoding house is Eve's firm, approved by Bo."""
    one = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=500, subject=LINE, carrier="chip")
    services.approve_house(people.bo.actor, people.eve.organisation.code, public(KEY))
    services.name_house(people.cy.actor, one.code, people.eve.organisation.code)
    return one


def uid(number: int) -> str:
    return f"04{number:010X}80"


def rows(one: Range, count: int = 5, first: int = 0) -> list[str]:
    serials = labels.serials(one, first, count)
    return ["uid,serial\r\n", *(f"{uid(first + n)},{serial}\r\n" for n, serial in enumerate(serials))]


def sent(lines: list[str]) -> list[bytes]:
    return [line.encode() for line in lines]


def test_a_file_registers_its_chips_and_the_same_file_again_changes_nothing(people, chipped):
    lines = sent(rows(chipped))
    assert services.register_chips(people.cy.actor, chipped.code, lines).registered == 5
    again = services.register_chips(people.eve.actor, chipped.code, lines)
    assert (again.registered, again.unchanged, again.refused) == (0, 5, 0)
    serial = labels.serials(chipped, 3, 1)[0]
    chip = Chip.objects.get(uid=bytes.fromhex(uid(3)))
    assert chip.item == item_key(item_uri(GTIN, serial))
    assert (chip.range_number, chip.index, chip.kind, chip.counter) == (chipped.number, 3, "ntag424", -1)
    entry = Entry.objects.get(kind="chips.registered")
    assert entry.facts["registered"] == 5
    assert uid(3) not in str(entry.facts)


def test_each_row_is_checked_by_itself_and_wrong_ones_are_named(people, chipped):
    serials = labels.serials(chipped, 0, 9)
    other = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=5, subject=LINE, carrier="chip")
    foreign = labels.serials(other, 0, 1)[0]
    services.register_chips(people.cy.actor, chipped.code, sent(["uid,serial", f"{uid(90)},{serials[8]}"]))
    lines = [
        "\ufeffSerial, UID ,kind\n",
        f"{serials[0]},{uid(0)},\n",
        f"{serials[1].lower()},04:00:00:00:00:01:80,ntag21x\n",
        "\n",
        f"{serials[2]},04,\n",
        f"{serials[2]},{uid(2)},unknown\n",
        f"{serials[2][:-1]}U,{uid(2)},\n",
        f"{foreign},{uid(2)},\n",
        f"{serials[3]},{uid(0)},\n",
        f"{serials[0]},{uid(3)},\n",
        f"{serials[4]},{uid(90)},\n",
        f"{serials[8]},{uid(4)},\n",
        f"{serials[5]}\n",
        f'"{"x" * 5000}",{uid(5)}\n',
    ]
    found = services.register_chips(people.cy.actor, chipped.code, sent(lines))
    assert (found.registered, found.unchanged, found.refused) == (2, 0, 10)
    assert {r.line: r.code for r in found.rows} == {
        5: "bad-uid",
        6: "unknown-kind",
        7: "bad-serial",
        8: "other-range",
        9: "uid-taken",
        10: "item-has-chip",
        11: "uid-taken",
        12: "item-has-chip",
        13: "bad-uid",
        14: "bad-uid",
    }
    assert encoding.counts(chipped) == {"ntag21x": 1, "ntag424": 2}
    assert max(len(r.uid) for r in found.rows) <= 40


@pytest.mark.parametrize("at_once", [1, 2, 5000])
def test_rows_that_contradict_each_other_are_told_the_same_however_far_apart_they_stand(
    people, chipped, monkeypatch, at_once
):
    monkeypatch.setattr("guomen.tags.services.chips.BATCH", at_once)
    serials = labels.serials(chipped, 0, 4)
    pairs = [(0, 0), (1, 1), (0, 0), (0, 2), (3, 0), (3, 3), (2, 3), (2, 2)]
    lines = ["uid,serial", *(f"{uid(chip)},{serials[item]}" for chip, item in pairs)]
    found = services.register_chips(people.cy.actor, chipped.code, sent(lines))
    assert (found.registered, found.unchanged) == (4, 1)
    assert {r.line: r.code for r in found.rows} == {5: "uid-taken", 6: "item-has-chip", 8: "item-has-chip"}
    assert dict(Chip.objects.values_list("index", "uid")) == {n: bytes.fromhex(uid(n)) for n in range(4)}


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"serial;uid\n", b"\xff\xfe\x00", b"uid\n", b"\n\n"])
def test_what_is_no_list_of_chips_is_refused_whole(people, chipped, content):
    with pytest.raises(Invalid) as caught:
        services.register_chips(people.cy.actor, chipped.code, io.BytesIO(content))
    assert caught.value.problems[0].code == "not-chips"


def test_many_chips_come_in_batches_and_a_report_stays_short(people, lodged):
    one = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=12_000, subject=LINE, carrier="chip")
    lines = (line.encode() for line in rows(one, 12_000))
    assert services.register_chips(people.cy.actor, one.code, lines).registered == 12_000
    wrong = (b"uid,serial\n", *(b"zz,zz\n" for _ in range(3000)))
    found = services.register_chips(people.cy.actor, one.code, wrong)
    assert (found.refused, len(found.rows)) == (3000, 1000)
    seen, after = 0, -1
    while page := encoding.chips_of(one, after):
        seen, after = seen + len(page), page[-1][0].index
    assert seen == 12_000


def test_who_may_register_chips_and_see_them(people, chipped, made):
    lines = sent(rows(chipped, 1))
    for name, error in [("sam", Forbidden), ("di", Forbidden), ("ana", Forbidden), ("bo", Forbidden)]:
        with pytest.raises(error):
            services.register_chips(getattr(people, name).actor, chipped.code, lines)
    services.register_chips(people.cal.actor, chipped.code, lines)
    services.register_chips(people.eve.actor, chipped.code, lines)
    assert encoding.range_of(people.eve.actor, chipped.code) == chipped
    assert encoding.range_of(people.ana.actor, chipped.code) == chipped
    for name in ("sam", "di", "gao", "kai"):
        with pytest.raises(NotFound):
            encoding.range_of(getattr(people, name).actor, chipped.code)
    # Eve writes the chips of one range: that opens no other.
    for work in (services.provisioning, services.export_chip_keys):
        with pytest.raises(NotFound):
            work(people.eve.actor, made.code)
    with pytest.raises(Refused) as caught:
        services.register_chips(people.cy.actor, made.code, lines)
    assert caught.value.code == "no-chips-ordered"


def test_a_chip_written_as_the_provisioning_file_says_answers_with_the_keys_that_were_exported(people, chipped):
    """The whole way: the house writes a chip, a phone taps it, the tap is read."""
    table = list(csv.DictReader("".join(services.provisioning(people.eve.actor, chipped.code, count=3)).splitlines()))
    assert [row["number"] for row in table] == ["1", "2", "3"]
    row = table[1]
    assert row["url"].split("?")[0].endswith(f"/01/{GTIN}/10/{BATCH}/21/{row['serial']}")
    services.register_chips(people.eve.actor, chipped.code, sent(["uid,serial", f"{uid(1)},{row['serial']}"]))
    text = "".join(services.export_chip_keys(people.eve.actor, chipped.code))
    algorithms = ["ECDH-ES+A256KW", "A256GCM"]
    opened = [jwe.decrypt_compact(line, KEY, algorithms=algorithms) for line in text.splitlines()]
    told = [json.loads(one.plaintext) for one in opened]
    assert [(one["range"], one["key_version"]) for one in told] == [(chipped.code, 1)]
    (chip,) = told[0]["chips"]
    assert (chip["uid"], chip["serial"], chip["kind"]) == (uid(1), row["serial"], "ntag424")
    assert len(set(chip["keys"].values())) == 5
    keys = {number: bytes.fromhex(key) for number, key in chip["keys"].items()}
    # What a chip with this file and these keys shows at its ninth tap.
    written = bytearray.fromhex(row["ndef"])
    at = {name: int(offset) for name, offset in (pair.split("=") for pair in row["sdm_offsets"].split())}
    shown = sun.encode(bytes.fromhex(chip["uid"]), 9, meta_key=keys["2"], file_key=keys["1"])
    written[at["picc"] : at["picc"] + 32] = shown.picc_data.encode()
    written[at["cmac"] : at["cmac"] + 16] = shown.cmac.encode()
    query = dict(pair.split("=") for pair in written.decode("latin-1").split("?")[1].split("&"))
    tap = chips.read(query)
    assert (tap.uid.hex().upper(), tap.counter, tap.proof) == (uid(1), 9, "A")
    assert row["file_settings"].startswith("4000e0")


@pytest.mark.parametrize("lrp", [False, True])
def test_a_tamper_chip_that_is_written_so_tells_the_state_of_its_loop(people, chipped, lrp):
    asked = {"first": 1, "count": 1, "kind": "ntag424tt", "lrp": lrp}
    (row,) = csv.DictReader("".join(services.provisioning(people.eve.actor, chipped.code, **asked)).splitlines())
    services.register_chips(
        people.eve.actor, chipped.code, sent(["uid,serial,kind", f"{uid(1)},{row['serial']},ntag424tt"])
    )
    (line,) = services.export_chip_keys(people.eve.actor, chipped.code)
    (chip,) = json.loads(jwe.decrypt_compact(line.strip(), KEY, algorithms=["ECDH-ES+A256KW", "A256GCM"]).plaintext)[
        "chips"
    ]
    at = {name: int(offset) for name, offset in (pair.split("=") for pair in row["sdm_offsets"].split())}
    settings, written = bytes.fromhex(row["file_settings"]), bytearray.fromhex(row["ndef"])
    assert settings[3] & 0x08
    assert int.from_bytes(settings[9:12], "little") == at["enc"]
    shown = sun.encode(
        bytes.fromhex(chip["uid"]),
        9,
        meta_key=bytes.fromhex(chip["keys"]["2"]),
        file_key=bytes.fromhex(chip["keys"]["1"]),
        mode="LRP" if lrp else "AES",
        file_data=b"OC" + bytes(14),
        mac_input=lambda _, enc: f"{enc}&c=",
    )
    for name, text in (("picc", shown.picc_data), ("enc", shown.enc), ("cmac", shown.cmac)):
        written[at[name] : at[name] + len(text)] = text.encode()
    query = dict(pair.split("=") for pair in written.decode("latin-1").split("?")[1].split("&"))
    tap = chips.read(query)
    assert (tap.uid.hex().upper(), tap.counter, tap.tamper) == (uid(1), 9, "reclosed")


def test_what_other_chips_hold_is_not_ours_to_say(people, chipped):
    for kind in ("ntag21x", "ntag22x", "", "x"):
        with pytest.raises(Invalid):
            services.provisioning(people.eve.actor, chipped.code, kind=kind)


def test_only_the_named_and_approved_house_gets_keys_and_only_for_registered_chips(people, chipped):
    with pytest.raises(Refused) as caught:
        services.export_chip_keys(people.eve.actor, chipped.code)
    assert caught.value.code == "no-chips"
    services.register_chips(people.cy.actor, chipped.code, sent(rows(chipped, 250)))
    lines = list(services.export_chip_keys(people.eve.actor, chipped.code))
    assert len(lines) == 3
    assert max(map(len, lines)) < 64 * 1024
    with pytest.raises(Forbidden):
        services.export_chip_keys(people.cy.actor, chipped.code)
    for name in ("ana", "bo", "sam"):
        with pytest.raises((Forbidden, NotFound)):
            services.export_chip_keys(getattr(people, name).actor, chipped.code)
    entry = Entry.objects.get(kind="chip-keys.exported")
    assert entry.facts == {"range": chipped.code, "count": 250, "key": str(KEY.thumbprint()), "key_version": 1}
    services.withdraw_house(people.bo.actor, people.eve.organisation.code, "Keys were seen elsewhere")
    with pytest.raises(Forbidden):
        services.export_chip_keys(people.eve.actor, chipped.code)


def test_masters_never_leave_and_cheap_chips_get_no_keys(people, chipped):
    lines = ["uid,serial,kind", *(f"{line.strip()},ntag21x" for line in rows(chipped, 3)[1:])]
    services.register_chips(people.cy.actor, chipped.code, sent(lines))
    with pytest.raises(Refused):
        services.export_chip_keys(people.eve.actor, chipped.code)
    told = encoding.keys_on(bytes.fromhex(uid(1)), "ntag424", 1)
    for use in ("permute", "mac", "file", "app"):
        master = chips.tag_key(use, 1)
        assert not any(key in (master[:16].hex(), master[16:].hex()) for key in told.values())
    assert encoding.keys_on(bytes.fromhex(uid(2)), "ntag424", 1)["2"] == told["2"]
    assert encoding.keys_on(bytes.fromhex(uid(2)), "ntag424", 1)["1"] != told["1"]


def test_keys_are_wrapped_to_any_common_public_key(people, chipped):
    services.register_chips(people.cy.actor, chipped.code, sent(rows(chipped, 2)))
    for key in (OKPKey.generate_key("X25519"), RSAKey.generate_key(2048), ECKey.generate_key("P-384")):
        services.approve_house(people.bo.actor, people.eve.organisation.code, public(key))
        (line,) = services.export_chip_keys(people.eve.actor, chipped.code)
        algorithms = ["RSA-OAEP-256", "ECDH-ES+A256KW", "A256GCM"]
        assert json.loads(jwe.decrypt_compact(line.strip(), key, algorithms=algorithms).plaintext)["chips"]
    pem = pem_of(rsa.generate_private_key(65537, 2048))
    assert services.approve_house(people.bo.actor, people.eve.organisation.code, pem).key["kty"] == "RSA"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "not-a-key"),
        ("{", "not-a-key"),
        ('{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}', "not-a-key"),
        ("x" * 10_000, "not-a-key"),
        (json.dumps(KEY.as_dict(private=True)), "private-key"),
        (public(OKPKey.generate_key("Ed25519")), "wrong-key"),
        (pem_of(rsa.generate_private_key(65537, 1024)), "wrong-key"),
        (json.dumps(OctKey.generate_key(256).as_dict(private=True)), "wrong-key"),
    ],
    # The keys are new each time, and must not name the tests.
    ids=["nothing", "no JSON", "no point", "too long", "private", "of signatures", "too short", "shared"],
)
def test_a_key_that_cannot_wrap_is_refused_and_never_quoted(people, key, code):
    with pytest.raises(Invalid) as caught:
        services.approve_house(people.bo.actor, people.eve.organisation.code, key)
    assert caught.value.problems[0].code == code
    if len(key) > 60:
        assert key[30:60] not in repr(caught.value) + str(caught.value.problems)


def test_who_approves_withdraws_and_names_houses(people, made, chipped):
    code = people.eve.organisation.code
    for name in ("ana", "amy", "cy", "eve", "sam"):
        with pytest.raises(Forbidden):
            services.approve_house(getattr(people, name).actor, code, public(KEY))
        with pytest.raises(Forbidden):
            services.withdraw_house(getattr(people, name).actor, code, "because")
    with pytest.raises(NotFound):
        services.approve_house(people.bo.actor, "NOBODY", public(KEY))
    for name in ("eve", "kai", "ana"):
        with pytest.raises((NotFound, Forbidden)):
            services.name_house(getattr(people, name).actor, chipped.code, code)
    for other in ("NOBODY", people.cy.organisation.code):
        with pytest.raises(Invalid):
            services.name_house(people.cy.actor, chipped.code, other)
    services.approve_house(people.bo.actor, code, public(KEY))
    services.name_house(people.cal.actor, chipped.code, code)
    kinds = list(Entry.objects.filter(kind__startswith="encoding").values_list("kind", flat=True))
    assert sorted(kinds) == ["encoding-house.approved", "encoding.assigned"]


def test_programs_do_the_same_over_http(people, chipped, door):
    """Cy's firm registers, Eve's house fetches, Bo approves; a stranger finds nothing."""
    base = f"/api/tags/ranges/{chipped.code}"
    upload = SimpleUploadedFile("chips.csv", "".join([*rows(chipped, 2), "zz,zz"]).encode(), "text/csv")
    told = door("cy").post(f"{base}/chips", {"file": upload, "kind": "ntag424tt"}).json()
    assert (told["registered"], told["refused"], told["rows_left_out"]) == (2, 1, 0)
    assert told["rows"][0]["line"] == 4
    assert told["rows"][0]["detail"] == "The chip's number must have 14 hex digits."
    seen = door("eve").get(f"{base}/chips?limit=1").json()
    assert seen["counts"] == {"ntag424tt": 2}
    assert seen["house"] == people.eve.organisation.code
    assert [c["uid"] for c in seen["chips"]] == [uid(0)]
    assert [c["uid"] for c in door("cy").get(f"{base}/chips?after=1").json()["chips"]] == [uid(1)]
    assert door("sam").get(f"{base}/chips").status_code == 404
    assert door().get(f"{base}/chips").status_code == 401

    def ask(name: str, method: str, path: str, body: dict) -> object:
        return getattr(door(name), method)(path, json.dumps(body), content_type="application/json")

    answer = ask("eve", "post", f"{base}/chips/provisioning.csv", {"first": 2, "count": 1})
    assert b"".join(answer.streaming_content).decode().splitlines()[1].startswith("2,")
    assert ask("eve", "post", f"{base}/chips/provisioning.csv", {"first": 0}).status_code == 422
    answer = ask("eve", "post", f"{base}/chips/keys.jwe", {})
    line = b"".join(answer.streaming_content).decode().strip()
    assert json.loads(jwe.decrypt_compact(line.strip(), KEY, algorithms=["ECDH-ES+A256KW", "A256GCM"]).plaintext)[
        "chips"
    ]
    assert ask("cy", "post", f"{base}/chips/keys.jwe", {}).status_code == 403
    code = people.eve.organisation.code
    approval = {"house": code, "key": public(OKPKey.generate_key("X25519"))}
    assert ask("bo", "post", "/api/tags/encoding-houses", approval).json()["house"] == code
    assert ask("cy", "post", "/api/tags/encoding-houses", approval).status_code == 403
    assert ask("cal", "put", f"{base}/encoding-house", {"house": code}).json() == {"house": code}
    assert door("cy").get("/api/tags/encoding-houses").json()["houses"][0]["house"] == code
    withdrawal = {"reason": "Keys were seen elsewhere"}
    assert ask("bo", "post", f"/api/tags/encoding-houses/{code}/withdraw", withdrawal).status_code == 200
    assert ask("bo", "post", f"/api/tags/encoding-houses/{code}/withdraw", withdrawal).status_code == 404
    assert ask("eve", "post", f"{base}/chips/keys.jwe", {}).status_code == 403

"""Taps: what a chip of ours wrote is read with the right version of the keys, and nothing else is."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from guomen.core.tagcrypto import sun
from guomen.core.tagcrypto.mirrors import encode_22x
from guomen.core.tagcrypto.sun import SunError
from guomen.parties.actors import SYSTEM
from guomen.tags import chips, services

UID = bytes.fromhex("04C767F2066180")


def written(version: int = 1, *, uid: bytes = UID, counter: int = 7, file_data: bytes | None = None, mode: str = "AES"):
    """The query that a chip of this installation writes at its tap number ``counter``."""
    keys = chips.chip_keys(version)
    more = {"meta_key": keys.meta, "file_key": keys.file, "mode": mode, "file_data": file_data}
    text = sun.encode(uid, counter, mac_input=(lambda _picc, enc: f"{enc}&c=") if file_data else None, **more)
    return {"p": text.picc_data, "c": text.cmac} | ({"e": text.enc} if file_data else {})


@pytest.mark.parametrize("mode", ["AES", "LRP"])
@pytest.mark.parametrize("file_data", [None, b"CC" + b"x" * 14])
def test_an_encrypted_tap_is_read_with_uid_counter_and_seal(mode, file_data):
    found = chips.read(written(mode=mode, file_data=file_data))
    assert (found.uid, found.counter, found.key_version) == (UID, 7, 1)
    assert (found.kind, found.proof) == ("ntag424", "A")
    assert found.tamper == ("intact" if file_data else None)
    assert found.file_data == file_data


@pytest.mark.parametrize("mode", ["AES", "LRP"])
def test_a_plain_tap_is_read_too(mode):
    text = sun.encode_plain(UID, 258, file_key=chips.chip_keys(1).file, mode=mode)
    query = {"u": UID.hex().upper(), "n": "000102", "c": text.cmac} | ({"m": "lrp"} if mode == "LRP" else {})
    assert chips.read(query)[:2] == (UID, 258)
    with pytest.raises(SunError):
        chips.read(query | {"n": "000103"})


def test_cheaper_chips_are_taken_as_what_they_are():
    plain = chips.read({"x": UID.hex().upper() + "x00000A"})
    assert (plain.uid, plain.counter, plain.kind, plain.proof) == (UID, 10, "ntag21x", "E")
    assert plain.key_version is None
    mirror = encode_22x(UID, 11, chips.chip_keys(1).file(UID))
    found = chips.read({"x": mirror})
    assert (found.uid, found.counter, found.kind, found.proof) == (UID, 11, "ntag22x", "B")
    with pytest.raises(SunError) as caught:
        chips.read({"x": mirror[:-1] + ("0" if mirror[-1] != "0" else "1")})
    assert caught.value.reason == "mac"


@pytest.mark.django_db
def test_each_tap_is_read_with_its_own_version_also_after_a_rotation(monkeypatch):
    old = written()
    assert chips.read(old).key_version == 1
    version = services.rotate_keys(SYSTEM, reason="Yearly rotation")
    new = written(version)
    # A process that runs does not look at the keystore for each wrong tap, but it looks again after a while.
    fresh = chips._Versions()
    monkeypatch.setattr(chips, "_versions", fresh)
    fresh._known, fresh._looked = (1,), 0.0
    assert chips.read(new).key_version == version
    assert chips.read(old).key_version == 1


@pytest.mark.django_db
@pytest.mark.parametrize("first", [0x40, 0x87, 0xC7])
def test_a_tap_is_found_also_where_another_version_reads_sense_into_it(monkeypatch, first):
    version = services.rotate_keys(SYSTEM, reason="Yearly rotation")
    monkeypatch.setattr(chips, "_versions", chips._Versions())
    other = chips.chip_keys(version)
    noise = Cipher(algorithms.AES(other.meta), modes.ECB()).decryptor()
    tap = next(t for t in (written() for _ in range(20_000)) if noise.update(bytes.fromhex(t["p"]))[0] == first)
    assert chips.read(tap).key_version == 1


def test_what_no_chip_of_ours_wrote_is_refused_with_its_reason():
    good = written()
    flipped = good["c"][:-1] + ("0" if good["c"][-1] != "0" else "1")
    wrong = [
        ({}, "length"),
        ({"p": good["p"]}, "length"),
        (good | {"c": flipped}, "mac"),
        (good | {"c": good["c"][:-2]}, "length"),
        (good | {"c": good["c"].lower()}, "case"),
        (good | {"p": "Z" * 32}, "alphabet"),
        (good | {"p": "é" * 32}, "alphabet"),
        (good | {"p": "A" * 100_000}, "length"),
        (good | {"e": "00" * 16}, "mac"),
        (good | {"e": "0" * 31}, "length"),
        ({"u": "", "n": "", "c": good["c"]}, "uid"),
        ({"x": ""}, "alphabet"),
        ({"x": "04" * 7 + "x0000"}, "alphabet"),
    ]
    for query, reason in wrong:
        with pytest.raises(SunError) as caught:
            chips.read(query)
        assert caught.value.reason == reason, query
    with pytest.raises(SunError) as caught:
        chips.read(good | {"p": "00" * 16})
    assert caught.value.reason in {"picc", "mac"}


def test_a_message_of_a_chip_with_other_keys_is_refused():
    text = sun.encode(UID, 7, meta_key=bytes(16), file_key=bytes(16))
    with pytest.raises(SunError):
        chips.read({"p": text.picc_data, "c": text.cmac})

"""What is written into a tag: the address, where the chip puts its digits, and how it is told so."""

import ndef
import pytest

from guomen.core.tagcrypto import sun
from guomen.core.tagcrypto.ndef import file_settings, sun_file, uri_message

KEYS = {"meta_key": bytes(range(16)), "file_key": bytes(range(16, 32))}
UID = bytes.fromhex("04782E21801D80")


def test_the_application_notes_file_and_settings_come_out() -> None:
    """AN12196 section 6: choose.url.com/ntag424 with encrypted PICC data."""
    file = sun_file("https://choose.url.com/ntag424?e={picc}&c={cmac}")
    assert file.offsets == {"picc": 0x20, "cmac": 0x43}
    assert file.data[:7].hex().upper() == "0051D1014D5504"
    assert file.data[7:32] == b"choose.url.com/ntag424?e="
    assert file_settings(file, counter_key=1).hex().upper() == "4000E0C1F121200000430000430000"


@pytest.mark.parametrize("mode", ["AES", "LRP"])
@pytest.mark.parametrize(
    "template",
    [
        "https://guomen.example/t?p={picc}&cmac={cmac}",
        "https://guomen.example/t?p={picc}&e={enc}&cmac={cmac}",
        "https://guomen.example/t?u={uid}&n={counter}&c={cmac}",
        "http://国门.example/t?u={uid}&n={counter}&e={enc}&c={cmac}&ü",
        "https://guomen.example/t?n={counter}&c={cmac}",
    ],
)
def test_a_chip_that_fills_the_places_makes_an_address_that_decodes(template, mode) -> None:
    file = sun_file(template, lrp=mode == "LRP")
    data = b"CC" + b"." * 14 if file.enc_digits else None
    uid = b"" if "{uid}" not in template and "{picc}" not in template else UID
    told = {"mac_input": (lambda _, enc: enc + file.covered)} if data else {}
    if "picc" in file.offsets:
        text = sun.encode(uid, 7, **KEYS, mode=mode, file_data=data, **told)
    else:
        text = sun.encode_plain(uid, 7, file_key=KEYS["file_key"], mode=mode, file_data=data, **told)
    filled = bytearray(file.data)
    mirrors = {
        "uid": uid.hex().upper(),
        "counter": "000007",
        "picc": text.picc_data,
        "enc": text.enc,
        "cmac": text.cmac,
    }
    for name, at in file.offsets.items():
        value = mirrors[name].encode()
        assert filled[at : at + len(value)] == b"0" * len(value)
        filled[at : at + len(value)] = value
    (record,) = ndef.message_decoder(bytes(filled[2:]))
    expected = template.format(**mirrors)
    assert record.iri == expected
    covered = text.enc + file.covered if data else ""
    assert file.data[file.mac_input : file.offsets["cmac"]].decode() == "0" * file.enc_digits + file.covered
    if "picc" in file.offsets:
        read = sun.decode(text.picc_data, text.cmac, text.enc, **KEYS, mode=mode, mac_input=covered)
    else:
        shown = mirrors["uid"] or None, mirrors["counter"]
        read = sun.decode_plain(*shown, text.cmac, text.enc, file_key=KEYS["file_key"], mode=mode, mac_input=covered)
    assert read == sun.SunMessage(uid, 7, data)


def test_settings_name_every_place_in_the_order_of_the_datasheet() -> None:
    file = sun_file("https://g.example/t?u={uid}&n={counter}&e={enc}&c={cmac}", file_bytes=32)
    at = file.offsets
    settings = file_settings(file)
    assert settings[:6].hex() == "4000e0d1ffe1"
    numbers = [int.from_bytes(settings[i : i + 3], "little") for i in range(6, len(settings), 3)]
    assert numbers == [at["uid"], at["counter"], at["enc"], at["enc"], 64, at["cmac"]]
    only_counter = file_settings(sun_file("https://g.example/t?n={counter}&c={cmac}"))
    assert only_counter[3] == 0x41


def test_a_tamper_chip_is_told_where_its_letters_go() -> None:
    """NT4H2421Tx: TTStatusOffset stands after PICCDataOffset; the letters are the first two bytes of the file data."""
    file = sun_file("https://g.example/t?p={picc}&e={enc}&c={cmac}")
    at = file.offsets
    plain, loop = file_settings(file), file_settings(file, tamper=True)
    assert (plain[3], loop[3]) == (0xD1, 0xD9)
    numbers = [int.from_bytes(loop[i : i + 3], "little") for i in range(6, len(loop), 3)]
    assert numbers == [at["picc"], at["enc"], at["enc"], at["enc"], 32, at["cmac"]]
    assert len(loop) == len(plain) + 3
    with pytest.raises(ValueError, match="wire loop"):
        file_settings(sun_file("https://g.example/t?p={picc}&c={cmac}"), tamper=True)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("https://g.example/t?c={cmac}", "needs"),
        ("https://g.example/t?p={picc}", "needs"),
        ("https://g.example/t?p={picc}&p={picc}&c={cmac}", "at most once"),
        ("https://g.example/t?p={pice}&c={cmac}", "places are"),
        ("https://g.example/t?p={}&c={cmac}", "places are"),
        ("https://g.example/t?p={picc}&u={uid}&c={cmac}", "either"),
        ("https://g.example/t?p={picc}&c={cmac}&e={enc}", "before"),
        ("https://g.example/t?u={uid}&e={enc}&c={cmac}", "counter"),
        ("https://g.example/" + "x" * 200 + "?p={picc}&c={cmac}", "256 bytes"),
    ],
)
def test_an_address_that_no_chip_can_fill_is_refused(template, told) -> None:
    with pytest.raises(ValueError, match=told):
        sun_file(template)


def test_file_data_come_in_blocks() -> None:
    for wrong in (0, 8, 17):
        with pytest.raises(ValueError, match="multiple of 16"):
            sun_file("https://g.example/t?p={picc}&e={enc}&cmac={cmac}", file_bytes=wrong)


def test_a_query_is_written_as_it_is() -> None:
    assert uri_message("https://g.example/t?a=1&b=2")[4:] == b"\x04g.example/t?a=1&b=2"

"""A device reads certificates with keys and lists that it brought along."""

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser

from guomen.certificates import formats, services, signing_keys
from guomen.client import CertificateReader, CredentialError
from guomen.kit.clock import now
from tests.certificates.issuing import as_jose, jwks
from tests.certificates.test_certificates import drafted as drafted
from tests.certificates.test_certificates import signed as signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(settings, tmp_path) -> CertificateReader:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(signing_keys.jwks()))
    return CertificateReader(settings.GUOMEN.origin, file)


def ask(address: str, accept: str) -> str | bytes:
    """What the installation answers, over the test's own door."""
    answer = Browser().get("/" + address.split("/", 3)[3], headers={"Accept": accept})
    return answer.content if answer.headers["Content-Type"].endswith("cwt") else answer.content.decode()


def ways(one) -> list[str]:
    forms = formats.kept(one.number)
    return [one.jws, forms.sd_jwt, forms.slip, formats.shown(forms, set())]


def test_every_form_is_read_and_its_state_known_once_the_list_was_fetched(people, signed, reader):
    before = [reader.read(text) for text in ways(signed)]
    assert {(read.state, read.as_of) for read in before} == {("unknown", None)}
    for read, text in zip(before, ways(signed), strict=True):
        assert reader.renew(read, ask)
        again = reader.read(text)
        assert again.state == "valid"
        assert again.as_of is not None
    services.suspend(people.amy.actor, signed.number, "Looking into it")
    assert {reader.read(text).state for text in ways(signed)} == {"valid"}
    for text in ways(signed):
        assert reader.renew(reader.read(text), ask)
        assert reader.read(text).state == "suspended"
    services.revoke(people.amy.actor, signed.number, "Wrong")
    for text in ways(signed):
        reader.renew(reader.read(text), ask)
        assert reader.read(text).state == "revoked"


def test_what_is_shown_is_what_is_read(signed, reader):
    whole, slip, bare = (reader.read(ways(signed)[index]) for index in (0, 2, 3))
    assert whole.number == slip.number == signed.number
    assert whole.facts["quantity"] == "500 pieces"
    assert slip.facts["goods"] == ("Cotton shirts, white", "白色棉质衬衫")
    assert bare.number == ""
    assert bare.hidden > 5
    assert set(bare.facts) == {"decision", "tests"}


def test_dates_and_old_lists_are_judged_by_the_devices_clock(signed, reader):
    read = reader.read(signed.jws)
    reader.renew(read, ask)
    assert reader.read(signed.jws, now() + timedelta(days=2)).state == "unknown"
    assert reader.read(signed.jws, now() + timedelta(days=61)).state == "expired"
    assert reader.read(signed.jws, now() - timedelta(days=1)).state == "early"


def test_nobody_elses_certificate_is_read_and_no_strangers_list_believed(signed, reader, settings):
    for text in (as_jose().decode(), signed.jws[:-8] + "AAAAAAAA", "hello", "%PDF-1.7", "<a/>", ""):
        with pytest.raises(CredentialError):
            reader.read(text)
    other = CertificateReader("https://elsewhere.example", signing_keys.jwks())
    with pytest.raises(CredentialError) as caught:
        other.read(signed.jws)
    assert caught.value.reason == "issuer"
    with pytest.raises(CredentialError) as caught:
        CertificateReader(settings.GUOMEN.origin, jwks()).read(signed.jws)
    assert caught.value.reason == "key"
    read = reader.read(formats.kept(signed.number).slip)
    for answer in ("", b"", b"\xd2\x84", signed.jws):
        with pytest.raises(CredentialError):
            reader.renew(read, lambda *_, answer=answer: answer)
    assert reader.read(signed.jws).state == "unknown"

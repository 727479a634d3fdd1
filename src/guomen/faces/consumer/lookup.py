"""What somebody typed or pasted: whose page it leads to."""

import re
from urllib.parse import parse_qsl, quote, urlparse

from django.conf import settings

from guomen.core.gs1 import GS1Error, parse_digital_link, valid_gtin
from guomen.core.tagcrypto import normalise, signed
from guomen.faces.consumer import wording
from guomen.kit.errors import GuomenError
from guomen.tags import queries as tags
from guomen.tags.services import read_signed

OTHER_HOSTS = {"id.gs1.org"}
SHORT = re.compile(r"/[0-9A-Za-z]{16}")


class UnknownCodeError(GuomenError):
    """The text leads nowhere; the sentence says why."""

    status = 404
    code = "not-a-code"
    words = wording.NOT_A_CODE


class SignedCodeInvalidError(GuomenError):
    """The text looks like a signed code, and we did not sign it, or it has run out."""

    status = 422
    code = "not-signed"
    words = wording.NOT_SIGNED


class ForeignHostError(GuomenError):
    """The address belongs to somebody else."""

    status = 422
    code = "foreign-host"
    words = wording.FOREIGN_HOST


def path_of(gtin: str, batch: str = "", serial: str = "") -> str:
    """The address, on this host, of an item, a batch or a product."""
    parts = [("01", gtin.zfill(14)), ("10", batch), ("21", serial)]
    return "".join([f"/{ai}/{_quoted(value)}" for ai, value in parts if value])


def _quoted(value: str) -> str:
    return value if value.isalnum() and value.isascii() else quote(value, safe="")


def _page(gtin: str, batch: str = "", serial: str = "") -> str:
    """The address of our own page: a firm may lead the code of a product or batch to a page of its own."""
    return path_of(gtin, batch, serial) + ("" if serial else "?linkType=gs1:verificationService")


def destination(text: str, gtin: str = "") -> str:
    """The path that a code leads to: a whole address, a bare serial (with ``gtin`` if known), a short code, a barcode
    number, or a signed code.

    Raises ForeignHostError for another site's address, SignedCodeInvalidError for a signed code that is none of ours,
    and UnknownCodeError for anything else that is no code.
    """
    text = text.strip()
    if text.startswith(signed.PREFIX):
        return _of_signed(text)
    if "://" in text or re.match(r"[\w.-]+\.\w+(:\d+)?/", text):
        return _of_address(text if "://" in text else f"https://{text}")
    digits = re.sub(r"[\s-]", "", text)
    if digits.isdigit() and len(digits) in {8, 12, 13, 14} and valid_gtin(digits):
        return _page(digits)
    if valid_gtin(gtin) and len(normalise(text)) == 20:
        return _page(gtin, "", normalise(text))
    known = (found, normalise(text)) if (found := tags.gtin_of(text)) else tags.long_of(text)
    if known:
        return _page(known[0], "", known[1])
    raise UnknownCodeError


def _of_signed(text: str) -> str:
    try:
        subject = read_signed(text).subject
    except signed.SignedCodeError:
        raise SignedCodeInvalidError
    # What we signed lies on this host, or is a Digital Link, which this host resolves.
    return "/" + urlparse(subject).path.lstrip("/")


def _of_address(text: str) -> str:
    try:
        url = urlparse(text)
        host, port = (url.hostname or "").lower(), url.port
    except ValueError:
        raise UnknownCodeError
    ours = urlparse(settings.GUOMEN.origin)
    if host not in OTHER_HOSTS and (host, port) != (ours.hostname, ours.port):
        raise ForeignHostError(host=ours.netloc)
    if url.path.rstrip("/") == "/verify":
        inner = dict(parse_qsl(url.query)).get("code", "")
        if inner and "/verify" not in inner:
            return destination(inner)
    if SHORT.fullmatch(url.path) and (known := tags.long_of(url.path[1:])):
        return _page(known[0], "", known[1])
    try:
        link = parse_digital_link(re.sub(r"(?<=[^/:])/(en|zh)(?=/01/)", "", text, count=1), associations=False)
    except GS1Error:
        raise UnknownCodeError
    found = dict(link.path)
    if "01" not in found:
        raise UnknownCodeError
    return _page(found["01"], found.get("10", ""), found.get("21", ""))

"""Read an electronic phytosanitary certificate: UN/CEFACT SPS Certificate as IPPC ePhyto uses it (ISPM 12, appendix 1).

Names are matched without their namespaces' versions, which differ between countries' systems. Nothing is fetched, no
document type is read, and size, depth and number of elements are bounded. An ePhyto proves nothing by itself: what
countries trust is the hub over which it came.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from xml.parsers import expat

from guomen.core.credentials.errors import CredentialError

MAX_BYTES = 2 << 20
MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT = 32, 20_000, 200_000
KINDS = {"851": "phytosanitary", "657": "phytosanitary-reexport"}
"""Codes of documents (UN/EDIFACT 1001) that an ePhyto may have."""
STATES = {"70": "issued", "40": "rejected", "41": "withdrawn", "1": "draft", "2": "approved", "39": "approved"}
"""Codes of a document's state (UN/EDIFACT 1373) in ePhyto; others are shown as they are."""
_ROOT = "urn:un:unece:uncefact:data:standard:SPSCertificate"


class Goods(NamedTuple):
    """One line of goods. headings: commodity codes of the Harmonized System, as far as they are given."""

    description: str
    botanical_name: str
    quantity: str
    headings: tuple[str, ...]


class EPhyto(NamedTuple):
    """What an ePhyto says. kind: of ``KINDS``; state: of ``STATES`` or the code; issued_at: aware, or None."""

    number: str
    kind: str
    state: str
    issuer: str
    issued_at: datetime | None
    exporter: str
    importer: str
    from_country: str
    to_country: str
    goods: tuple[Goods, ...]
    is_signed: bool


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["_Element"] = field(default_factory=list)

    def all(self, *path: str) -> Iterator["_Element"]:
        """Elements along a path of local names."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def say(self, *path: str) -> str:
        """The text of the first element along a path, or empty."""
        return next((one.text.strip() for one in self.all(*path)), "")


class _Builder:
    def __init__(self) -> None:
        self.root: _Element | None = None
        self.open: list[_Element] = []
        self.left, self.room = MAX_ELEMENTS, MAX_TEXT

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.left -= 1
        if self.left < 0 or len(self.open) >= MAX_DEPTH:
            raise CredentialError("too-large", "too deep or too many elements")
        if self.root is None and not name.startswith(_ROOT):
            raise CredentialError("form", "not an SPS certificate")
        one = _Element(name.rpartition(" ")[2], attributes)
        if self.open:
            self.open[-1].children.append(one)
        else:
            self.root = one
        self.open.append(one)

    def end(self, _name: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        self.room -= len(text)
        if self.room < 0:
            raise CredentialError("too-large", "much text")
        if self.open:
            self.open[-1].text += text

    def refuse(self, *_: object) -> None:
        raise CredentialError("form", "a document type")


def read(data: bytes) -> EPhyto:
    """An ePhyto; CredentialError when it is none, or not a phytosanitary certificate."""
    if len(data) > MAX_BYTES:
        raise CredentialError("too-large", f"more than {MAX_BYTES} bytes")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, CredentialError):
            raise
        raise CredentialError("form", "not XML") from None
    if builder.root is None:
        raise CredentialError("form", "not XML")
    return _certificate(builder.root)


def _certificate(root: _Element) -> EPhyto:
    document = next(root.all("SPSExchangedDocument"), None)
    goods = next(root.all("SPSConsignment"), None)
    if document is None or goods is None:
        raise CredentialError("model", "no document, or no consignment")
    kind = document.say("TypeCode")
    if kind not in KINDS or not document.say("ID"):
        raise CredentialError("model", "not a phytosanitary certificate with a number")
    state = document.say("StatusCode")
    return EPhyto(
        document.say("ID"),
        KINDS[kind],
        STATES.get(state, state),
        document.say("IssuerSPSParty", "Name"),
        _moment(document),
        goods.say("ConsignorSPSParty", "Name"),
        goods.say("ConsigneeSPSParty", "Name"),
        goods.say("ExportSPSCountry", "ID"),
        goods.say("ImportSPSCountry", "ID"),
        tuple(_goods(item) for item in goods.all("IncludedSPSConsignmentItem", "IncludedSPSTradeLineItem")),
        any(_has_signature(child) for child in root.children),
    )


def _goods(item: _Element) -> Goods:
    weight = next((m for name in ("NetWeightMeasure", "GrossWeightMeasure") for m in item.all(name)), None)
    quantity = f"{weight.text.strip()} {weight.attributes.get('unitCode', '')}".strip() if weight else ""
    headings = [
        row.say("ClassCode").replace(".", "")
        for row in item.all("ApplicableSPSClassification")
        if row.say("SystemName").upper() in ("HS", "HSCODE", "HS CODE", "CN")
    ]
    name = item.say("CommonName") or item.say("Description")
    return Goods(name, item.say("ScientificName"), quantity, tuple(h for h in headings if h.isdecimal()))


def _moment(document: _Element) -> datetime | None:
    for name in ("DateTime", "DateTimeString"):
        text = document.say("IssueDateTime", name)
        try:
            found = datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
        except ValueError:
            continue
        if found is not None:
            # Some systems leave the zone out; the day is what counts then.
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _has_signature(one: _Element) -> bool:
    return one.name == "Signature" or any(_has_signature(child) for child in one.children)

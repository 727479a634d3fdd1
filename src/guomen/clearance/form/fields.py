"""What a declaration holds: every field with how it is read. Source of the names: the combined declaration of 2018.

Fields that rules, indexes or other capabilities look at are columns. The others are kept as they were declared
(``more``): they are shown, hashed and compared, and no rule asks for them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from guomen.clearance.form.values import (
    amount,
    batch,
    code,
    day,
    flag,
    gtin,
    many,
    many_codes,
    moment,
    pattern,
    text,
    vins,
    whole,
)

OFFICE = r"\d{4,6}"
REGISTRATION = r"[0-9A-HJ-NP-RTUW-Y]{18}|[0-9A-Z]{10}"
"""A unified social credit code (GB 32100-2015), or the customs or inspection code of ten characters."""


@dataclass(frozen=True, slots=True)
class Spec:
    """How one field is read. ``empty``: what an optional field holds when nothing is given; ``more``: no column."""

    read: Callable[[Any], Any]
    required: bool = True
    empty: Any = ""
    missing: str = "missing"
    more: bool = False


def _t(limit: int) -> Callable[[Any], str]:
    return partial(text, limit=limit)


def _c(table: str) -> Callable[[Any], str]:
    return partial(code, table=table)


def _p(expression: str, wrong: str = "unknown-code") -> Callable[[Any], str]:
    return partial(pattern, expression=expression, wrong=wrong)


def _more(read: Callable[[Any], Any]) -> Spec:
    return Spec(read, required=False, empty=None, more=True)


HEADER: Mapping[str, Spec] = {
    "direction": Spec(_p("[IE]")),
    "trade_mode": Spec(_c("trade_mode")),
    "importer_code": Spec(_t(18)),
    "consignor_name": Spec(_t(200)),
    "departure_country": Spec(_c("country")),
    "departure_port": Spec(_c("port")),
    "arrival_port": Spec(_c("port")),
    "goods_place": Spec(_t(100)),
    "transport_mode": Spec(_c("transport_mode")),
    "vessel": Spec(_t(100)),
    "voyage": Spec(_t(40), required=False),
    "bill_number": Spec(_t(40)),
    "contract_number": Spec(_t(40), required=False),
    "departed_on": Spec(day),
    "arrives_at": Spec(moment),
    "gross_weight_kg": Spec(amount),
    "net_weight_kg": Spec(amount),
    "packages": Spec(whole),
    "packaging": Spec(_c("packaging")),
    "marks": Spec(_t(300), required=False),
    # What one kind of trade asks for, or a declarant adds.
    "reference": _more(_t(40)),
    "destination_country": _more(_c("country")),
    "handbook_number": _more(_p(r"[A-Z][0-9A-Z]{11}")),
    "return_by": _more(day),
    "exhibition": _more(_t(200)),
    "platform_code": _more(_p(REGISTRATION, "not-a-registration")),
    "overseas_warehouse": _more(_t(200)),
    "correlation_number": _more(_p(r"\d{18}", "not-a-declaration")),
    "correlation_reason": _more(_t(200)),
    # Parties and offices.
    "consignor_code": _more(_t(40)),
    "consignor_address": _more(_t(300)),
    "owner_code": _more(_p(REGISTRATION, "not-a-registration")),
    "agent_code": _more(_p(REGISTRATION, "not-a-registration")),
    "customs_office": _more(_p(OFFICE)),
    "accepting_office": _more(_p(OFFICE)),
    "certificate_office": _more(_p(OFFICE)),
    "port_office": _more(_p(OFFICE)),
    "destination_office": _more(_p(OFFICE)),
    # Journey.
    "master_bill": _more(_t(40)),
    "transit_port": _more(_c("port")),
    "trade_country": _more(_c("country")),
    "discharged_on": _more(day),
    "original_container": _more(flag),
    # Terms.
    "duty_nature": _more(_p(r"\d{3}")),
    "special_business": _more(partial(many_codes, table="special_business")),
    "commitments": _more(partial(many, most=20, read=_t(40))),
    "no_other_packaging": _more(flag),
    "checked_elsewhere": _more(flag),
    "surety": _more(flag),
}
LINE: Mapping[str, Spec] = {
    "gtin": Spec(gtin, required=False),
    "name": Spec(_t(200)),
    "hs_code": Spec(_c("hs")),
    "ciq_code": Spec(_t(3), required=False),
    "origin": Spec(_c("country")),
    "origin_region": Spec(_t(100), required=False),
    "maker_name": Spec(_t(200)),
    "maker_registration": Spec(_t(40), required=False),
    "brand": Spec(_t(100), required=False),
    "model": Spec(_t(200), required=False),
    "batch": Spec(batch, required=False),
    "quantity": Spec(amount),
    "unit": Spec(_c("unit"), missing="missing-unit"),
    "net_weight_kg": Spec(amount),
    "value": Spec(amount),
    "currency": Spec(_c("currency")),
    "attributes": Spec(partial(many_codes, table="goods_attribute"), required=False, empty=()),
    "purpose": Spec(_c("purpose")),
    "produced_on": Spec(day, required=False, empty=None),
    "expires_on": Spec(day, required=False, empty=None),
    "name_en": _more(_t(200)),
    "ciq_name": _more(_t(200)),
    "elements": _more(_t(500)),
    "second_quantity": _more(amount),
    "second_unit": _more(_c("unit")),
    "unit_price": _more(amount),
    "destination_country": _more(_c("country")),
    "district": _more(_p(r"\d{5}")),
    "ciq_destination": _more(_p(r"\d{6}")),
    "duty_mode": _more(_p(r"[1-9]")),
    "specification": _more(_t(200)),
    "ingredients": _more(_t(500)),
    "shelf_life_days": _more(whole),
    "maker_registered_name": _more(_t(200)),
    "supervision": _more(_t(200)),
    "not_dangerous": _more(flag),
    "un_number": _more(_p(r"(?:UN)?\d{4}", "not-a-un-number")),
    "dangerous_name": _more(_t(80)),
    "packing_group": _more(_p(r"[123]")),
    "packing_specification": _more(_t(90)),
    "listed": _more(flag),
    "cabin": _more(_t(60)),
    "wagon": _more(_t(60)),
    "label_picture": _more(_p(r"[0-9A-F]{64}", "not-a-hash")),
    "vins": _more(partial(vins, most=500)),
}
CONTAINER: Mapping[str, Spec] = {"number": Spec(_t(20), missing="no-container"), "seal": Spec(_t(40), required=False)}
DOCUMENT: Mapping[str, Spec] = {
    "kind": Spec(_c("document_kind")),
    "number": Spec(_t(60), required=False),
    "sha256": Spec(_t(64), required=False),
    "filename": Spec(_t(200), required=False),
    "line": Spec(whole, required=False, empty=None),
    "quantity": Spec(amount, required=False, empty=None),
    "unit": Spec(_c("unit"), required=False),
}
ORDER: Mapping[str, Spec] = {
    "number": Spec(_t(60)),
    "parcel": Spec(_t(60)),
    "buyer": Spec(_t(64), required=False),
    "units": Spec(whole),
    "value_cny": Spec(amount),
    "line_numbers": Spec(partial(many, most=200, read=whole), required=False, empty=()),
}
"""An order of cross-border e-commerce: its number, its parcel, who buys, how many articles, what they are worth, and of
which goods lines they are (none given: of any)."""
WANTED: Mapping[str, Spec] = {
    "kind": Spec(_p(r"\d{2}")),
    "originals": Spec(whole),
    "copies": Spec(whole, required=False, empty=0),
}
"""A certificate that the declarant wants (所需单证), by its code of two digits."""
QUALIFICATION: Mapping[str, Spec] = {"kind": Spec(_p(r"\d{3}")), "number": Spec(_t(60))}
"""A qualification of the firm (企业资质): kind of three digits and number."""
USER: Mapping[str, Spec] = {"name": Spec(_t(200)), "contact": Spec(_t(100), required=False)}
"""Who uses the goods in the end (使用人). Personal data: in the tables only, never in a hash that leaves them."""
LISTS: Mapping[str, tuple[Mapping[str, Spec], int]] = {
    "orders": (ORDER, 500),
    "certificates_wanted": (WANTED, 20),
    "qualifications": (QUALIFICATION, 20),
    "users": (USER, 20),
}
"""Lists of the header that are not goods, containers or documents: their fields and how many there may be."""


def reader(spec: Spec) -> tuple[Callable[..., Any], Mapping[str, Any]]:
    """What reads a field, and its arguments."""
    return (spec.read.func, spec.read.keywords) if isinstance(spec.read, partial) else (spec.read, {})


SPECS = (HEADER, LINE, CONTAINER, DOCUMENT, *(specs for specs, _most in LISTS.values()))
SEVERAL = (many, many_codes, vins)
LISTED = frozenset(n for specs in SPECS for n, spec in specs.items() if reader(spec)[0] in SEVERAL)
"""Fields that hold several values."""
FLAGS = frozenset(n for specs in SPECS for n, spec in specs.items() if reader(spec)[0] is flag)
"""Fields that are true or false."""

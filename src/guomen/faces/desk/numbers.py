"""Read a number or mark that an officer types in: what it is, what it says, what is wrong with it."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from guomen.core.codes import (
    parse_ccc,
    parse_cosmetics,
    parse_fireworks_code,
    parse_food_maker,
    parse_ippc_mark,
    parse_medical,
    parse_packaging_mark,
    valid_container,
    valid_vin,
    vin_check_character,
)


def reading(text: str) -> str:
    """What the number or mark says, in a sentence; empty for no text."""
    if not text:
        return ""
    for read in _READERS:
        try:
            return read(text.strip().upper())
        except ValueError:
            continue
    return _(
        "This is none of: VIN, container number, UN or IPPC mark, registration of a device, cosmetics, food maker, "
        "fireworks producer, CCC certificate."
    )


def _vin(text: str) -> str:
    due = vin_check_character(text)
    if valid_vin(text):
        return _("VIN: the check character fits.")
    words = _("VIN: the check character should be %(due)s. Cars built for Europe need none: then the filing decides.")
    return words % {"due": due}


def _container(text: str) -> str:
    number = "".join(text.split()).replace("-", "")
    if len(number) != 11 or not number[:4].isalpha() or not number[4:].isdigit():
        raise ValueError(text)
    if valid_container(number):
        return _("Container number: the check digit fits.")
    return _("Container number: the check digit does not fit.")


def _packaging(text: str) -> str:
    mark = parse_packaging_mark(text)
    said = _("UN mark: packaging %(code)s, packing groups %(groups)s, made in %(year)s, %(state)s, maker %(maker)s.")
    told = {"code": mark.code, "groups": ", ".join(mark.groups), "year": mark.year}
    sentence = said % (told | {"state": mark.state, "maker": mark.maker})
    if mark.gross_kg:
        return f"{sentence} " + _("At most %(kg)s kg gross.") % {"kg": f"{mark.gross_kg.normalize():f}"}
    return sentence


def _ippc(text: str) -> str:
    mark = parse_ippc_mark(text)
    treated = {
        "HT": _("heat, 56 °C in the core for 30 minutes"),
        "DH": _("dielectric heat, 60 °C for one minute"),
        "MB": _("methyl bromide"),
        "SF": _("sulphuryl fluoride"),
    }[mark.treatment]
    said = _("IPPC mark: %(country)s, producer %(producer)s, treated by %(treated)s.")
    return said % {"country": mark.country, "producer": mark.producer, "treated": treated}


def _medical(text: str) -> str:
    found = parse_medical(text)
    said = _("Medical device of class %(level)s, first registered or filed in %(year)s; it holds five years.")
    return said % {"level": found.device_class, "year": found.year}


def _cosmetics(text: str) -> str:
    found = parse_cosmetics(text)
    kind = (
        _("Special cosmetics, registered in %(year)s.")
        if found.special
        else _("Ordinary cosmetics, filed in %(year)s.")
    )
    return kind % {"year": found.year}


def _ccc(text: str) -> str:
    found = parse_ccc(text)
    said = _("CCC certificate of %(year)s, body %(body)s, product category %(category)s.")
    return said % {"year": found.year, "body": found.body, "category": found.category}


def _maker(text: str) -> str:
    return _("Foreign maker of food, registered for %(country)s.") % {"country": parse_food_maker(text)[0]}


def _fireworks(text: str) -> str:
    found = parse_fireworks_code(text)
    said = _("Producer of fireworks %(enterprise)s of region %(region)s.")
    return said % {"enterprise": found.enterprise, "region": found.region}


_READERS: tuple[Callable[[str], str], ...] = (
    _medical,
    _cosmetics,
    _ccc,
    _maker,
    _fireworks,
    _packaging,
    _ippc,
    _container,
    _vin,
)
"""In this order: the narrow grammars first."""

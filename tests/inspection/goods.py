"""Orders for the tests: cotton shirts, infant formula, a used printing press."""

from datetime import UTC, datetime

from guomen.inspection.models import Order
from guomen.inspection.services import create_order, draw_sample, take
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.parties.actors import SYSTEM

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
DECLARATION = "222420261000000017"
GOODS = {
    "shirts": (1, W("Cotton shirts, 500 pieces", "棉质衬衫，500件"), "C-TEX", "P-TEX", 3),
    "formula": (2, W("Infant formula, 1,150 cartons", "婴幼儿配方奶粉，1150箱"), "C-FOOD", "P-INFANT", 5),
    "press": (3, W("Used printing press", "旧印刷机"), "C-UME", "", 0),
    "stone": (4, W("Granite slabs", "花岗岩板材"), "C-RAD", "", 0),
}


def order(name: str = "shirts", by=None, **more) -> Order:
    """The order of one of the story's lines; taken by ``by`` when given."""
    line, goods, checklist, panel, units = GOODS[name]
    fields = {
        "subject": Subject.line(DECLARATION, line),
        "declaration": DECLARATION,
        "line": line,
        "goods": goods,
        "checklist": checklist,
        "open_units": 8,
        "population": 500,
        "sample_units": units,
        "panel": panel,
        "reasons": [{"code": "CHECKS-INCOMPLETE", "values": {}}],
        "place": "CNYSA",
        "due_at": datetime(2026, 11, 12, 7, 30, tzinfo=UTC),
        "container": "MSKU3456780",
        "seal": "MSK558201",
    }
    made = create_order(SYSTEM, **fields | more)
    return take(by, made.id) if by else made


def sampled(people, name: str = "shirts"):
    """The story's sample, drawn by Ana for Di's laboratory."""
    made = order(name, people.ana.actor)
    laboratory = people.di.organisation.code
    return draw_sample(
        people.ana.actor, made.id, laboratory_code=laboratory, quantity="3", unit="C62", seal_number="ls 0091"
    )

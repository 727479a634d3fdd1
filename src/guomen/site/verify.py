"""Which ledger entries tell the history of one item: its own, its batch's, and those of the consignment it came in."""

from importlib import import_module

from django.apps import apps

from guomen.core.gs1 import GS1Error, canonical, parse_digital_link, to_digital_link
from guomen.kit.errors import Invalid, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.trace.told import changed_events, entries_of_events

_LINE, _CONTAINER = Subject.of("line", ""), Subject.of("container", "")


def canonical_uri(uri: str) -> str:
    """The one spelling of a Digital Link. Raises Invalid when it is none."""
    try:
        return canonical(uri)
    except GS1Error as error:
        words = W("This is not a GS1 Digital Link: {why}.", "这不是有效的 GS1 数字链接：{why}。")
        why = (("why", W(str(error), error.zh)),)
        raise Invalid([Problem("uri", "not-a-digital-link", words, why)]) from error


def _own_subjects(uri: str) -> set[str]:
    """The item and its batch, from the link itself and from what the tags capability knows of the serial."""
    own = canonical_uri(uri)
    link = parse_digital_link(uri)  # as written: the canonical spelling of an item leaves its batch out
    gtin, lot, serial = link.get("01"), link.get("10"), link.get("21")
    found = {own}
    if gtin and lot:
        found.add(canonical(to_digital_link([("01", gtin), ("10", lot)])))
    if gtin and serial:
        found.add(canonical(to_digital_link([("01", gtin), ("21", serial)])))
        found |= _tag_subjects(gtin, serial)
    return found


def _tag_subjects(gtin: str, serial: str) -> set[str]:
    """Batch and goods line of a tagged item; nothing when tags are not installed or do not know it."""
    if not apps.is_installed("guomen.tags"):
        return set()
    item = import_module("guomen.tags.queries").item(gtin, serial)
    if item is None:
        return set()
    subjects, batch = {item.range.subject} - {""}, item.range.batch
    if batch:
        subjects.add(canonical(to_digital_link([("01", gtin), ("10", batch)])))
    return subjects


def entries_of_item(uri: str) -> list[Entry]:
    """Entries about the item, its batch, its goods line, the declaration of that line and its containers, oldest first;
    and those of its events that were captured with too many others to name it.

    Other lines of the same declaration are other goods: their entries are left out.
    """
    subjects = _own_subjects(uri)
    lines = {s for e in history(*subjects) for s in e.subjects if s.startswith(_LINE)}
    lines |= {s for s in subjects if s.startswith(_LINE)}
    declarations = {Subject.declaration(line.removeprefix(_LINE).rsplit("/", 1)[0]) for line in lines}
    consignment = history(*lines, *declarations) if lines else []
    containers = {s for e in consignment for s in e.subjects if s.startswith(_CONTAINER)}
    ours = subjects | lines
    found = [
        entry
        for entry in history(*ours, *declarations, *containers)
        if ours & set(entry.subjects) or not any(s.startswith(_LINE) for s in entry.subjects)
    ]
    return sorted([*found, *entries_of_events(subjects, found)], key=lambda e: (e.happened_at, e.id))


def changed(entry: Entry, uri: str) -> list[str]:
    """Ids of the item's events that differ from what the entry proves."""
    return changed_events(entry, _own_subjects(uri))

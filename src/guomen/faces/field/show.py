"""What the inspector's pages show: an order and its items in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guomen.catalogue import codes, places
from guomen.catalogue.rulepack import ChecklistItem
from guomen.catalogue.units import amount
from guomen.faces.field.declared import Said, beside
from guomen.inspection import packs, queries, rules
from guomen.inspection.models import Answer, Order, Sample
from guomen.inspection.rules import Conclusion
from guomen.inspection.services import proposal
from guomen.inspection.words import VERDICTS
from guomen.kit.clock import now
from guomen.kit.web import written_time
from guomen.kit.words import W, is_chinese, say, vocabulary
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation, Person


@dataclass(frozen=True, slots=True)
class Shown:
    """One checklist item as the page shows it."""

    number: int
    item: ChecklistItem
    hint: str
    answer: Answer | None
    photos: list[str]
    missing: str
    problem: str = ""
    given: dict[str, str] = field(default_factory=dict)
    declared: list[Said] = field(default_factory=list)
    """What was declared and is compared here: names with values."""

    @property
    def choice(self) -> str:
        return self.answer.choice if self.answer else ""

    @property
    def mark(self) -> str:
        """How the item stands: done, fails, or nothing yet."""
        if self.missing or self.problem:
            return ""
        return "fails" if self.answer and self.answer.verdict == "fails" else "done"

    @property
    def explains(self) -> bool:
        """Whether what is wrong must be told in words and pictures."""
        return self.item.kind == "choice" and self.choice == "does-not"

    @property
    def takes_photos(self) -> bool:
        return self.item.kind == "photo" or self.explains

    @property
    def needs_background(self) -> bool:
        return self.item.kind == "measure" and rules.needs_background(self.item)

    @property
    def is_dose(self) -> bool:
        return rules.is_dose_rate(self.item.unit)

    def typed(self, name: str) -> str:
        """What stands in an input: what was just typed, else what is stored."""
        if name in self.given:
            return self.given[name]
        stored = getattr(self.answer, name, None)
        if stored is None:
            return ""
        return stored if isinstance(stored, str) else rules.show_number(stored)

    @property
    def allowed(self) -> str:
        """The limit as a sentence."""
        low, high, unit = self.item.low, self.item.high, self.item.unit
        if low is not None and high is not None:
            values = {"low": rules.show_number(low), "high": rules.show_number(high), "unit": unit}
            return _("Allowed %(low)s to %(high)s %(unit)s.") % values
        if high is not None:
            return _("Allowed up to %(high)s %(unit)s.") % {"high": rules.show_number(high), "unit": unit}
        if low is not None:
            return _("Allowed from %(low)s %(unit)s.") % {"low": rules.show_number(low), "unit": unit}
        return ""

    @property
    def net(self) -> str:
        """What was compared, where it is not simply what was read."""
        if self.problem or self.answer is None or self.answer.judged in {None, self.answer.value}:
            return ""
        shown = say(queries.found_text("=", self.answer.judged, self.item.unit))
        if self.answer.background is None:
            return _("That is %(value)s.") % {"value": shown}
        return _("Above background: %(value)s.") % {"value": shown}

    @property
    def judgement(self) -> tuple[str, str]:
        """Tone and words of a judged measurement."""
        if self.problem or self.answer is None or self.answer.judged is None:
            return "", ""
        if self.answer.verdict == "conforms":
            return "good", say(VERDICTS["within"])
        return "wrong-text", say(VERDICTS["outside"])


def items(order: Order, conclusion: Conclusion, problems: dict[str, str], given: dict[str, str]) -> list[Shown]:
    """The order's checklist, answered so far."""
    answers, photos = queries.answers(order), queries.photos(order)
    missing = {m.item: m.what for m in conclusion.missing}
    background = answers.get("BACKGROUND")
    shown, asked = [], packs.items_of(order)
    declared = beside(order, asked)
    for number, item in enumerate(asked, 1):
        typed = dict(given) if item.code in problems else {}
        answer = answers.get(item.code)
        if background and answer is None and background.judged is not None and not typed:
            typed = {"background": rules.show_number(background.judged)}
        hint = _hint(order, item)
        one = Shown(number, item, hint, answer, photos.get(item.code, []), missing.get(item.code, ""))
        told = declared.get(item.code, [])
        shown.append(replace(one, problem=problems.get(item.code, ""), given=typed, declared=told))
    return shown


def _hint(order: Order, item: ChecklistItem) -> str:
    hint = say(item.hint)
    if item.code != "SEAL" or not (order.seal or order.container):
        return hint
    declared = _("Declared: container %(container)s, seal %(seal)s.") % {
        "container": order.container or "—",
        "seal": order.seal or "—",
    }
    return f"{declared}{hint}" if is_chinese() else f"{declared} {hint}"


def missing_sentence(conclusion: Conclusion, shown: list[Shown]) -> str:
    """The dock's one sentence: what is missing, or what will happen."""
    if conclusion.state == "incomplete":
        first = next(s for s in shown if s.missing)
        left = len(conclusion.missing)
        next_step = {
            "note": _("Say what does not conform: %(number)s. %(check)s."),
            "photo": _("Take a photo: %(number)s. %(check)s."),
            "sample": _("Draw the sample: %(number)s. %(check)s."),
        }
        if left == 1 and first.missing in next_step:
            sentence = next_step[first.missing]
        else:
            sentence = ngettext(
                "One check left: %(number)s. %(check)s.", "%(left)s checks left. Next: %(number)s. %(check)s.", left
            )
        return sentence % {"left": left, "number": first.number, "check": say(first.item.question)}
    if conclusion.state == "fail":
        failed = sum(s.answer is not None and s.answer.verdict == "fails" for s in shown)
        sentence = ngettext("One check does not conform.", "%(count)s checks do not conform.", failed)
        return sentence % {"count": failed}
    if conclusion.state == "lab":
        return _("Everything here conforms. The laboratory decides the rest.")
    return _("Everything conforms.")


def reasons(order: Order) -> list[str]:
    """Why the goods were selected, in sentences."""
    words = vocabulary("REASONS")
    return [reason(words.get(r["code"], W(r["code"], r["code"])), r.get("values") or {}) for r in order.reasons]


def reason(words: W, values: dict[str, Any]) -> str:
    plain = {k: say(v) if isinstance(v, dict) and "en" in v else v for k, v in values.items()}
    try:
        return say(words, **plain)
    except KeyError:
        return say(words)


def place(code: str) -> str:
    """The name of a place; what is not in the table is shown as it was given."""
    try:
        return say(places.place(code).name)
    except KeyError:
        return code


def due(at: datetime | None) -> str:
    """The hour when it is today, else date and hour."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    if local.date() == now().astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        return f"{local:%H:%M}"
    return written_time(at)


def is_overdue(order: Order) -> bool:
    return order.due_at is not None and order.state in {"waiting", "taken"} and order.due_at < now()


def names_of(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Colleagues' names, for officers' pages only."""
    return dict(Person.objects.filter(id__in={p for p in people if p}).values_list("id", "name"))


def name_of(person_id: UUID | None) -> str:
    return names_of([person_id]).get(person_id, "")


def _laboratories(order: Order) -> list[Organisation]:
    """Those that may test its sample: of goods that are inspected again, none that tested them before."""
    return list(Organisation.objects.filter(kind="laboratory").exclude(id__in=order.not_at).order_by("name_en"))


def sample_context(order: Order, sample: Sample | None) -> dict[str, Any]:
    """What the sample form offers."""
    return {
        "sample": sample,
        "sample_amount": say(amount(sample.quantity, sample.unit)) if sample else "",
        "laboratories": [] if sample else _laboratories(order),
        "units": codes.table("unit").options(),
    }


def task(order: Order, by: Actor, problems: dict[str, str], given: dict[str, str]) -> dict[str, Any]:
    """Everything the task page needs."""
    conclusion = proposal(order)
    shown = items(order, conclusion, problems, given)
    inspector = by.has("inspector")
    return {
        "order": order,
        "items": shown,
        "conclusion": conclusion,
        "sentence": missing_sentence(conclusion, shown),
        "reasons": reasons(order),
        "place": place(order.place),
        "due": due(order.due_at),
        "overdue": is_overdue(order),
        "mine": inspector and order.state == "taken" and order.officer_id == by.person_id,
        "may_take": inspector and order.state in {"waiting", "taken"} and order.officer_id != by.person_id,
        "officer": name_of(order.officer_id),
        "second": Person.objects.filter(id=order.second_officer_id).first() if order.second_officer_id else None,
        "problems": problems,
        "given": given,
        **sample_context(order, queries.sample_of(order)),
    }

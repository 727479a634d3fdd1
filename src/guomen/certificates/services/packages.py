"""Packages of a packaging performance result: each use result is written off, and never more than were tested.

Locks are taken in one order, the use results first and the performance result last, so that no two signers wait for
each other.
"""

from decimal import Decimal

from guomen.certificates import rules
from guomen.certificates.models import Certificate, WriteOff
from guomen.certificates.services.common import locked, tell
from guomen.core.codes import parse_packaging_mark
from guomen.kit.clock import now
from guomen.kit.errors import Refused
from guomen.kit.web import number
from guomen.kit.words import W
from guomen.parties.actors import Actor

PERFORMANCE, USE = "PP", "PU"
UNUSED = frozenset({"issued-in-error", "holder"})
"""Why a use result is revoked when its packages were not used: they are given back."""


def balance(performance: Certificate) -> int:
    """How many packages of a performance result are left."""
    last = WriteOff.objects.filter(certificate=performance.number).order_by("-sequence").first()
    return last.balance if last else int(performance.facts["packages"])


def check(use: Certificate) -> Certificate:
    """The performance result that a use result relies on. Raises Refused when it does not carry this use."""
    found = Certificate.objects.filter(number=use.facts["performance"], kind=PERFORMANCE).first()
    if found is None or found.state in rules.UNSIGNED:
        words = W("There is no performance result {number}.", "没有编号为 {number} 的性能检验结果单。")
        raise Refused(words, code="performance-unknown", number=use.facts["performance"])
    return _carries(found, use)


def _carries(found: Certificate, use: Certificate) -> Certificate:
    if rules.state_at(found.state, found.signed_at, found.valid_until, now()) != "valid":
        words = W("The performance result {number} is not valid now.", "性能检验结果单 {number} 现时无效。")
        raise Refused(words, code="performance-not-valid", number=found.number)
    mark = parse_packaging_mark(found.facts["un_mark"])
    group = use.facts["packing_group"]["code"]
    if group not in mark.groups:
        words = W(
            "A packaging marked {letter} may not hold goods of packing group {group}.",
            "标记为 {letter} 的包装不得盛装包装类别 {group} 的货物。",
        )
        raise Refused(words, code="packing-group", letter=mark.letter, group=group)
    gross = Decimal(use.facts["gross_each"]["value"])
    if mark.gross_kg is not None and gross > mark.gross_kg:
        words = W("A package may weigh {most} kg at the most.", "单件毛重不得超过 {most} 千克。")
        raise Refused(words, code="too-heavy", most=number(mark.gross_kg))
    return found


def write_off(by: Actor, use: Certificate, replaced: Certificate | None) -> None:
    """Book the packages of a use result that is being signed; those of the one that it replaces come back first.

    Its validity ends with the performance result's at the latest. Raises Refused when not enough packages are left.
    """
    found = _carries(locked(check(use).number), use)
    assert found.valid_until is not None
    assert use.valid_until is not None
    use.valid_until = min(use.valid_until, found.valid_until)
    if replaced is not None:
        _give_back(by, found, replaced)
    wanted, left = int(use.facts["packages"]), balance(found)
    if not rules.may_use(left, wanted):
        words = W("Only {left} packages are left of {number}.", "性能检验结果单 {number} 仅余 {left} 件可用。")
        raise Refused(words, code="packages-exhausted", left=number(left), number=found.number)
    _book(found, wanted, use.number)
    tell("packages.used", found, {"packages": wanted, "left": left - wanted, "use_result": use.number}, by)


def give_back(by: Actor, use: Certificate) -> None:
    """The packages of a use result that was never used can be used again."""
    found = locked(use.facts["performance"])
    _give_back(by, found, use)


def _give_back(by: Actor, found: Certificate, use: Certificate) -> None:
    booked = WriteOff.objects.filter(certificate=found.number, use_result=use.number)
    count = sum(row.packages for row in booked)
    if count > 0:
        _book(found, -count, use.number)
        facts = {"packages": count, "left": balance(found), "use_result": use.number}
        tell("packages.returned", found, facts, by)


def carry_over(by: Actor, new: Certificate, old: Certificate) -> None:
    """What was used of a performance result is used of the one that replaces it. Raises Refused when that is more."""
    used = int(old.facts["packages"]) - balance(old)
    if used > int(new.facts["packages"]):
        words = W("{used} packages are used already.", "已使用 {used} 件。")
        raise Refused(words, code="packages-exhausted", used=number(used))
    if used:
        _book(new, used, old.number)
        tell("packages.used", new, {"packages": used, "left": balance(new), "replaces": old.number}, by)


def _book(found: Certificate, packages: int, use_result: str) -> None:
    last = WriteOff.objects.filter(certificate=found.number).order_by("-sequence").first()
    left = (last.balance if last else int(found.facts["packages"])) - packages
    sequence = last.sequence + 1 if last else 1
    WriteOff.objects.create(
        certificate=found.number, sequence=sequence, packages=packages, balance=left, use_result=use_result
    )

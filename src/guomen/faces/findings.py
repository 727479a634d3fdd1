"""What was found of a certificate, in the reader's words: shared by the pages that show one."""

from typing import Any

from guomen.certificates import checks, paper
from guomen.certificates.checks import Finding
from guomen.kit.clock import now
from guomen.kit.words import W, say

_ROWS, _LONGEST = 60, 400
LABELS = paper.ROWS | {
    "kind": W("Kind of certificate", "证书种类"),
    "decision": W("Decision", "检验结论"),
    "tests": W("Tests", "检测"),
    "exporter": W("Exporter", "出口商"),
    "importer": W("Importer", "进口商"),
    "from": W("From", "输出国"),
    "to": W("To", "输入国"),
}
"""Names of facts that we know, ours or not."""


def shown(found: Finding) -> dict[str, Any]:
    """A finding in words, for pages."""
    return {
        "found": found,
        "tone": checks.TONES[found.verdict],
        "title": checks.VERDICTS[found.verdict],
        "sentence": _sentence(found),
        "form": checks.FORMS.get(found.form, checks.FORMS["unknown"]),
        "checks": [checked(check) for check in found.checks],
        "rows": rows(found.facts),
        "at": now(),
    }


def checked(check: checks.Check) -> dict[str, Any]:
    """One check in words, in the reader's language."""
    return {
        "name": say(checks.NAMES[check.name]),
        "result": check.result,
        "said": say(checks.RESULTS[check.result]),
        "sentence": say(checks.SENTENCES[check.code], **dict(check.values)),
    }


def _sentence(found: Finding) -> str:
    """Why the verdict is as it is: the first check that failed, or the first that was left open."""
    for result in ("failed", "open"):
        for check in found.checks:
            # That there are no goods to compare with is no news on this page.
            if check.result == result and check.name != "subject":
                return say(checks.SENTENCES[check.code], **dict(check.values))
    return say(checks.SENTENCES["signed"])


def rows(facts: Any, before: str = "") -> list[tuple[str, str]]:
    """What a certificate says, as rows of name and text; things inside things have a name of several parts."""
    found: list[tuple[str, str]] = []
    for name, value in facts.items() if isinstance(facts, dict) else enumerate(facts, 1):
        called = LABELS.get(name) if isinstance(name, str) and not before else None
        label = say(called) if called else f"{before} · {name}" if before else str(name)
        if isinstance(value, dict) and {"en", "zh"} <= value.keys():
            found.append((label, str(say(W(str(value["en"]), str(value["zh"]))))))
        elif isinstance(value, dict | list):
            found += rows(value, label)
        else:
            found.append((label, "—" if value is None else str(value)))
    return [(label[:120], text[:_LONGEST]) for label, text in found[:_ROWS]]

"""Words in English and Chinese for entry kinds, reason codes, states, checks and code tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class W:
    """One term or sentence in both languages. ``{name}`` placeholders are filled by :func:`say`."""

    en: str
    zh: str

    def __str__(self) -> str:
        return say(self)


def is_chinese() -> bool:
    return (get_language() or "en").startswith("zh")


def listed(words: Iterable[str]) -> str:
    """Several things side by side, as the language of the moment lists them."""
    return ("、" if is_chinese() else ", ").join(words)


def say(words: "W | Mapping[str, str] | str", **values: object) -> str:
    """The reader's language of ``words``, placeholders filled. A plain string is returned as it is."""
    if isinstance(words, str):
        text = words
    elif isinstance(words, W):
        text = words.zh if is_chinese() else words.en
    else:
        text = words["zh" if is_chinese() else "en"]
    return text.format(**values) if values else text


def vocabulary(table: str) -> dict[str, W]:
    """All words of one ``table`` (KINDS, REASONS, STATES) that the installed capabilities declare in ``words.py``."""
    found: dict[str, W] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("guomen."):
            continue
        try:
            module = import_module(f"{config.name}.words")
        except ModuleNotFoundError:
            continue
        for code, words in getattr(module, table, {}).items():
            if code in found:
                raise ValueError(f"{table} {code!r} is declared twice")
            found[code] = words
    return found

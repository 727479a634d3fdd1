"""Pages in pieces: rendered once by Jinja with slots for what differs, then filled for each request by joining.

A slot stands in the rendered text as random letters and digits, which pass through escaping and quoting unchanged and
which nobody who names a product can guess. What goes into a slot must be safe already.
"""

import secrets
from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.template.loader import get_template
from django.utils import translation

from guomen.faces.consumer.view_model import Paper
from guomen.kit.words import W

LANGUAGES = {"en": "en", "zh": "zh-hans"}


class Piece:
    """A text with named slots."""

    __slots__ = ("literals", "names")

    def __init__(self, parts: list[str]) -> None:
        self.literals, self.names = parts[::2], parts[1::2]

    @property
    def parts(self) -> list[str]:
        """Literal, name, literal, name, …, literal: as it is stored."""
        out = [""] * (len(self.literals) + len(self.names))
        out[::2], out[1::2] = self.literals, self.names
        return out

    def fill(self, values: Mapping[str, str]) -> str:
        """The text; KeyError when a slot has no value."""
        out = [""] * (len(self.literals) + len(self.names))
        out[::2] = self.literals
        out[1::2] = [values[name] for name in self.names]
        return "".join(out)

    def with_pieces(self, values: Mapping[str, "Piece | str"]) -> "Piece":
        """The piece with some of its slots filled by texts, or by pieces whose slots become its own."""
        parts = [self.literals[0]]
        for name, literal in zip(self.names, self.literals[1:], strict=True):
            inner = values.get(name)
            if inner is None:
                parts += [name, literal]
                continue
            first, *rest = inner.parts if isinstance(inner, Piece) else [inner]
            parts[-1] += first
            parts += rest
            parts[-1] += literal
        return Piece(parts)


class Slots:
    """``slots.serial`` in a template is the slot called serial."""

    def __init__(self) -> None:
        self._mark = f"x{secrets.token_hex(12)}x"

    def __getattr__(self, name: str) -> str:
        return f"{self._mark}{name}{self._mark}"

    def split(self, text: str) -> Piece:
        return Piece(text.split(self._mark))


class _Request:
    """What the templates ask of a request, as slots."""

    def __init__(self, slots: Slots) -> None:
        self.language_prefix, self.path = slots.prefix, slots.path

    def get_full_path(self) -> str:
        return self.path


def render(template: str, language: str, **context: Any) -> Piece:
    """A template of the public pages in one language, with its slots."""
    slots = Slots()
    with translation.override(LANGUAGES[language]):
        text = get_template(f"consumer/{template}.html").render({"request": _Request(slots), "slots": slots} | context)
    return slots.split(text)


@cache
def made_with() -> str:
    """Changes when the pieces of a range would be rendered otherwise: with every release that touches them."""
    faces = Path(__file__).resolve().parents[1]
    files = [*sorted((faces / "consumer").rglob("*.html")), faces / "templates" / "ui.html"]
    files += [*sorted((faces / "consumer").rglob("*.po")), *sorted((faces / "edge").glob("*.py"))]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def pages_of(values: dict[str, Any], papers: list[Paper], links: dict[str, Any]) -> dict[str, Any]:
    """The pieces that all items of a range share, in both languages. ``links``: the firm's links, by language."""
    made: dict[str, Any] = {}
    for language in LANGUAGES:
        goods = render("goods", language, facts=values, papers=papers)
        made[language] = {"goods": goods.parts, "firm": render("firm", language, links=links[language]).literals[0]}
    return made


@cache
def fixed(template: str, language: str, **context: Any) -> Piece:
    """A piece that is the same for all goods: the frame, the buttons, the middle for a code that does not exist."""
    return render(template, language, **context)


@lru_cache(4096)
def top(language: str, tone: str, title: W, sentence: W, advice: tuple[W, ...], is_stop: bool, is_old: bool) -> Piece:
    """The verdict and what to do now."""
    context = {"tone": tone, "title": title, "sentence": sentence, "advice": advice}
    return render("top", language, is_stop=is_stop, is_old=is_old, **context)


@lru_cache(4096)
def proof(language: str, entry: str, position: int | None, size: int, root: str, reasons: tuple[str, ...]) -> str:
    """Where the decision stands in the public log, and the reason codes."""
    found = {"entry": entry, "size": size, "root": root} | ({} if position is None else {"position": position})
    return render("proof", language, proof=found if entry else None, reasons=reasons).literals[0]

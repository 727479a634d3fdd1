"""What somebody sends who means no good, or whose program is broken: values, bodies, and what every answer must be."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.test import Client

TEXTS = (
    "", " ", "x" * 100_000, "\x00", "\u202egnirts \U0001f600", "\ufeff\u200b", "-1", "0", "1e400", "1e-400", "NaN",
    "Infinity", "9" * 40, "99999999999999999999", "12,5", "\u0661\u0662", "0001-01-01", "9999-12-31",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-12T00:00:00+23:59:59", "{{7*7}}", "%s%n",
    "../../x", "<img src=x onerror=alert(1)>", "=1+1",
)  # fmt: skip
"""Texts that have broken programs somewhere, each for another reason."""
VALUES: tuple[Any, ...] = (
    *TEXTS, None, True, -1, 0, 5, 2**31, 2**63, 10**18 + 1, 1.5, 1e308, [], ["x"], [None], [[]], [5], {}, {"a": {}},
)  # fmt: skip
RAW = (
    b"", b"{", b"null", b"5", b"NaN", b'{"x": NaN}', b'{"x": 1e400}', b'{"x": "\\ud800"}', b"\xff\xfe{}", b"\x00",
    b'{"a": ' * 5000 + b"1" + b"}" * 5000, b"[" * 100_000, b'{"x": "' + b"y" * 2_000_000 + b'"}', b'"text"', b"[]",
)  # fmt: skip
"""Bodies that are no object, or none that can be read."""


def places(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where a body holds something, from the outside to the inside; of a list only its first."""
    inside = body.items() if isinstance(body, dict) else enumerate(body[:1]) if isinstance(body, list) else ()
    for key, value in inside:
        yield (*at, key)
        yield from places(value, (*at, key))


def put(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The body with another value in one place."""
    made = copy.deepcopy(body)
    here = made
    for key in at[:-1]:
        here = here[key]
    here[at[-1]] = value
    return made


def variants(body: Any, values: tuple[Any, ...] = VALUES) -> Iterator[tuple[str, bytes]]:
    """Every place with every value, each with a word about it."""
    for at in places(body):
        for value in values:
            yield f"{'.'.join(map(str, at))}={value!r:.40}", json.dumps(put(body, at, value)).encode()


def wrong(answer: Any) -> str:
    """What an answer of a program's door should not be; empty where it is right."""
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if answer.status_code >= 400:
        if answer["Content-Type"].partition(";")[0] != "application/problem+json":
            return f"{answer.status_code} is a {answer['Content-Type']}"
        if answer.json()["status"] != answer.status_code or not answer.json()["title"]:
            return f"{answer.status_code} says {answer.content[:100]!r}"
    return ""


def undone(client: Client, method: str, path: str, content: bytes, media_type: str = "application/json") -> Any:
    """The answer to a request whose effects are taken back."""
    client.raise_request_exception = False
    with transaction.atomic():
        answer = client.generic(method, path, content, media_type)
        transaction.set_rollback(True)
    return answer

"""Questions to witnesses over HTTP, whatever they answer: few bytes, a few seconds, all at once, no redirect."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import httpx

SECONDS = 5
"""For a whole answer, however it trickles in."""
GRACE = 0.5
"""Seconds that others have still, once enough have answered."""
LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    url: str
    body: bytes | None = None
    """None: GET; otherwise POST."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` 0: there is none, and ``problem`` says why."""

    status: int = 0
    text: str = ""
    problem: str = ""


Enough = Callable[[Sequence[Answer | None]], bool]


def ask(questions: Sequence[Question], enough: Enough = lambda answers: False) -> list[Answer]:
    """The answers, in the order of the questions. ``enough`` of those that are here ends the wait for the rest."""
    if not questions:
        return []
    # In a thread of its own, for the caller's may have a loop already; the database is left to the caller.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_all(questions, enough))).result()


async def _all(questions: Sequence[Question], enough: Enough) -> list[Answer]:
    clock = asyncio.get_running_loop().time
    end, satisfied = clock() + SECONDS, False
    async with httpx.AsyncClient(timeout=SECONDS, verify=_trusted()) as client:
        tasks = [asyncio.create_task(_one(client, one)) for one in questions]
        waiting = set(tasks)
        while waiting and (left := end - clock()) > 0:
            _, waiting = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if waiting and not satisfied and enough([one.result() if one.done() else None for one in tasks]):
                satisfied, end = True, min(end, clock() + GRACE)
        late = Answer(problem="no whole answer in time")
        answers = [late if one in waiting else one.result() for one in tasks]
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    return answers


async def _one(client: httpx.AsyncClient, question: Question) -> Answer:
    method, content = ("GET" if question.body is None else "POST"), b""
    try:
        # Nothing is unpacked: what is small on the wire may be large in memory.
        headers = {"Accept-Encoding": "identity"}
        async with client.stream(method, question.url, content=question.body, headers=headers) as answer:
            async for part in answer.aiter_raw():
                content += part
                if len(content) > LONGEST:
                    return Answer(problem="an answer without end")
            return Answer(answer.status_code, content.decode(errors="replace"))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Answer(problem=plain(f"{type(error).__name__} {error}"))


def plain(text: str) -> str:
    """What somebody else wrote, as a short line that can stand in a log or on a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()

"""Forms that are sent once, however often a button is pressed."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from guomen.kit.errors import Invalid, Problem, Refused
from guomen.parties.actors import Actor
from guomen.parties.once import asked, once

NOT_CONTENT = {"csrfmiddlewaretoken", "once"}


def answer_once(request: HttpRequest, by: Actor, do: Callable[[], Any], *more: str) -> tuple[Any, bool]:
    """Do a form's write once; returns its JSON-able answer and whether it was done now.

    The same form sent again is nothing. The form with other content (another button, or Back and a corrected entry)
    is another write: a person did that on purpose, so a reused key is no error here as it is for programs.
    ``more`` adds what the fields do not hold, such as the digest of a file.
    """
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_CONTENT)
    content = asked(request, json.dumps([fields, more]).encode())
    key = request.POST.get("once", "")[:60]
    return once(by, f"{key} {hashlib.sha256(content).hexdigest()[:32]}" if key else None, content, do)


def send_once(request: HttpRequest, by: Actor, work: Callable[[], object], *more: str) -> bool:
    """:func:`answer_once` where nobody needs the answer; whether the work was done now."""

    def do() -> None:
        work()

    return answer_once(request, by, do, *more)[1]


def acted(request: HttpRequest, act: Callable[[], str]) -> tuple[list[Problem], HttpResponse | None]:
    """Run ``act`` for a sent form: its sentence, or why it is refused, shows on the page that is opened again.

    What is wrong with the form comes back as problems instead, for the page to show beside the fields.
    """
    if request.method != "POST":
        return [], None
    try:
        messages.success(request, act())
    except Invalid as error:
        return error.problems, None
    except Refused as error:
        messages.error(request, error.sentence())
    return [], redirect(request.path)

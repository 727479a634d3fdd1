"""Writes of small forms where each button is an answer: the same form sent again is nothing, another button is."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from guomen.parties.actors import Actor
from guomen.parties.once import once


def write_once(request: HttpRequest, by: Actor, do: Callable[[], Any], *more: str) -> Any:
    """Do a form's write once per ``once`` key. The same form with other content (the other button) is another write.

    ``more`` adds what the fields do not hold, such as the digest of a file. ``do`` returns something JSON can hold.
    """
    fields = {k: v for k, v in request.POST.items() if k not in {"csrfmiddlewaretoken", "once"}}
    body = json.dumps([request.path, fields, more], sort_keys=True).encode()
    key = request.POST.get("once", "")[:60]
    answer, _new = once(by, f"{key} {hashlib.sha256(body).hexdigest()[:32]}" if key else None, body, do)
    return answer

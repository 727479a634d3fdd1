"""Forms that are sent once, however often a button is pressed."""

from collections.abc import Callable

from django.http import HttpRequest

from guomen.parties.actors import Actor
from guomen.parties.once import once


def do_once(by: Actor, request: HttpRequest, work: Callable[[], object]) -> bool:
    """Run ``work`` unless this very form was sent before; whether it ran now."""
    sent = sorted((k, v) for k, v in request.POST.lists() if k not in {"csrfmiddlewaretoken", "once"})
    _, is_new = once(by, request.POST.get("once"), repr((request.path_info, sent)).encode(), lambda: work() and None)
    return is_new

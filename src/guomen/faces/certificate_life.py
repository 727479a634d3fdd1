"""What is done with a certificate on its page, at the desk and in a laboratory, and how its state looks."""

from collections.abc import Mapping

from django.http import HttpRequest

from guomen.certificates import services
from guomen.faces.forms import send_once
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor

TONES = {"valid": "ok", "reviewed": "wait", "draft": "wait", "returned": "doubt", "suspended": "doubt"}
"""Of a state's chip; of every other state: bad."""


def act(request: HttpRequest, by: Actor, number: str, sentences: Mapping[str, str]) -> str:
    """Do what the pressed button ``do`` says, once; returns its sentence. Raises NotFound for an unknown button."""
    post = request.POST
    reason, code, do = post.get("reason", ""), post.get("code", ""), post.get("do", "")
    work = {
        "review": lambda: services.review(by, number),
        "send-back": lambda: services.send_back(by, number, reason),
        "sign": lambda: services.sign(by, number),
        "suspend": lambda: services.suspend(by, number, reason, code),
        "resume": lambda: services.resume(by, number),
        "revoke": lambda: services.revoke(by, number, reason, code),
    }.get(do)
    if work is None:
        raise NotFound
    send_once(request, by, work)
    return sentences[do]

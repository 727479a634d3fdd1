"""Who may do what here, and for whom."""

from guomen.kit.errors import Forbidden, Invalid, Problem
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation


def importer(by: Actor) -> Organisation:
    """The trading firm that speaks for its own goods. Raises Forbidden for anybody else."""
    by.require("declarant")
    if by.organisation is None or by.organisation.kind != "trader":
        raise Forbidden
    return by.organisation


def firm(field: str, code: str) -> Organisation:
    """The organisation with this registration code. Raises Invalid."""
    found = Organisation.objects.filter(code=code.strip()[:40]).first()
    if found is None:
        words = W("No organisation has this registration code.", "没有组织使用该登记代码。")
        raise Invalid([Problem(field, "unknown-firm", words)])
    return found

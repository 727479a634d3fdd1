"""Certificates of other issuers on declared goods: attached by the declarant, read by officers."""

from uuid import UUID

from django.db import transaction

from guomen.certificates import checking
from guomen.certificates.checks import Finding
from guomen.certificates.foreign import Goods
from guomen.certificates.models import ForeignCertificate
from guomen.certificates.services import receiving
from guomen.clearance import queries
from guomen.clearance.models import Line
from guomen.kit import blobs
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor


def line_of(by: Actor, declaration: str, number: int) -> Line:
    """A line of a declaration that ``by`` may see. Raises NotFound, also for others'; Forbidden."""
    found = next((x for x in queries.declaration(by, declaration).line_list if x.number == number), None)
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def attach(
    by: Actor, declaration: str, number: int, content: bytes, filename: str
) -> tuple[ForeignCertificate, Finding]:
    """Attach a certificate of another issuer to one's own line; what was found of it says what was checked.

    The same bytes again are the same row. Raises NotFound for others' lines, Invalid for what is no certificate.
    """
    by.require("declarant")
    line = line_of(by, declaration, number)
    # Two that come at once wait for each other: the second finds the first.
    Line.objects.select_for_update(of=("self",)).get(pk=line.pk)
    return receiving.receive(by, line.subject, content, filename, goods_of(line))


def attached(by: Actor, declaration: str, number: int) -> list[tuple[ForeignCertificate, Finding]]:
    """Certificates on a line, newest first, each checked now."""
    line = line_of(by, declaration, number)
    rows = ForeignCertificate.objects.filter(subject=line.subject).order_by("-received_at", "-id")
    goods = goods_of(line)
    return [(one, receiving.seen(one, checking.check(blobs.get(one.digest), goods))) for one in rows]


def original(by: Actor, declaration: str, number: int, id: UUID) -> bytes:
    """The bytes of a certificate as they came."""
    line = line_of(by, declaration, number)
    one = ForeignCertificate.objects.filter(id=id, subject=line.subject).first()
    if one is None:
        raise NotFound
    return blobs.get(one.digest)


def goods_of(line: Line) -> Goods:
    return Goods(line.origin, line.hs_code)

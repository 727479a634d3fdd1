"""Certificates that wait for a signature. Who inspected may not sign."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.certificates import queries, services
from guomen.certificates.models import Certificate
from guomen.certificates.titles import title
from guomen.faces.forms import send_once
from guomen.inspection.queries import order_for
from guomen.kit.errors import Refused
from guomen.kit.web import page
from guomen.parties.actors import of_request


def inspectors(certificate: Certificate) -> set[object]:
    """Persons who inspected the goods of a certificate."""
    order = order_for(certificate.subject)
    return {order.officer_id, order.second_officer_id} - {None} if order else set()


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a signature, oldest first. POST ``number`` signs."""
    by = of_request(request)
    by.require("certifier")
    if request.method == "POST":
        number = request.POST.get("number", "")
        certificate = queries.certificate(number, by)
        try:
            send_once(request, by, lambda: services.sign(by, number, excluded_persons=inspectors(certificate)))
            messages.success(request, _("Signed. The certificate can be checked by anyone now."))
        except Refused as error:
            messages.error(request, error.sentence())
        return redirect(request.path)
    waiting = [(c, title(c.kind)) for c in queries.drafts(by)]
    signed = Certificate.objects.exclude(state="draft").select_related("holder").order_by("-signed_at")[:20]
    return page(
        request,
        "desk/certificates.html",
        {"waiting": waiting, "signed": [(c, title(c.kind)) for c in signed]},
    )

"""The front door, health, and the pages for what is not there or went wrong."""

import sys

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from guomen.kit.errors import GuomenError, NotFound
from guomen.kit.web import page, problem, unavailable, wants_json
from guomen.kit.words import W

START = {
    "inspector": "/field/",
    "controller": "/desk/",
    "certifier": "/desk/",
    "declarant": "/portal/",
    "analyst": "/laboratory/",
    "seller": "/portal/",
    "carrier": "/portal/",
    "liaison": "/cases/",
}


def front(request: HttpRequest) -> HttpResponse:
    """Visitors check a product or sign in; people at work go straight to their work."""
    if request.user.is_authenticated:
        for role in request.user.roles:
            if role in START:
                return redirect(START[role])
    return page(request, "front.html")


def health(request: HttpRequest) -> JsonResponse:
    """Whether this process can do its work: the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    error = NotFound()
    if wants_json(request):
        return problem(error, request.path)
    return page(request, "error.html", {"error": error, "problems": []}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Any other exception, also one from a middleware, where a lost database shows first."""
    cause = sys.exc_info()[1]
    if isinstance(cause, (OperationalError, InterfaceError)):
        return unavailable(request, cause)
    error = GuomenError(
        W("Something went wrong on our side. Nothing was half-saved.", "系统出错，您的数据没有被部分保存。"),
        code="broken",
    )
    error.status = 500
    if wants_json(request):
        return problem(error, request.path)
    return page(request, "error.html", {"error": error, "problems": []}, status=500)

"""What the resources of the EPCIS 2.0 REST binding share: bodies in, answers out, errors by the standard's names."""

import json
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from guomen.core import epcis
from guomen.kit.errors import GuomenError, Invalid, NotFound, Problem, Refused
from guomen.kit.web import problem
from guomen.kit.words import W
from guomen.parties.actors import NotSignedIn
from guomen.parties.api import SIGNED_IN
from guomen.trace.exceptions import exception_of
from guomen.trace.rest.headers import DISCOVERED, JSON_TYPES, LARGEST, XML_TYPES, announce
from guomen.trace.rest.openapi import Binding

ROOT = "/epcis/v2"
api = Binding(
    title="EPCIS 2.0 repository of Guomen", version="2.0.0", docs_url=None, urls_namespace="epcis", auth=SIGNED_IN
)
_json = msgspec.json.Encoder(decimal_format="number")


class TooLarge(Refused):
    status = 413
    code = "too-large"
    words = W("Send at most 8 MiB at once.", "一次最多发送 8 MiB。")


class UnsupportedType(Refused):
    status = 415
    code = "unsupported-media-type"
    words = W(
        "Send EPCIS 2.0 as application/json or application/ld+json, or EPCIS 2.0 or 1.2 as application/xml.",
        "请以 application/json 或 application/ld+json 发送 EPCIS 2.0,或以 application/xml 发送 EPCIS 2.0 或 1.2。",
    )


@api.exception_handler(GuomenError)
def _refused(request: HttpRequest, error: GuomenError) -> HttpResponse:
    response = problem(error, request.path)
    body = json.loads(response.content)
    # The standard has no 422: what breaks it is a ValidationException with 400.
    body["status"] = response.status_code = 400 if error.status == 422 else error.status
    body["type"] = f"epcisException:{exception_of(error)}"
    response.content = json.dumps(body, ensure_ascii=False).encode()
    return announce(response)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _refused(request, NotSignedIn())


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _refused(request, NotFound())


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    ours = GuomenError(W(str(error), str(error)), code="http")
    ours.status = error.status_code
    return _refused(request, ours)


@api.exception_handler(ValidationError)
def _fields(request: HttpRequest, error: ValidationError) -> HttpResponse:
    words = [(".".join(str(p) for p in e["loc"][1:]), e["type"], W(e["msg"], e["msg"])) for e in error.errors]
    return _refused(request, Invalid([Problem(*one) for one in words]))


def answer(content: Any, *, status: int = 200, media_type: str = "application/json") -> HttpResponse:
    """JSON with exact numbers, and what this repository speaks."""
    return announce(HttpResponse(_json.encode(content), status=status, content_type=media_type))


def options(*methods: str, **headers: str) -> HttpResponse:
    """The answer to OPTIONS: methods and what this repository speaks and allows."""
    response = announce(HttpResponse(status=204))
    response.headers["Allow"] = ", ".join([*methods, "OPTIONS"])
    for name, value in {**DISCOVERED, **headers}.items():
        response.headers[name] = value
    return response


def read_document(request: HttpRequest) -> Any:
    """The JSON-LD of a body, numbers exact, from JSON or XML. Raises TooLarge, UnsupportedType, Invalid."""
    if request.content_type not in JSON_TYPES | XML_TYPES:
        raise UnsupportedType
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST or len(request.body) > LARGEST:
        raise TooLarge
    if b"\\u0000" in request.body:
        words = W("The body must not hold the character NUL.", "请求体不得含有空字符(NUL)。")
        raise Invalid([Problem("", "unreadable", words)])
    read = epcis.decode if request.content_type in JSON_TYPES else epcis.xml_to_document
    try:
        return read(request.body)
    except epcis.EpcisError as error:
        words = W("The body {rule}.", "请求体不符合要求:{rule}。")
        raise Invalid([Problem(p.path, "unreadable", words, (("rule", W(p.rule, p.zh)),)) for p in error.problems])


def read_json(request: HttpRequest) -> dict[str, Any]:
    """The object of a JSON body, numbers exact. Raises UnsupportedType, TooLarge, Invalid."""
    if request.content_type not in JSON_TYPES:
        raise UnsupportedType(W("Send JSON as application/json.", "请以 application/json 发送 JSON。"))
    body = read_document(request)
    if not isinstance(body, dict):
        raise Invalid([Problem("", "unreadable", W("The body must be a JSON object.", "请求体须为 JSON 对象。"))])
    return body


def per_page(request: HttpRequest) -> int:
    """``perPage``, 1 to 500; 30 when not said. Raises Invalid."""
    text = request.GET.get("perPage", "30")
    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 500:
        return int(text)
    words = W("This must be a number from 1 to 500.", "此处须为 1 至 500 之间的数字。")
    raise Invalid([Problem("perPage", "range", words)])


def link_next(request: HttpRequest, response: HttpResponse, token: str) -> HttpResponse:
    """Tell where the next page is (RFC 8288)."""
    if token:
        values = request.GET.copy()
        values["nextPageToken"] = token
        response.headers["Link"] = f'<{request.build_absolute_uri(request.path)}?{values.urlencode()}>; rel="next"'
        response.headers["GS1-Next-Page-Token"] = token
    return response

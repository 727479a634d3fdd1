"""The JSON API: one OpenAPI document, problem documents for every error, routers of all capabilities."""

from importlib import import_module
from typing import Any

import orjson
from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser

from guomen.kit.described import Described
from guomen.kit.errors import GuomenError, Invalid, NotFound, Problem
from guomen.kit.web import problem
from guomen.kit.words import W
from guomen.parties.actors import NotSignedIn


class Json(Parser):
    """Strict JSON bodies: a body that is not JSON is named as such."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise GuomenError(W("The body is not valid JSON.", "请求体不是有效的 JSON。"), code="not-json") from error


api = Described(title="Guomen", version="1", docs_url=None, parser=Json(), urls_namespace="api")


@api.exception_handler(GuomenError)
def _ours(request: HttpRequest, error: GuomenError) -> HttpResponse:
    return problem(error, request.path)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(NotSignedIn(), request.path)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(NotFound(), request.path)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    ours = GuomenError(W(str(error), str(error)), code="http")
    ours.status = error.status_code
    return problem(ours, request.path)


@api.exception_handler(ValidationError)
def _fields(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [
        Problem(".".join(str(p) for p in e["loc"][1:]) or str(e["loc"][0]), e["type"], W(e["msg"], e["msg"]))
        for e in error.errors
    ]
    return problem(Invalid(problems), request.path)


for _config in apps.get_app_configs():
    if _config.name.startswith("guomen."):
        try:
            _module = import_module(f"{_config.name}.api")
        except ModuleNotFoundError as _error:
            if _error.name != f"{_config.name}.api":
                raise
            continue
        if hasattr(_module, "router"):
            api.add_router("", _module.router)

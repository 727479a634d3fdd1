"""Which language a page speaks: path prefix (/zh/…, /en/…), then cookie, then Accept-Language."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

COOKIE = "guomen-language"
PREFIXES = {"zh": "zh-hans", "en": "en"}


def choose_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware. Strips the prefix before routing; remembers an explicit choice, but never on public pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        head, _, rest = request.path_info.lstrip("/").partition("/")
        chosen = PREFIXES.get(head)
        request.language_prefix = f"/{head}" if chosen else ""
        if chosen:
            request.path_info = f"/{rest}"
            request.path = f"/{rest}"
        code = chosen or PREFIXES.get(request.COOKIES.get(COOKIE, "")) or get_language_from_request(request)
        code = "zh-hans" if code.startswith("zh") else "en"
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
        if "public" in response.headers.get("Cache-Control", ""):
            return _for_everybody(response)
        response.headers.setdefault("Content-Language", "zh-CN" if code == "zh-hans" else "en")
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        if chosen and (request.path_info.startswith("/accounts/") or _is_signed_in(request)):
            response.set_cookie(COOKIE, head, max_age=31_536_000, samesite="Lax", httponly=True)
        return response

    return middleware


def _for_everybody(response: HttpResponse) -> HttpResponse:
    """What caches may share has no language and no session: with a cookie in Vary they would keep nothing."""
    response.cookies.clear()
    vary = [name.strip() for name in response.headers.get("Vary", "").split(",")]
    kept = [name for name in vary if name.lower() not in ("", "cookie")]
    response.headers.pop("Vary", None)
    if kept:
        response.headers["Vary"] = ", ".join(kept)
    return response


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated

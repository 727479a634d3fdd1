"""Give people at work who are signed in the pass by which the scan path knows them, and take it back at sign-out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from guomen.kit.clock import now
from guomen.parties.actors import visitor
from guomen.tags import passes


def give_pass(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware. A cookie for whoever is signed in and at work; the public gets none."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # Who it was may be what could not be asked.
        if response.status_code >= 500:
            return response
        held = request.COOKIES.get(passes.COOKIE, "")
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        # Only where the page asked who is signed in: no question of its own, least of all while the database is away.
        if (has_session and not hasattr(request, "_cached_user")) or not (has_session or held):
            return response
        channel, moment = passes.channel_for(visitor(request)), now()
        if channel == passes.PUBLIC:
            if held:
                response.delete_cookie(passes.COOKIE, samesite="Lax")
        elif not passes.is_new(held, channel, moment):
            age, secure = int(passes.LIFE.total_seconds()), settings.SESSION_COOKIE_SECURE
            made = passes.issue(channel, moment)
            response.set_cookie(passes.COOKIE, made, max_age=age, secure=secure, httponly=True, samesite="Lax")
        return response

    return middleware

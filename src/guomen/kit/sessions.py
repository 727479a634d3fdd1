"""Sessions that do not blame the reader when the database is away."""

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from guomen.kit.web import unavailable


class Sessions(SessionMiddleware):
    """Django takes every failure to save a session for one that was deleted meanwhile and answers 400.

    Where the database failed, the answer is that of every page without one: 503, and the request can be sent again.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted as error:
            cause: BaseException | None = error
            while cause is not None and not isinstance(cause, (OperationalError, InterfaceError)):
                cause = cause.__context__
            if not isinstance(cause, Exception):
                raise
            return unavailable(request, cause)

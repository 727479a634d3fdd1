"""A session that cannot be saved: the reader's fault only where somebody ended it."""

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from guomen.kit.sessions import Sessions

pytestmark = pytest.mark.django_db(transaction=True)


def changed():
    """A request with a stored session that a view changed."""
    request = RequestFactory().post("/accounts/login/")
    request.language_prefix = "/en"
    request.session = SessionStore()
    request.session.create()
    request.session = SessionStore(request.session.session_key)
    request.session["seen"] = True
    return request


def test_a_session_that_the_database_does_not_take_is_no_fault_of_the_reader():
    request, ours = changed(), Sessions(lambda _: HttpResponse())
    with psycopg.connect(**connection.get_connection_params()) as other, connection.cursor() as cursor:
        other.execute("SELECT 1 FROM django_session WHERE session_key = %s FOR UPDATE", [request.session.session_key])
        cursor.execute("SET lock_timeout = '20ms'")
        response = ours.process_response(request, HttpResponse())
        cursor.execute("RESET lock_timeout")
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert ours.process_response(request, HttpResponse()).status_code == 200


def test_a_session_that_was_ended_meanwhile_is_not_brought_back():
    request = changed()
    Session.objects.filter(session_key=request.session.session_key).delete()
    with pytest.raises(SessionInterrupted):
        Sessions(lambda _: HttpResponse()).process_response(request, HttpResponse())
    assert not Session.objects.exists()

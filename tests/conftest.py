"""One real PostgreSQL for the whole test run, a temporary home, and the named people."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# A deadline for each example, or for making them, would be a timed assertion, and fail on a busy machine.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")

_HOME = tempfile.TemporaryDirectory(prefix="guomen-test-")
os.chmod(_HOME.name, 0o755)
os.environ["GUOMEN_HOME"] = _HOME.name
os.mkdir(Path(_HOME.name) / "static")
for _name in ("GUOMEN_CONFIG", "PORT", "GUOMEN_ORIGIN", "DJANGO_SETTINGS_MODULE"):
    os.environ.pop(_name, None)


def pytest_configure() -> None:
    """Read the settings only now: read any earlier, they would speak of the home of this checkout.

    The variable goes again, so that the processes of pytest-xdist each come here with a home of their own.
    """
    from django.conf import settings

    os.environ["DJANGO_SETTINGS_MODULE"] = "guomen.site.settings"
    assert str(settings.GUOMEN.home) == os.path.realpath(_HOME.name)
    del os.environ["DJANGO_SETTINGS_MODULE"]
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    settings.PASSWORD_HASHERS = ["tests.people.QuickScrypt"]
    from django.test import TransactionTestCase

    from tests.emptying import empty

    TransactionTestCase._fixture_teardown = empty


SHARED = Path(os.environ.get("GUOMEN_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Test material nobody here wrote; conformance tests skip, saying so, when it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"conformance material is not at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def postgres() -> Iterator[None]:
    """The embedded server (or the external one of DATABASE_URL), for as long as the test run lasts."""
    from django.conf import settings

    from guomen.site import postgres as pg

    if settings.GUOMEN.database_url:
        yield
        return
    database = settings.DATABASES["default"]
    home = settings.GUOMEN.home
    server = pg.server_for(home, Path(database["HOST"]), database["PASSWORD"])
    with pg.running(server, home / "logs" / "postgres.log", fsync="off", shared_buffers="64MB"):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: None) -> None:
    """Start the server before pytest-django makes the test database."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    """The scan path's role has its rights in the test database as well."""
    from guomen.site import setup

    with django_db_blocker.unblock():
        setup.edge_role()


@pytest.fixture
def people(db: None) -> "People":
    """``people.ana``, ``people.cy`` and so on, made when first asked for."""
    return People()


class People:
    def __getattr__(self, name: str):
        from tests.people import make

        one = make(name)
        object.__setattr__(self, name, one)
        return one


@pytest.fixture
def door(client, people: People):
    """``door("ana")`` is a test client signed in as Ana; ``door()`` is nobody."""
    from django.test import Client

    def enter(name: str = "") -> Client:
        fresh = Client()
        if name:
            fresh.force_login(
                getattr(people, name).person, backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        return fresh

    return enter


@pytest.fixture
def application(db: None) -> Iterator[object]:
    """The WSGI application, to be called within the test's transaction, as Django's own test client does."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Chinese pages need compiled catalogues."""
    import runpy

    tool = runpy.run_path(str(Path(__file__).resolve().parents[1] / "tools" / "messages.py"))
    tool["main"](["--compile"])

"""Keys show nowhere by accident: not in tracebacks rendered with locals, not in pages about errors, not in pickles."""

import copy
import io
import logging
import pickle
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

import pytest
import structlog
from django.test import RequestFactory
from django.views.debug import ExceptionReporter
from rich.console import Console
from rich.traceback import Traceback
from structlog.tracebacks import ExceptionDictTransformer

from guomen.core.merkle import vkey
from guomen.kit import keys
from guomen.ledger import signing
from guomen.ledger.models import SigningKey
from guomen.site import config
from guomen.tags import chips
from guomen.tags.keys import USES
from guomen.tags.scheme import key_name, scheme, tag_key
from tests.safety.leaks import leaked, spellings
from tests.tags.goods import GTIN
from tests.tags.test_taps import UID

Caught = tuple[type[BaseException], BaseException, TracebackType]


def all_keys() -> list[tuple[str, bytes]]:
    for use in USES:
        tag_key(use, 1)
    keys.signer("log")
    derived = scheme(1).range_keys(1)
    of_a_range = [("permute of range 1", derived.permute), ("mac of range 1", derived.mac)]
    of_a_range += [("file key of a chip", chips.chip_keys(1).file(UID)), ("app key", chips.chip_keys(1).others[0](UID))]
    return [*((name, keys.secret(name)) for name in sorted(keys.names())), *of_a_range]


def failing_with_keys_at_hand() -> dict[str, Callable[[], object]]:
    """Calls that fail in the frames that hold keys."""
    key = keys.secret("webhooks")
    log = vkey(config.load().log_name, keys.signer("log").public_key())
    return {
        "a serial of no GTIN": lambda: scheme(1).issue("no gtin", 1, 1),
        "too many serials": lambda: scheme(1).issue_run(GTIN, 1, 0, None),
        "a wrong serial": lambda: scheme(1).check(GTIN, "0" * 20),
        "a wrong tap": lambda: chips.read({"p": "00" * 16, "c": "00" * 8}),
        "a wrong plain tap": lambda: chips.read({"u": UID.hex().upper(), "n": "000001", "c": "00" * 8}),
        "a wrong mirror": lambda: chips.read({"x": f"{UID.hex().upper()}x000001x{'0' * 16}"}),
        "a wrong LRP tap": lambda: chips.read({"u": UID.hex().upper(), "n": "000001", "c": "00" * 8, "m": "lrp"}),
        "nothing to seal": lambda: keys.seal("webhooks", None, b""),  # type: ignore[arg-type]
        "nothing to open": lambda: keys.unseal("webhooks", b"", b""),
        "a foreign sealing": lambda: keys.unseal("webhooks", bytes(60), b""),
        "nothing to sign": lambda: signing.signed_by([SigningKey(name="log", vkey=log)], None),  # type: ignore[arg-type]
        "a key in a local": lambda: (lambda held: held["no such"])({"key": key, "cut": key[:16]}),
        "a key in a message": lambda: int(f"{key}{key[:8]!s}"),
        "a key in a pickle": lambda: pickle.dumps({"key": key}),
        "a key that is no name": lambda: keys.secret("../x"),
    }


def caught(work: Callable[[], object]) -> Caught:
    try:
        work()
    except Exception:
        return sys.exc_info()  # type: ignore[return-value]
    raise AssertionError("it did not fail")


def with_standard_library(found: Caught) -> str:
    return "".join(traceback.TracebackException(*found, capture_locals=True).format())


def with_rich(found: Caught) -> str:
    out = io.StringIO()
    shown = Traceback.from_exception(*found, show_locals=True, locals_max_length=1000, locals_max_string=1000)
    Console(file=out, width=4000).print(shown)
    return out.getvalue()


def with_structlog(found: Caught) -> str:
    frames = ExceptionDictTransformer(show_locals=True, locals_max_string=1000)(found)
    return structlog.processors.JSONRenderer()(None, "error", {"event": "it broke", "exception": frames})


def with_the_debug_page(found: Caught) -> str:
    reporter = ExceptionReporter(RequestFactory().get("/"), *found, is_email=False)
    return reporter.get_traceback_html() + reporter.get_traceback_text()


def with_logging(found: Caught) -> str:
    record = logging.LogRecord("guomen", logging.ERROR, __file__, 1, "it broke: %r", (found[1],), found)
    return logging.Formatter().format(record)


@pytest.mark.parametrize("what", list(failing_with_keys_at_hand()))
@pytest.mark.parametrize(
    "render", [with_standard_library, with_rich, with_structlog, with_the_debug_page, with_logging]
)
def test_no_traceback_shows_a_key(what, render, settings):
    settings.DEBUG = True
    text = render(caught(failing_with_keys_at_hand()[what]))
    assert len(text) > 10
    assert leaked(text.encode(), all_keys()) == []


def test_the_search_finds_a_key_that_does_show():
    """The test of the tests: plain bytes in a local are found in each rendering."""
    plain = bytes(keys.secret("webhooks"))

    def broken(held: bytes) -> None:
        raise ValueError(len(held))

    found = caught(lambda: broken(plain))
    for render in (with_standard_library, with_rich, with_structlog):
        assert leaked(render(found).encode(), [("webhooks", plain)]) == ["webhooks"]
    for spelling in spellings(plain):
        assert leaked(b"x" + spelling + b"x", [("webhooks", plain)]) == ["webhooks"]


def test_what_holds_keys_neither_shows_nor_gives_them_away():
    for one in (scheme(1), chips.chip_keys(1), keys.store(), keys.secret("draw"), keys.signer("log")):
        shown = f"{one!r} {one}".encode()
        assert leaked(shown, all_keys()) == []
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises((TypeError, pickle.PicklingError)):
                pickle.dumps(one, protocol)
    with pytest.raises(TypeError):
        pickle.dumps(copy.copy(keys.secret("draw")))


def test_what_may_be_told_of_a_key_does_not_tell_it():
    told = "".join(repr(keys.store().describe(name)) for name in keys.names()).encode()
    assert leaked(told, all_keys()) == []
    assert key_name("mac", 1).encode() in told


def test_settings_do_not_show_passwords():
    made = config.load({"DATABASE_URL": "postgresql://guomen:very-secret@db:5432/guomen"})
    assert made.database_url.endswith("very-secret@db:5432/guomen")
    assert "very-secret" not in f"{made!r}{made}"

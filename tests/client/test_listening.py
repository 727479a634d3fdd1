"""Listening through connections that break, against a peer that breaks them."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from socket import SHUT_RDWR
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.sync.server import ServerConnection, serve

from guomen.client import Client, Forbidden, NotFound, Unreachable, listening

log = logging.getLogger("peer")
log.setLevel(logging.CRITICAL)


def message(*numbers: int, **more: object) -> str:
    events = [{"eventID": f"urn:e:{n}", "recordTime": f"2026-10-01T08:{n:02d}:00.000Z", **more} for n in numbers]
    return json.dumps({"epcisBody": {"queryResults": {"queryName": "q", "resultsBody": {"eventList": events}}}})


@contextmanager
def peer(*acts: object) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A server whose connections do one act each: messages, and a close code or 0 to drop the line."""
    asked: list[dict[str, list[str]]] = []

    def act(socket: ServerConnection) -> None:
        asked.append(
            parse_qs(urlsplit(socket.request.path).query) | {"who": [socket.request.headers.get("Authorization", "")]}
        )
        *texts, code = acts[min(len(asked), len(acts)) - 1]
        for text in texts:
            socket.send(text)
        if code:
            socket.close(code, "because")
        else:
            socket.socket.shutdown(SHUT_RDWR)

    with serve(act, "127.0.0.1", 0, logger=log) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.socket.getsockname()[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_lost_line_is_opened_again_and_each_event_comes_once():
    error = message(2, errorDeclaration={})
    acts = (message(1), message(2, 3), 0), (message(1, 2, 3, 9), error, 1013), (message(9), 4404)
    with peer(*acts) as (url, asked), Client(url, "gm_x") as program:
        found = program.listen("q", MATCH_epc="urn:x", since=datetime(2026, 10, 1, tzinfo=UTC))
        got = [[event["eventID"][-1] for event in next(found)] for _ in range(4)]
        with pytest.raises(NotFound, match="because"):
            next(found)
    assert got == [["1"], ["2", "3"], ["9"], ["2"]]
    assert [one["initialRecordTime"][0][11:19] for one in asked] == ["00:00:00", "07:58:00", "08:04:00"]
    assert all(one["who"] == ["Bearer gm_x"] and one["MATCH_epc"] == ["urn:x"] for one in asked)


def test_nothing_before_the_first_connection_is_asked_for_unless_it_broke():
    with peer((0,), (4403,)) as (url, asked), Client(url, "gm_x") as program, pytest.raises(Forbidden):
        next(program.listen("q", schedule={"second": "0"}))
    assert "initialRecordTime" not in asked[0]
    assert "initialRecordTime" in asked[1]
    assert asked[0]["second"] == ["0"]
    assert "stream" not in asked[0]


def test_a_server_that_never_answers_is_given_up():
    with peer((0,)) as (url, _), Client(url, attempts=3) as program, pytest.raises(Unreachable, match="3 tries"):
        next(program.listen("q"))
    with Client(url, attempts=2) as program, pytest.raises(Unreachable):
        next(program.listen("q"))


def test_a_line_that_held_for_long_is_no_failure(monkeypatch):
    monkeypatch.setattr(listening, "LASTING", -1.0)
    with peer(*[(0,)] * 4, (4404,)) as (url, asked), Client(url, attempts=2) as program, pytest.raises(NotFound):
        next(program.listen("q"))
    assert len(asked) == 5

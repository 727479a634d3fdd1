"""``guomen simulate``: tables for people, lines for programs, sentences for what is not there."""

import json

import pytest
from typer.testing import CliRunner

from guomen.cli import app

pytest.importorskip("lightgbm")
run = CliRunner().invoke


def test_it_shows_what_each_way_finds() -> None:
    found = run(app, ["simulate", "steady", "--policy", "random", "--policy", "every nth", "--effort", "0.05"])
    assert found.exit_code == 0
    assert "random" in found.stdout
    assert "5.0%" in found.stdout


def test_for_programs_a_line_for_each_run_and_for_the_time_after_a_change() -> None:
    found = run(app, ["simulate", "drift", "--policy", "random", "--seeds", "2", "--json"])
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [(r["seed"], r["whole"]) for r in rows] == [(0, True), (0, False), (1, True), (1, False)]
    assert all(0.05 < r["recall"] < 0.12 for r in rows)


@pytest.mark.parametrize("wrong", [["nowhere"], ["steady", "--policy", "wishing"]])
def test_what_there_is_not_is_said_with_what_there_is(wrong) -> None:
    found = run(app, ["simulate", *wrong])
    assert found.exit_code == 1
    assert "there are" in found.stderr
    assert "steady" in found.stderr or "random" in found.stderr


@pytest.mark.parametrize("effort", ["0", "1.5", "much"])
def test_an_effort_that_is_none_is_refused(effort) -> None:
    assert run(app, ["simulate", "steady", "--effort", effort]).exit_code == 2

"""The seeded day of traffic: the same again, valid, and spread as it says."""

import gzip
import json
from collections import Counter
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from guomen.clearance.form import read
from guomen.core.codes import valid_container, valid_uscc
from guomen.site.traffic import SEED, Port, day_of_traffic

DAY = date(2026, 11, 12)
FILE = Path(__file__).resolve().parents[2] / "examples" / "traffic" / "day.jsonl.gz"


@pytest.fixture(scope="module")
def day() -> list[dict]:
    return list(day_of_traffic(400, DAY))


def test_the_same_seed_gives_the_same_day_and_another_seed_another(day) -> None:
    assert list(islice(day_of_traffic(400, DAY, SEED), 30)) == day[:30]
    assert list(islice(day_of_traffic(400, DAY, SEED + 1), 30)) != day[:30]


def test_every_declaration_of_the_day_is_accepted(day) -> None:
    assert [str(p) for payload in day for p in read(payload).problems] == []


def test_numbers_carry_their_check_digits(day) -> None:
    assert all(valid_uscc(d["importer_code"]) for d in day)
    assert all(valid_container(c["number"]) for d in day for c in d["containers"])


def test_lines_and_values_are_spread_and_not_constant(day) -> None:
    lines = [len(d["lines"]) for d in day]
    assert 2.5 < sum(lines) / len(lines) < 3.6
    assert max(lines) > 8
    values = sorted(float(x["value"]) for d in day for x in d["lines"])
    median = values[len(values) // 2]
    assert 9_000 < median < 16_000
    assert sum(values) / len(values) > 1.5 * median


def test_few_importers_lodge_most_declarations(day) -> None:
    counts = Counter(d["importer_code"] for d in day).most_common()
    assert sum(n for _, n in counts[:10]) > len(day) / 3
    assert len(counts) > 30


def test_a_small_part_of_the_papers_is_missing(day) -> None:
    dairy = [d for d in day if any(x["hs_code"].startswith("04") for x in d["lines"])]
    without = [d for d in dairy if not any(p["kind"] == "101009" for p in d["documents"])]
    assert 0 <= len(without) < len(dairy) / 5


def test_history_knows_most_pairs_and_does_not_change_the_day() -> None:
    port, other = Port(), Port()
    past = list(port.history())
    assert len(past) > 1000
    assert all(0 <= row["passes"] <= row["inspected"] for row in past)
    assert port.declaration(DAY) == other.declaration(DAY)


def test_the_committed_day_is_what_the_generator_writes() -> None:
    assert FILE.stat().st_size < 1_000_000
    lines = gzip.decompress(FILE.read_bytes()).splitlines()
    assert len(lines) == 2000
    assert [json.loads(x) for x in lines[:50]] == list(islice(day_of_traffic(2000, DAY), 50))

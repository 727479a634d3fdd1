"""The selection's code on customs declarations that nobody here wrote, as a smoke test and with its leak named.

    .venv/bin/python bench/customs.py

Every declaration of the training year is learned from; of the test quarter those with the highest scores are chosen.
83 % of the test rows repeat a (HS6, net mass, item price) triple of the training year, nearly always with its label:
looking the triple up beats every model. What means something is the figure beside it, for triples that are new.
"""

import csv
import math
from pathlib import Path

import machine

FOLDER = Path(__file__).parents[2] / "shared/data/risk/customs-declarations"
KEYS = ("HS6 Code", "Country of Origin", "Importer ID", "Declarant ID", "Seller ID")


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"df_syn_{name}_eng.csv").open(encoding="utf-8-sig") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["Date"])


def lots(rows: list[dict[str, str]]) -> list:
    from guomen.core.selection.selector import Lot

    found = []
    for row in rows:
        keys = {name: row[name] for name in KEYS}
        keys |= {"HS6 and origin": (row["HS6 Code"], row["Country of Origin"])}
        mass, price = float(row["Net Mass"]), float(row["Item Price"])
        measured = (math.log1p(mass), math.log1p(price), math.log((price + 1) / (mass + 1)), float(row["Tax Rate"]))
        found.append(Lot(keys, measured))
    return found


def triple(row: dict[str, str]) -> tuple[str, str, str]:
    return row["HS6 Code"], row["Net Mass"], row["Item Price"]


def learned(train: list[dict[str, str]], batch: int = 700):
    """A selector that has seen them all, a week's worth at a time."""
    from guomen.core.selection.selector import Selector

    selector = Selector(effort=1.0)
    for week, first in enumerate(range(0, len(train), batch)):
        some = train[first : first + batch]
        found = lots(some)
        judged = selector.judge(found, week)
        failed = {n: row["Fraud"] == "1" for n, row in enumerate(some)}
        selector.learn(found, judged, failed, week, [1.0] * len(some))
    return selector, math.ceil(len(train) / batch)


def precision(scores: list[float], bad: list[bool], share: float) -> float:
    top = sorted(range(len(scores)), key=lambda n: -scores[n])[: math.ceil(share * len(scores))]
    return sum(bad[n] for n in top) / len(top)


def main() -> None:
    if not FOLDER.is_dir():
        print("The customs declarations are not on this machine.")
        return
    train, test = read("train"), read("test")
    selector, week = learned(train)
    scores = selector.judge(lots(test), week).scores
    bad = [row["Fraud"] == "1" for row in test]
    seen: dict[tuple[str, str, str], list[int]] = {}
    for row in train:
        seen.setdefault(triple(row), []).append(int(row["Fraud"]))
    new = [n for n, row in enumerate(test) if triple(row) not in seen]
    looked_up = [sum(s) / len(s) if (s := seen.get(triple(row))) else 0.0 for row in test]
    rows = [
        ("test rows, of them with a new triple", f"{len(test):,}, {len(new):,}"),
        ("fraud", f"{sum(bad) / len(bad):.3f}"),
    ]
    for share in (0.01, 0.05, 0.10):
        ours = precision(scores, bad, share)
        table = precision(looked_up, bad, share)
        fresh = precision([scores[n] for n in new], [bad[n] for n in new], share)
        rows.append(
            (
                f"precision at {share:.0%}: ours, triple looked up, ours on new triples",
                f"{ours:.3f}, {table:.3f}, {fresh:.3f}",
            )
        )
    machine.show("customs declarations, synthetic", rows)


if __name__ == "__main__":
    main()

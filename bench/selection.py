"""Ways of choosing which lots to open, on a seeded port: what each finds at the same effort.

    .venv/bin/python bench/selection.py [--seeds 3] [--plot docs] [--missed]

Yardsticks of the same run: random, every nth by a counter, CSP-1, the model alone, the model with a tenth by chance.
Plots: the share of bad lots found over the effort, before and after the world changes, and what is missed beside the
old regimes: opening everything, and a flat 5 % of every lot alike. ``--missed``: only that one.
"""

import argparse
import json
import os
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import machine

EFFORTS = (0.01, 0.02, 0.05, 0.10, 0.20)
COVER_SEEDS = 20
FLAT, ALL = 0.05, 1.0
"""The old regimes: a flat share of every lot alike, and every lot."""


def one(asked: tuple[str, str, float, int]) -> list[dict]:
    from guomen.core.simulation.run import run
    from guomen.core.simulation.world import SCENARIOS

    policy, scenario, effort, seed = asked
    return [result.plain() for result in run(policy, SCENARIOS[scenario], effort, seed)]


def mean(rows: list[dict], name: str) -> float:
    return sum(float(row[name]) for row in rows) / len(rows)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--plot", help="folder for the plots")
    asked.add_argument("--missed", action="store_true", help="only what is missed, beside the old regimes")
    given = asked.parse_args()
    if given.missed:
        show_missed(given.seeds, given.plot)
        return
    from guomen.core.simulation.run import POLICIES
    from guomen.core.simulation.world import SCENARIOS

    runs = [
        (policy, scenario, effort, seed)
        for effort in EFFORTS
        for scenario in (SCENARIOS if effort == 0.10 else ("steady", "drift"))
        for policy in POLICIES
        for seed in range(given.seeds)
    ]
    # Estimates are judged by more ports than the shares found need.
    runs += [("ours", "steady", 0.10, seed) for seed in range(given.seeds, COVER_SEEDS)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        rows = [row for some in pool.map(one, runs) for row in some]
    groups: dict[tuple, list[dict]] = defaultdict(list)
    for row in rows:
        groups[row["scenario"], row["whole"], row["effort"], row["policy"]].append(row)
    curves: dict[tuple, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for scenario, whole in (
        ("steady", True),
        ("drift", True),
        ("drift", False),
        ("newcomers", True),
        ("adaptive fraud", True),
    ):
        shown = []
        for effort in EFFORTS:
            for policy in POLICIES:
                some = groups.get((scenario, whole, effort, policy), [])[: given.seeds]
                if not some:
                    continue
                curves[scenario, whole][policy].append((effort * 100, mean(some, "recall") * 100))
                hours = sum(r["hours"] for r in some) / max(1, sum(r["found"] for r in some))
                said = sum(r["estimated"]["rate"] for r in some) / len(some)
                shown.append(
                    (
                        f"{effort:.0%} {policy}",
                        f"found {mean(some, 'recall'):6.1%}  serious {mean(some, 'serious_recall'):6.1%}  "
                        f"hours a find {hours:6.1f}  says {said:.2%} of {mean(some, 'findable'):.2%}",
                    )
                )
        machine.show(f"{scenario}{'' if whole else ', after the change'}", shown)
    show_promises(groups, given.seeds)
    if given.plot:
        plot(Path(given.plot), curves)
    show_missed(given.seeds, given.plot)


def show_promises(groups: dict[tuple, list[dict]], seeds: int) -> None:
    def found(scenario: str, whole: bool, policy: str, effort: float = 0.10) -> float:
        return mean(groups[scenario, whole, effort, policy][:seeds], "recall")

    fixed = {p: found("steady", True, p) for p in ("random", "every nth", "CSP-1", "model only", "model 90, chance 10")}
    best = max(fixed, key=fixed.__getitem__)
    ours = found("steady", True, "ours")
    worst = min(
        mean(some[:seeds], name) / mean(groups[scenario, whole, effort, "random"][:seeds], name)
        for (scenario, whole, effort, policy), some in groups.items()
        if policy == "ours"
        for name in ("recall", "serious_recall")
    )
    covered = [
        r["estimated"]["low"] <= r["findable"] <= r["estimated"]["high"] for r in groups["steady", True, 0.10, "ours"]
    ]
    bias = mean([{"x": r["estimated"]["rate"] / r["findable"]} for r in groups["steady", True, 0.10, "ours"]], "x")
    machine.show(
        "at 10 % effort",
        [
            ("ours to random, steady (wanted 3)", f"{ours / fixed['random']:.2f}"),
            (f"ours to the best fixed ({best}), steady (wanted 0.9)", f"{ours / fixed[best]:.2f}"),
            (
                "ours to the model only, after the change (wanted 1.5)",
                f"{found('drift', False, 'ours') / found('drift', False, 'model only'):.2f}",
            ),
            ("least ratio to random over all (wanted 1)", f"{worst:.2f}"),
            (f"what ours says of all lots, to the truth, mean of {len(covered)} ports", f"{bias:.3f}"),
            ("its 95 % interval held the truth", f"{sum(covered)} of {len(covered)}"),
        ],
    )
    print(
        json.dumps(
            {f"{s}|{w}|{e}|{p}": round(mean(rows[:seeds], "recall"), 4) for (s, w, e, p), rows in groups.items()}
        )
    )


def show_missed(seeds: int, folder: str | None) -> None:
    """What is missed over what is opened while nothing changes: ours, and every lot alike up to opening all."""
    import curves

    asked = [("ours", "steady", effort, seed) for effort in EFFORTS for seed in range(seeds)]
    asked += [("random", "steady", effort, seed) for effort in (*EFFORTS, 0.5, ALL) for seed in range(seeds)]
    missed: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for (policy, _scenario, effort, _seed), rows in zip(asked, pool.map(one, asked), strict=True):
            missed[policy][effort].append(100 * (1 - float(rows[0]["recall"])))
    mean_of = {p: [(100 * e, sum(m) / len(m)) for e, m in sorted(of.items())] for p, of in missed.items()}
    flat, whole = (dict(mean_of["random"])[100 * effort] for effort in (FLAT, ALL))
    shown = [(f"{x:.0f} % opened by ours", f"{y:.1f} % missed") for x, y in mean_of["ours"]]
    shown += [("flat 5 % of every lot alike", f"{flat:.1f} % missed"), ("every lot opened", f"{whole:.1f} % missed")]
    machine.show("less opened, fewer missed", shown)
    if folder:
        names = {"ours": mean_of["ours"], "every lot alike": mean_of["random"]}
        title = "Inspect less, miss no more"
        curves.draw(str(Path(folder) / "selection-missed.svg"), title, "% opened", "% missed", names)


def plot(folder: Path, found: dict[tuple, dict[str, list]]) -> None:
    import curves

    for scenario, whole, name, title in (
        ("steady", True, "selection-steady", "Bad lots found, while nothing changes"),
        ("drift", False, "selection-drift", "Bad lots found, after the world changed"),
    ):
        curves.draw(str(folder / f"{name}.svg"), title, "% opened", "% found", dict(found[scenario, whole]))


if __name__ == "__main__":
    main()

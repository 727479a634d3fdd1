"""``guomen simulate``: ways of choosing lots, tried on a port that never was."""

from importlib.util import find_spec
from typing import Annotated, Any

import orjson
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from guomen.site.commands.common import console, errors, fail

MOST_SEEDS = 1000


def simulate(
    scenarios: Annotated[list[str] | None, typer.Argument(help="steady, drift, newcomers, adaptive fraud")] = None,
    effort: Annotated[float, typer.Option(min=0.001, max=1.0, help="share of lots to open")] = 0.10,
    policy: Annotated[list[str] | None, typer.Option(help="random, every nth, CSP-1, model only, ours …")] = None,
    seeds: Annotated[int, typer.Option(min=1, max=MOST_SEEDS, help="ports to try, one after the other")] = 1,
    json: Annotated[bool, typer.Option("--json", help="print each run as a line of JSON")] = False,
) -> None:
    """Try ways of choosing which lots to open on a seeded port, and see what each finds and misses."""
    if find_spec("lightgbm") is None:
        raise fail("This needs the extra for analysis: pip install 'guomen[analysis]'")
    from guomen.core.simulation.run import POLICIES, run
    from guomen.core.simulation.world import SCENARIOS

    chosen, ways = scenarios or ["steady", "drift"], policy or list(POLICIES)
    for name, known in ((n, SCENARIOS) for n in chosen):
        if name not in known:
            raise fail(f"There is no scenario {name!r}; there are: {', '.join(known)}")
    for name in ways:
        if name not in POLICIES:
            raise fail(f"There is no policy {name!r}; there are: {', '.join(POLICIES)}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    results: list[Any] = []
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("", total=len(chosen) * len(ways) * seeds)
        for scenario in chosen:
            for way in ways:
                progress.update(task, description=f"{scenario}: {way}")
                for seed in range(seeds):
                    results += run(way, SCENARIOS[scenario], effort, seed)
                    progress.advance(task)
    if json:
        for one in results:
            print(orjson.dumps(one.plain()).decode())  # noqa: T201
    else:
        _show(results)


def _show(results: list[Any]) -> None:
    table = Table("scenario", "policy", "opened", "found", "serious found", "hours a find", "it says", "true")
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for one in results:
        groups.setdefault((one.scenario, one.first, one.policy), []).append(one)
    for (scenario, _, policy), some in sorted(groups.items(), key=lambda item: item[0][:2]):
        n = len(some)
        found = sum(r.found for r in some)
        said = [r.estimated.rate for r in some if r.estimated]
        table.add_row(
            scenario if some[0].whole else f"{scenario}, after it",
            policy,
            f"{sum(r.opened for r in some) / sum(r.lots for r in some):.1%}",
            f"{sum(r.recall for r in some) / n:.1%}",
            f"{sum(r.serious_recall for r in some) / n:.1%}",
            f"{sum(r.hours for r in some) / found:.1f}" if found else "-",
            f"{sum(said) / len(said):.2%}" if said else "-",
            f"{sum(r.findable for r in some) / n:.2%}",
        )
    console.print(table)

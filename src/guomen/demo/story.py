"""The story from declaration to proof: its steps, each checked."""

import json
import time
from pathlib import Path

from rich.console import Console

from guomen.demo import alarm, declare, eased, office, port, shop, terminal, traffic
from guomen.demo.stage import Stage
from guomen.site import config

STEPS = (
    ("Declare on the form", declare.declare),
    ("Declare by program", declare.declare_by_program),
    ("Amend and export", declare.amend_and_export),
    ("Screen", declare.screen),
    ("Connect the port", terminal.connect),
    ("Journey", port.journey),
    ("Inspect", port.inspect),
    ("Laboratory", port.laboratory),
    ("Export", office.export),
    ("Certify", port.certify),
    ("Instruct the port", terminal.tell),
    ("Tag", shop.tag),
    ("Scan", shop.scan),
    ("A permit, a share", office.permit),
    ("Change a rule", office.change_a_rule),
    ("Tested abroad", eased.abroad),
    ("Part by part", eased.parts),
    ("Release early", eased.early),
    ("In the shadow", office.shadow),
    ("Warn", alarm.warn),
    ("Respond", alarm.respond),
    ("Prove", alarm.prove),
    ("The port around it", traffic.traffic),
    ("Audit the draw", office.audit),
)


class Story:
    """One run. ``step`` names where it is, so that a failure can be named."""

    def __init__(self, origin: str, console: Console, record: Path | None = None) -> None:
        self.console, self.step = console, "start"
        self.record = record or config.load().home / "story.json"
        runs = json.loads(self.record.read_text())["runs"] if self.record.exists() else 0
        self.stage = Stage(origin, runs + 1)
        # The number is used up before the run begins: a run that stops half-way is never continued by accident.
        self.record.write_text(json.dumps({"runs": runs + 1}))

    def play(self) -> list[tuple[str, str]]:
        """Play every step with visible progress; return the pages worth opening. Raises StoryError."""
        self.console.print(f"\n[bold]The story, run {self.stage.run}[/]")
        for number, (title, act) in enumerate(STEPS, 1):
            self.step = f"{number}. {title}"
            start = time.perf_counter()
            with self.console.status(self.step):
                saw = act(self.stage)
            took = time.perf_counter() - start
            self.console.print(f"  [green]✓[/] {number:>2}. {title:<20} {saw} [dim]({took:.1f} s)[/]", soft_wrap=True)
        known = self.stage.known
        return [
            ("A recalled item (shopper)", known["items"][0]),
            ("A copied code (shopper)", known["items"][2]),
            ("A certificate", f"/certificates/{known['certificate']}"),
            ("The alert (Bo)", f"/desk/warnings/{known['alert']}"),
            ("The control room (Bo)", "/desk/"),
            ("Instructions, receipts (Bo)", "/desk/releases/"),
            ("Checks owed (Bo)", "/desk/debts/"),
            ("A lot in parts (Bo)", known["parts"]),
            ("A rule in the shadow (Bea)", known["change"]),
            ("Results from abroad (Cy)", "/portal/evidence/"),
            ("The declaration (Cy)", f"/portal/declarations/{known['first']}/"),
            ("Public recalls", "/recalls"),
            ("The log's checkpoint", "/log/checkpoint"),
        ]

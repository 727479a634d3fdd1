"""``guomen up``."""

from guomen.kit.clock import now
from guomen.site.commands.common import configure, console, sentences
from guomen.site.supervisor import Supervisor


def up() -> None:
    """Start PostgreSQL, the web server and the worker; stop with Ctrl-C."""
    found = configure()

    def tell(name: str, what: str) -> None:
        console.print(f"{now():%H:%M:%S}  {name:<12} {what}", style="yellow" if "stopped (" in what else None)

    with sentences():
        Supervisor(found, tell).run()

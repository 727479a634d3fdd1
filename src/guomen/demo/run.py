"""``guomen demo``: start everything, add the people, play the story, print links and logins, serve until stopped."""

import logging
import os
import signal
import subprocess
import sys
import time

import httpx
from rich.console import Console
from rich.table import Table

from guomen.site import config

console = Console(highlight=False)


def _wait(origin: str, server: subprocess.Popen[bytes], seconds: float = 300) -> None:
    """Until the server answers. Raises RuntimeError when it stops or takes too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError("the server stopped while starting; its words are above, its logs in the data folder")
        try:
            if httpx.get(f"{origin}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server did not answer in time")


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()


def main() -> int:
    """Play and serve. Returns 0, or 1 naming the first step of the story that did not check out."""
    settings = config.load()
    settings.home.mkdir(parents=True, exist_ok=True)
    once = os.environ.get("DEMO_ONCE", "") not in {"", "0"}
    local = f"http://{settings.host}:{settings.port}"
    # The port operator's program of the story listens on this machine, which webhooks do not reach unless they may.
    allowed = {"GUOMEN_WEBHOOK_NETWORKS": os.environ.get("GUOMEN_WEBHOOK_NETWORKS") or "127.0.0.0/8"}
    server = subprocess.Popen([sys.executable, "-m", "guomen", "up"], env=os.environ | allowed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _wait(local, server)
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guomen.site.settings")
        django.setup()
        from guomen.demo.browser import StoryError
        from guomen.demo.people import PASSWORD, PEOPLE, add_people
        from guomen.demo.story import Story

        logging.getLogger("httpx").setLevel(logging.WARNING)
        add_people()
        story = Story(local, console)
        try:
            links = story.play()
        except (StoryError, httpx.HTTPError) as error:
            console.print(f"[bold red]The story stopped at: {story.step}[/]\n{error}")
            return 1
        console.print("\n[bold]Pages of the story[/]")
        for title, path in links:
            console.print(f"  {title:<26} {settings.origin}{path}", soft_wrap=True)
        console.print()
        logins = Table("Who", "E-mail", "Opens", title=f"Logins (password: {PASSWORD})", title_justify="left", box=None)
        for one in PEOPLE:
            logins.add_row(one.what, one.email, one.start)
        console.print(logins)
        if once:
            console.print("[bold green]Every step of the story checked out.[/]")
            return 0
        console.print(f"\nServing on [bold]{settings.origin}[/]. Stop with Ctrl-C.")
        return server.wait()
    except RuntimeError as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(server)

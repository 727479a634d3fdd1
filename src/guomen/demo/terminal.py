"""The port operator: its program takes signed instructions and answers with receipts; a driver's slip at the gate."""

import json
import re
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from guomen.core import webhook
from guomen.demo.stage import Stage, check
from guomen.kit.clock import now

NAME = "Yangshan Terminal"


class Terminal:
    """The port operator's program: an HTTP server on this machine that believes signed deliveries only."""

    def __init__(self) -> None:
        self.secret, self.forged = secrets.token_urlsafe(32), 0
        self.told: dict[str, str] = {}
        """Number of an instruction -> its code."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, answer = outer.take(self.headers.get(webhook.HEADER, ""), body)
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/instructions"
        # It answers as long as the demo serves.
        threading.Thread(target=self.server.serve_forever, args=(0.2,), daemon=True).start()

    def take(self, signature: str, body: bytes) -> tuple[int, dict[str, str]]:
        """Status and answer for a delivery; the same one again is the same receipt."""
        try:
            webhook.verify(self.secret, signature, body, now())
        except webhook.SignatureError:
            self.forged += 1
            return 403, {}
        sent = json.loads(body)
        for one in sent["instructions"]:
            self.told[one["number"]] = one["code"]
        return 200, {"receipt": f"YS-{sent['id'][-12:]}"}

    def codes(self, line: str) -> set[str]:
        """What it was told of a line (declaration/line)."""
        return {code for number, code in self.told.items() if number.rpartition("/")[0] == line}


def connect(stage: Stage) -> str:
    """Bo has instructions sent to the port operator's program; addresses of earlier runs get nothing any more."""
    bo, stage.known["terminal"] = stage.person("bo"), Terminal()
    old = rf'name="receiver" value="([^"]+)">\s*<button[^>]*aria-label="[^"]*{NAME}"'
    while found := re.search(old, bo.open("/desk/releases/").text):
        bo.submit(f"receiver={found[1]} do=end", press="end")
    place = {"organisation": "PORT-0001", "kind": "port", "ports": "CNYSA"}
    bo.submit(
        "do=add", press="add", dest=stage.known["terminal"].address, secret=stage.known["terminal"].secret, **place
    )
    bo.sees(NAME)
    return f"{NAME} is told by signed webhook from now on"


def tell(stage: Stage) -> str:
    """The operator has every decision with a receipt and says what it did; Cy's driver shows a slip at the gate."""
    terminal, first = stage.known["terminal"], stage.known["first"]
    stage.wait_for("the release at the port operator", lambda: terminal.codes(f"{first}/1") >= {"RELEASE"})
    stage.wait_for("the end of the wait for a laboratory", lambda: terminal.codes(f"{first}/2") >= {"RELEASE"})
    check(not terminal.forged, "the port operator received a delivery that was not signed")
    number = max(n for n, code in terminal.told.items() if n.startswith(f"{first}/1/") and code == "RELEASE")
    lee = stage.token("lee", "seal", "read")
    for _ in range(2):
        answer = stage.api(
            "POST", f"/api/instructions/{number}/receipt", lee, {"outcome": "done"}, key=f"done-{number}"
        )
    check(answer["done"] == "done", f"the operator's answer was not kept: {answer}")
    bo, cy, box = stage.person("bo"), stage.person("cy"), stage.known["box"]

    def receipt() -> bool:
        return "YS-" in bo.open(f"/desk/releases/?declaration={first}").text

    stage.wait_for("the receipt on the desk", receipt)
    cy.open(f"/portal/declarations/{first}/")
    cy.submit("/slips/", press=box)
    cy.sees("Released")
    slip = stage.api("POST", f"/api/declarations/{first}/slips/{box}", stage.tokens["cy"], key=f"slip-{first}")
    bo.open("/gate/slips/")
    bo.submit("text", container=box, text=slip["text"], gate="Gate 3")
    bo.sees("May leave")
    return f"{len(terminal.told)} instructions received and receipted; the driver's slip opens the gate"

"""What the acts of the story share: the people's browsers, the firms' programs, and what was learned on the way."""

import io
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from guomen.core.gs1 import check_digit
from guomen.demo.browser import Browser, Patient, StoryError
from guomen.demo.people import PASSWORD, email


def check(condition: object, what: str) -> None:
    """Stop the story with a sentence unless ``condition`` holds."""
    if not condition:
        raise StoryError(what)


def pdf(title: str) -> bytes:
    """A small valid PDF of one page that shows ``title``: a document as a firm would attach it."""
    stream = f"BT /F1 18 Tf 72 760 Td ({title}) Tj ET".encode("latin-1", "replace")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, part in enumerate(parts, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % o for o in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start))
    return out.getvalue()


def photo(number: int) -> bytes:
    """A small PNG that differs with ``number``: what the inspector's camera would give."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = 160
    rows = b"".join(
        b"\0" + bytes(v for x in range(side) for v in ((x + number * 37) % 256, (y * 2) % 256, (x ^ y) % 256))
        for y in range(side)
    )
    header = side.to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@dataclass
class Stage:
    """One run of the story. ``run`` numbers it: each run has its own product, batch and consignment."""

    origin: str
    run: int
    browsers: dict[str, Browser] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def gtin(self, product: int) -> str:
        """A GTIN-14 of this run: 0 and a GTIN-13 below a demonstration prefix."""
        body = f"0950{self.run:05d}{product:04d}"
        return body + check_digit(body)

    def batch(self, name: str) -> str:
        return f"{name}{self.run:04d}"

    def day(self, days: int) -> str:
        return (self.now + timedelta(days=days)).date().isoformat()

    def hour(self, hours: int) -> str:
        """Port time, as a form field gives it."""
        return (self.now + timedelta(hours=hours + 8)).strftime("%Y-%m-%dT%H:%M")

    def person(self, name: str) -> Browser:
        """That person's browser, signed in."""
        if name not in self.browsers:
            self.browsers[name] = Browser(self.origin)
            self.browsers[name].sign_in(email(name), PASSWORD)
        return self.browsers[name]

    def shopper(self, device: str = "phone", language: str = "en") -> Browser:
        """A shopper without an account; each ``device`` is another phone at another address of the loopback network."""
        low = zlib.crc32(f"{device} {self.run}".encode())
        local = self.origin.startswith(("http://127.", "http://localhost"))
        address = f"127.{low >> 16 & 255}.{low >> 8 & 255}.{low % 253 + 2}" if local else None
        browser = Browser(self.origin, language, address)
        browser.http.headers["User-Agent"] = f"Mozilla/5.0 (demo {device} {self.run})"
        return browser

    def token(self, name: str, *scopes: str) -> str:
        """An API token that the person issues on the account page; it is shown once."""
        if name not in self.tokens:
            browser = self.person(name)
            browser.open("/account/")
            page = browser.submit("scopes", name=f"Story {self.run}", scopes=list(scopes)).text
            start = page.find("gm_")
            check(start > 0, f"{name}'s account page does not show the new token")
            self.tokens[name] = page[start : start + 46].split("<")[0].strip().strip('"')
        return self.tokens[name]

    def api(
        self, method: str, path: str, token: str, body: Any = None, status: int = 200, key: str = "", **more: Any
    ) -> Any:
        """One API call of a firm's program."""
        return self._send(method, path, token, body, status, key, **more).json()

    def capture(self, document: Any, token: str, key: str = "") -> Any:
        """Send an EPCIS document; the capture job that it made."""
        answer = self._send("POST", "/epcis/v2/capture", token, document, 202, key)
        return self.api("GET", answer.headers["Location"], token)

    def _send(
        self, method: str, path: str, token: str, body: Any, status: int, key: str, **more: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        url = self.origin + path
        with httpx.Client(transport=Patient(), timeout=60) as client:
            answer = client.request(method, url, json=body, headers=headers, **more)
        # A repeated request gets the first answer, with 200.
        fine = {status, 200} if status == 201 else {status}
        check(answer.status_code in fine, f"{method} {path} answered {answer.status_code}: {answer.text[:600]}")
        return answer

    def timed(self, what: str, start: float) -> float:
        """Remember how many seconds passed since ``start`` (time.perf_counter)."""
        self.times[what] = time.perf_counter() - start
        return self.times[what]

    def wait_for(self, what: str, probe: Callable[[], bool], seconds: float = 20) -> float:
        """Ask again until ``probe`` is true; return the seconds it took."""
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            if probe():
                return time.perf_counter() - start
            time.sleep(0.1)
        raise StoryError(f"{what} did not happen within {seconds:.0f} seconds")

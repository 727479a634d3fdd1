"""A person at a browser without script: opens pages, fills in the forms that stand there, presses their buttons."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx


class StoryError(AssertionError):
    """The story did not go as it should; the message says what was seen."""


class Patient(httpx.HTTPTransport):
    """Sends a request again while the server is away (no connection, or 503), for at most a minute.

    That is what a person does with the reload button and a program with its idempotency key: nothing happens twice.
    """

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        end = time.monotonic() + 60
        while True:
            try:
                answer = super().handle_request(request)
                if answer.status_code != 503 or time.monotonic() > end:
                    return answer
                answer.close()
            except httpx.TransportError:
                if time.monotonic() > end:
                    raise
            time.sleep(0.3)


@dataclass
class Form:
    """A form as it stands on a page: where it goes and what it already holds."""

    action: str
    method: str
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base, self.select, self.area = base, "", ""
        self.forms: list[Form] = []
        self.option: str | None = ""
        self.chosen: str | None = None
        self.picked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.forms.append(Form(urljoin(self.base, a.get("action") or self.base), a.get("method", "get").lower()))
        if not self.forms:
            return
        form, name = self.forms[-1], a.get("name", "")
        if name:
            form.names.add(name)
        if tag == "input" and name and a.get("type") not in {"file", "submit"}:
            if a.get("type") == "checkbox" and "checked" in a:
                form.values.setdefault(name, []).append(a.get("value", "on"))
            elif a.get("type") == "radio":
                if "checked" in a:
                    form.values[name] = a.get("value", "on")
            elif a.get("type") != "checkbox":
                form.values[name] = a.get("value", "")
        elif tag == "select":
            self.select, self.chosen = name, None
        elif tag == "option" and self.select:
            self.option = a.get("value")
            self.picked = "selected" in a or self.chosen is None
            if self.option is not None:
                self._choose(self.option)
        elif tag == "textarea":
            self.area = name
            form.values[name] = ""
        elif tag == "button" and "disabled" not in a:
            form.buttons.append((name, a.get("value", "")))

    def _choose(self, value: str) -> None:
        """A select holds its selected option, or else its first."""
        if self.picked:
            self.chosen = self.forms[-1].values[self.select] = value

    def handle_data(self, data: str) -> None:
        if self.select and self.option is None and data.strip():
            self._choose(data.strip())
        if self.area and self.forms:
            self.forms[-1].values[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select, self.option = "", ""
        elif tag == "textarea":
            self.area = ""


class Browser:
    """One person's browser, with their own cookies."""

    def __init__(self, origin: str, language: str = "en", address: str | None = None) -> None:
        self.http = httpx.Client(
            base_url=origin,
            follow_redirects=True,
            transport=Patient(local_address=address),
            timeout=60,
            headers={"Accept-Language": language, "Accept": "text/html"},
        )
        self.page: httpx.Response | None = None

    def open(self, path: str, status: int = 200) -> httpx.Response:
        """Open a page and check its status."""
        self.page = self.http.get(path)
        if self.page.status_code != status:
            raise StoryError(f"GET {path} answered {self.page.status_code}, not {status}")
        return self.page

    def form(self, has: str) -> Form:
        """The first form of the open page that has a field (or button) called ``has``.

        A word with a slash asks for the form's address; ``name=value`` for a field or button with this value.
        Several words must all fit.
        """
        for form in self.forms():
            if all(self._fits(form, word) for word in has.split()):
                return form
        assert self.page is not None
        raise StoryError(f"{self.page.url} has no form with {has!r}")

    def forms(self) -> list[Form]:
        """All forms of the open page."""
        assert self.page is not None
        parser = _Forms(str(self.page.url))
        parser.feed(self.page.text)
        return parser.forms

    @staticmethod
    def _fits(form: Form, word: str) -> bool:
        name, equals, value = word.partition("=")
        if equals:
            return form.values.get(name) == value or (name, value) in form.buttons
        return word in form.action if word.startswith("/") else word in form.names

    def submit(self, has: str, files: dict[str, Any] | None = None, press: str = "", **values: Any) -> httpx.Response:
        """Fill in the form found by ``has`` and send it. Unknown field names are an error, as they are for a person."""
        form = self.form(has)
        unknown = {k.replace("__", ".") for k in values} - form.names
        if unknown:
            raise StoryError(f"{form.action} has no field {', '.join(sorted(unknown))}")
        data = form.values | {k.replace("__", "."): v for k, v in values.items()}
        if press:
            button = next((b for b in form.buttons if press in b), None)
            if button is None:
                raise StoryError(f"{form.action} has no button {press!r} that can be pressed")
            data[button[0]] = button[1]
        if form.method == "get":
            self.page = self.http.get(form.action, params=data)
        else:
            self.page = self.http.post(form.action, data=data, files=files)
        if self.page.status_code >= 400:
            raise StoryError(f"POST {form.action} answered {self.page.status_code}: {sentences(self.page.text)}")
        return self.page

    def sign_in(self, email: str, password: str) -> None:
        self.open("/accounts/login/")
        self.submit("password", login=email, password=password)
        if not self.http.cookies.get("guomen"):
            raise StoryError(f"{email} could not sign in: {self.page.status_code} {sentences(self.page.text)}")

    def sees(self, *texts: str) -> None:
        """Check that the open page shows each text."""
        assert self.page is not None
        for text in texts:
            if text not in sentences(self.page.text):
                raise StoryError(f"{self.page.url} does not show {text!r}: {sentences(self.page.text)[:600]}")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.parts.append(" ".join(data.split()))


def sentences(html: str) -> str:
    """The visible words of a page, in order."""
    parser = _Text()
    parser.feed("<main" + html.split("<main", 1)[-1])
    return " ".join(parser.parts)

"""A product with a batch, links of it, and a request answered by the function that decides."""

import json

from guomen.core.resolver import LINKSET_TYPE, Answer, Known, Link, ask, decide

ROOT = "https://codes.example"
RICE = "/01/09506000134352"
BATCH = f"{RICE}/10/A1"


def link(type_="pip", href="https://firm.example/", anchor=RICE, title="A page", **more) -> Link:
    return Link(anchor, type_, href, title, **more)


def resolve(path: str, *links: Link, query="", accept="", languages="", name="Rice", recalled=False) -> Answer:
    return decide(ask(path, query, accept, languages), Known(links, name, recalled), ROOT, "Our page")


def header(answer: Answer, name: str) -> str:
    return dict(answer.headers).get(name, "")


def to(answer: Answer) -> str:
    assert answer.status == 307
    return header(answer, "Location")


def entries(answer: Answer) -> list[dict]:
    assert answer.status == 200
    assert header(answer, "Content-Type") == LINKSET_TYPE
    return json.loads(answer.body)["linkset"]

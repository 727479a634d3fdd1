"""A laboratory's report about an air sample decides what it is worth."""

from guomen.adoption.services import judge_air_sample
from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM


@follower("adoption.samples", "sample.reported", again=True)
def judge(entry: Entry) -> None:
    if number := entry.facts.get("sample"):
        judge_air_sample(SYSTEM, number)

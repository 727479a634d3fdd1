"""Small pieces of story that the tests of warnings, cases and desks share."""

from guomen.ledger.follow import catch_up
from guomen.parties.actors import PUBLIC
from guomen.warning.models import Alert
from guomen.warning.services import assess, report

GTIN = "09506000134352"
BATCH = "L2026A"
ITEM = f"https://id.gs1.org/01/{GTIN}/10/{BATCH}/21/S1"
SCENARIO = {
    "words": "The seam releases a needle",
    "steps": [{"words": "A needle is in the seam", "chance": "0.01"}, {"words": "It breaks the skin", "chance": "0.2"}],
    "severity": 2,
}


def injury(reporter: str, **more):
    """A member of the public reports that somebody was hurt."""
    given = {"source": "injury", "gtin": GTIN, "batch": BATCH, "hazard": "cuts", "severity": 1}
    return report(PUBLIC, reporter_hash=reporter, **given | more)


def an_alert() -> Alert:
    """Two people were hurt by the same product."""
    injury("r1", text="A needle in the collar")
    injury("r2", text="Pricked my finger")
    catch_up()
    return Alert.objects.get()


def an_assessed_alert(controller) -> Alert:
    alert = an_alert()
    assess(controller, alert.number, [SCENARIO])
    alert.refresh_from_db()
    return alert

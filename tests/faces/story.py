"""Goods on their way to a shelf: the story's shirts and formula, inspected, tested, tagged."""

import re
from dataclasses import dataclass

from guomen.catalogue.services import register_product
from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.clearance.queries import line_by_subject
from guomen.inspection import packs
from guomen.inspection import services as inspection
from guomen.inspection.models import Order
from guomen.ledger.follow import catch_up
from guomen.tags import labels
from guomen.tags import services as tags
from guomen.tags.models import Range
from tests.clearance.conftest import example
from tests.inspection.goods import PNG

GOOD = {"lead": ("<", "0.02"), "aflatoxin-m1": ("<", "0.005"), "cronobacter": ("=", "0"), "salmonella": ("=", "0")}
GOOD |= {"melamine": ("<", "0.05")}


@dataclass(frozen=True)
class Goods:
    """One line of the story with its tags."""

    subject: str
    range: Range

    @property
    def line(self) -> Line:
        return line_by_subject(self.subject)

    def serial(self, index: int = 0) -> str:
        return labels.serials(self.range, index, 1)[0]

    def path(self, index: int = 0) -> str:
        return f"/01/{self.range.gtin}/10/{self.range.batch}/21/{self.serial(index)}"


def lodged(people, number: int = 1) -> Goods:
    """Line ``number`` of the story's declaration, with 20 tags ordered by Cy."""
    people.di  # noqa: B018
    made = clearance.lodge(people.cy.actor, example())
    line = next(row for row in Line.objects.filter(declaration=made.number) if row.number == number)
    range_ = tags.order(
        people.cy.actor,
        gtin=line.gtin,
        batch=line.batch,
        count=20,
        subject=line.subject,
        produced_on=line.produced_on,
        expires_on=line.expires_on,
    )
    register(people, line)
    return Goods(line.subject, range_)


def register(people, line: Line) -> None:
    names = {
        1: ("Men's cotton shirt, white", "男式白色棉衬衫"),
        2: ("Infant formula, stage 1, 800 g", "婴儿配方奶粉 1 段 800 克"),
    }
    register_product(
        people.cy.actor,
        gtin=line.gtin,
        name_en=names[line.number][0],
        name_zh=names[line.number][1],
        brand=line.brand,
        hs_code=line.hs_code,
        maker_name=line.maker_name,
        maker_country=line.origin,
    )


def inspect(people, goods: Goods) -> Line:
    """Ana does everything that the order asks for, and asks for the release."""
    by, order = people.ana.actor, Order.objects.get(subject=goods.subject)
    inspection.take(by, order.id)
    for item in packs.items_of(order):
        if item.kind == "choice":
            inspection.answer(by, order.id, item.code, "conforms")
        elif item.kind == "measure":
            inspection.answer(by, order.id, item.code, "", value="20", unit=item.unit)
        elif item.kind == "photo":
            inspection.add_photo(by, order.id, item.code, PNG)
        elif item.kind == "sample":
            _sample(people, order)
    return clearance.release_after_inspection(by, order.id)


def _sample(people, order: Order) -> None:
    inspection.draw_sample(
        people.ana.actor,
        order.id,
        laboratory_code=people.di.organisation.code,
        quantity="5",
        unit="C62",
        seal_number=f"LS{order.number}",
    )


def analyse(people, goods: Goods, **other: tuple[str, str]) -> None:
    """Di reports; the follower decides."""
    from guomen.inspection.models import Sample

    by, sample = people.di.actor, Sample.objects.get(subject=goods.subject)
    inspection.receive_sample(by, sample.number)
    units = {t.analyte: t.unit for t in packs.panel_of(sample)}
    found = GOOD | {k.replace("_", "-"): v for k, v in other.items()}
    rows = [{"analyte": a, "operator": o, "value": v, "unit": units[a]} for a, (o, v) in found.items()]
    inspection.enter_results(by, sample.number, rows)
    inspection.report(by, sample.number)
    catch_up()


def recalled(people, goods: Goods) -> str:
    """Two injuries, an assessment, a recall; its number."""
    from guomen.kit.words import W
    from guomen.parties.actors import PUBLIC
    from guomen.warning import services as warning
    from guomen.warning.models import Alert

    line = goods.line
    for who in "abc":
        warning.report(
            PUBLIC,
            source="injury",
            gtin=line.gtin,
            batch=line.batch,
            hazard="microbiological",
            severity=3,
            text="Fever",
            reporter_hash=who * 16,
        )
    catch_up()
    alert = Alert.objects.get()
    steps = [{"words": "The baby drinks it", "chance": "0.5"}]
    warning.assess(people.bo.actor, alert.number, [{"words": "Illness", "steps": steps, "severity": 4}])
    made = warning.order_recall(
        people.bo.actor,
        alert.number,
        batches=[line.batch],
        reason=W("Cronobacter was found.", "检出克罗诺杆菌。"),
        advice=[
            W("Stop feeding it now.", "立即停止喂食。"),
            W("Keep the tin and note the batch.", "保留包装，记下批号。"),
            W("Take it back for a full refund.", "退回购买处，可全额退款。"),
            W("See a doctor if the baby has fever.", "婴儿如有发热，请立即就医。"),
        ],
    )
    catch_up()
    return made.number


def words(response) -> str:
    """What stands on a page, without its tags."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text.replace("&#39;", "'"))

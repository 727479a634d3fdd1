"""The people of the story. Only the demo makes them, with the services behind ``guomen user add``."""

from dataclasses import dataclass

from guomen.parties.models import Organisation, Person
from guomen.parties.services import add_person, register_organisation

PASSWORD = "guomen-demo-2026"  # noqa: S105 - printed on the screen, made only by the demo


@dataclass(frozen=True, slots=True)
class Firm:
    code: str
    kind: str
    name_en: str
    name_zh: str
    country: str
    place: str


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    email: str
    firm: str
    roles: tuple[str, ...]
    what: str
    start: str


FIRMS = (
    Firm("AUTH-2248", "authority", "Yangshan Port Authority", "洋山口岸局", "CN", "CNYSA"),
    Firm("91310115MA1K4ABC4H", "trader", "Harbour Imports", "海港进口有限公司", "CN", "CNSHA"),
    Firm("CNAS-L0001", "laboratory", "Shanghai Example Laboratory", "上海示例实验室", "CN", "CNSHA"),
    Firm("SEA-0001", "carrier", "Long Sea Lines", "长海航运", "CN", "CNSHA"),
    Firm("PORT-0001", "carrier", "Yangshan Terminal", "洋山码头", "CN", "CNYSA"),
    Firm("ACC-IT-0042", "laboratory", "Genoa Example Testing", "热那亚示例检测机构", "IT", "ITGOA"),
    Firm("SHOP-0001", "retailer", "Corner Shop, Pudong", "浦东街角商店", "CN", "CNSHA"),
    Firm("IT-0001", "partner", "Italian Partner Agency", "意大利协作机构", "IT", "ITGOA"),
)
PEOPLE = (
    Figure("Ana", "ana@demo.guomen", "AUTH-2248", ("inspector",), "Ana, inspector", "/field/"),
    Figure("Bo", "bo@demo.guomen", "AUTH-2248", ("controller", "admin"), "Bo, control room", "/desk/"),
    Figure("Bea", "bea@demo.guomen", "AUTH-2248", ("controller",), "Bea, second person", "/desk/rules/"),
    Figure("Amy", "amy@demo.guomen", "AUTH-2248", ("certifier",), "Amy, certifying officer", "/desk/certificates/"),
    Figure("Ari", "ari@demo.guomen", "AUTH-2248", ("certifier",), "Ari, reviewing officer", "/desk/certificates/"),
    Figure("Cy", "cy@demo.guomen", "91310115MA1K4ABC4H", ("declarant", "admin"), "Cy, importer's broker", "/portal/"),
    Figure("Di", "di@demo.guomen", "CNAS-L0001", ("analyst", "admin"), "Di, laboratory", "/laboratory/"),
    Figure("Kai", "kai@demo.guomen", "SEA-0001", ("carrier", "admin"), "Kai, carrier", "/portal/"),
    Figure("Lee", "lee@demo.guomen", "PORT-0001", ("carrier", "admin"), "Lee, port operator", "/gate/slips/"),
    Figure("Ida", "ida@demo.guomen", "ACC-IT-0042", ("analyst",), "Ida, body abroad", "/laboratory/announced/"),
    Figure("Sam", "sam@demo.guomen", "SHOP-0001", ("seller", "admin"), "Sam, shop", "/portal/"),
    Figure("Gao", "gao@demo.guomen", "IT-0001", ("liaison", "admin"), "Gao, partner agency", "/cases/"),
)


def add_people() -> None:
    """Add what is missing; a second run finds everybody there."""
    firms: dict[str, Organisation] = {o.code: o for o in Organisation.objects.all()}
    for firm in FIRMS:
        if firm.code not in firms:
            firms[firm.code] = register_organisation(
                firm.kind, firm.name_en, firm.name_zh, firm.country, firm.code, place=firm.place
            )
    for one in PEOPLE:
        if not Person.objects.filter(email=one.email).exists():
            add_person(firms[one.firm], one.email, one.name, PASSWORD, list(one.roles))


def email(name: str) -> str:
    return next(p.email for p in PEOPLE if p.name.lower() == name)

"""A seeded day of port traffic: declaration payloads for examples, benches and load tests. Pure: no clock, no database.

Distributions (all drawn from one ``random.Random(seed)``; the same seed gives the same day on every machine):
- importers and makers: how often each trades follows Zipf's law, exponent 1.1 (few firms lodge most declarations);
- an importer buys from a few makers of its own: 1 to 6 per sector, so that history has something to learn from;
- lines per declaration: geometric with mean 3, at most 40; containers: geometric with mean 1.4, at most 8;
- goods: headings of the code table by sector weight, origins by the sector's usual origins;
- value of a line: log-normal, median 12,000 of its currency, sigma 1.3; weight from a price per kilogram that is
  log-normal around the heading's sector price;
- arrivals: a day with two peaks (06:00 and 14:00 port time), departures 2 to 40 days earlier by distance;
- GTIN and batch on 45 % of consumer lines; containers with valid check digits (ISO 6346); papers: what the product's
  profile asks for, each missing with probability 0.02; used goods 1 % of machinery; wood packaging 4 %.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from guomen.catalogue import codes, rulepack
from guomen.catalogue.requirements import Goods
from guomen.core.codes import container_check_digit, uscc_check_character, vin_check_character
from guomen.core.codes.uscc import organisation_code_check_character
from guomen.core.gs1 import check_digit

SEED = 20261112
OWNERS = ("MSKU", "TGHU", "CMAU", "OOLU", "HLXU", "TCLU", "EGHU", "MEDU", "CSNU", "TEMU")
ZIPF = 1.1


@dataclass(frozen=True, slots=True)
class Sector:
    """Headings that trade together. ``weight``: share of lines; ``price``: median value per kilogram."""

    prefixes: tuple[str, ...]
    weight: int
    price: float
    origins: str
    consumer: bool
    purpose: str


SECTORS = (
    Sector(("02", "03"), 9, 6, "BR BR AU NZ AR EC EC ID VN NO CL", True, "12"),
    Sector(("04", "1901"), 8, 7, "NZ NZ NZ AU DE NL FR IE", True, "12"),
    Sector(("08",), 8, 3, "CL CL TH VN PE ZA US", True, "12"),
    Sector(("09", "15", "17", "18", "19053", "21", "22"), 16, 8, "FR FR IT ES CL AU US JP KR BE CH", True, "12"),
    Sector(("25", "26", "72"), 6, 0.6, "AU AU BR IN TR ZA JP KR", False, "26"),
    Sector(("29", "32", "39"), 10, 2.5, "KR KR JP SA US DE SG TH", False, "26"),
    Sector(("33",), 7, 45, "FR FR KR KR JP US IT", True, "27"),
    Sector(("42", "61", "62", "64"), 12, 32, "IT IT VN BD KH TR PT IN", True, "99"),
    Sector(("84", "85", "8542", "90"), 17, 60, "JP DE DE KR US MY VN TW CH", False, "26"),
    Sector(("87",), 4, 14, "DE DE JP US GB MX", False, "99"),
    Sector(("95", "69", "44", "48", "40"), 7, 9, "VN JP DE RU ID TH DK", True, "99"),
)
CURRENCIES = {"JP": "JPY", "KR": "USD", "GB": "GBP", "NZ": "NZD", "AU": "AUD", "CH": "CHF", "SG": "SGD"}
EURO = frozenset(["DE", "FR", "IT", "ES", "NL", "BE", "IE", "PT", "AT", "FI"])


CAR_KG = 1600.0
"""Weight of a car."""
DANGEROUS = {
    "2905": {"un_number": "1230", "packing_group": "2", "packing_specification": "1A1/X1.4/250/25/KR/EX-01"},
    "3208": {"un_number": "1263", "packing_group": "3", "packing_specification": "1A2/Y100/S/25/DE/EX-02"},
    "850760": {"un_number": "3480"},
}
"""How dangerous goods of the code list are declared, by HS heading."""


def vin(rng: random.Random) -> str:
    """A vehicle identification number with its check character, of a maker that does not exist."""
    found = f"WEX{''.join(rng.choices('ABCDEFGH123456789', k=5))}0R1{rng.randrange(10**6):06d}"
    return found[:8] + vin_check_character(found) + found[9:]


def _numbered(kind: str, lines: Sequence[dict[str, Any]], serial: int) -> str:
    """A document's number, by the grammar of those that have one."""
    if kind == "101909":
        return f"国械注进20243{serial % 100:02d}{serial % 10000:04d}"
    if kind == "101910":
        return f"国妆网备进字(沪)2025{serial:06d}"
    if kind == "101035":
        category = "1101" if lines[0]["hs_code"].startswith("87") else "9999"
        return f"202501{category}{serial:06d}"
    return f"{kind[-3:]}-{serial:06d}"


def _zipf(count: int) -> list[float]:
    return [1 / (n + 1) ** ZIPF for n in range(count)]


def _geometric(rng: random.Random, mean: float, most: int) -> int:
    return min(most, 1 + int(math.log(1 - rng.random()) / math.log(1 - 1 / mean))) if mean > 1 else 1


def _amount(value: float, places: str = "0.01") -> str:
    return str(max(Decimal(places), Decimal(repr(value)).quantize(Decimal(places))))


def uscc(rng: random.Random) -> str:
    """A credit code with valid check characters (GB 32100-2015), Shanghai, of a firm that does not exist."""
    body = "MA" + "".join(rng.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6))
    first = f"91310115{body}{organisation_code_check_character(body)}"
    return first + uscc_check_character(first)


def container(rng: random.Random) -> str:
    """A container number with its check digit."""
    ten = f"{rng.choice(OWNERS)}{rng.randrange(10**6):06d}"
    return ten + container_check_digit(ten)


@dataclass(slots=True)
class Maker:
    """A maker abroad with the products that it sells."""

    name: str
    registration: str
    country: str
    products: list[dict[str, Any]]


class Port:
    """A port with its firms. ``importers`` and ``makers`` exist before the day begins."""

    def __init__(self, seed: int = SEED, importers: int = 400) -> None:
        self.rng = random.Random(seed)  # noqa: S311  # reproducible traffic, not a secret
        self.ports: dict[str, list[str]] = {}
        for code, row in codes.table("port").rows.items():
            self.ports.setdefault(row["country"], []).append(code)
        self.headings = {s: [h for h in codes.table("hs").rows if h.startswith(s.prefixes)] for s in SECTORS}
        self.makers = {s: [self._maker(s, n) for n in range(40 + 6 * s.weight)] for s in SECTORS}
        self.importers = [self._importer() for _ in range(importers)]
        self.weights = _zipf(importers)

    def _maker(self, sector: Sector, n: int) -> Maker:
        rng = self.rng
        origins = [o for o in sector.origins.split() if o in self.ports] or ["DE"]
        country = rng.choice(origins)
        products = [self._product(sector, rng.choice(self.headings[sector])) for _ in range(rng.randint(1, 5))]
        food = any("P" in codes.table("hs").rows[p["hs_code"]]["letters"] for p in products)
        letters = codes.table("country").rows[country]["alpha3"]
        registration = f"C{letters}{rng.randrange(10**14):014d}" if food and rng.random() < 0.98 else ""
        return Maker(f"Example {country} {sector.prefixes[0]}-{n:03d} Ltd", registration, country, products)

    def _product(self, sector: Sector, heading: str) -> dict[str, Any]:
        row, rng = codes.table("hs").rows[heading], self.rng
        twelve = f"{rng.randrange(10**12):012d}"
        gtin = f"0{twelve}{check_digit('0' + twelve)}" if sector.consumer and rng.random() < 0.45 else ""
        price = sector.price * math.exp(rng.gauss(0, 0.4))
        return {"hs_code": heading, "name": row["en"], "unit": row["unit"], "gtin": gtin, "price": price}

    def _importer(self) -> tuple[str, list[tuple[Sector, Maker]]]:
        rng = self.rng
        sectors = rng.choices(SECTORS, [s.weight for s in SECTORS], k=rng.choice((1, 1, 1, 2)))
        suppliers = []
        for sector in sectors:
            known = self.makers[sector]
            suppliers += [(sector, m) for m in rng.choices(known, _zipf(len(known)), k=rng.randint(1, 6))]
        return uscc(rng), suppliers

    def declaration(self, day: date) -> dict[str, Any]:
        """One payload for :func:`guomen.clearance.services.lodge` that arrives on ``day``."""
        rng = self.rng
        code, suppliers = rng.choices(self.importers, self.weights)[0]
        sector, first = rng.choice(suppliers)
        departure = rng.choice(self.ports[first.country])
        arrives = datetime.combine(day, time(), UTC) + timedelta(minutes=self._minute())
        lines = self._lines(suppliers, sector, first, day)
        net = sum(Decimal(line["net_weight_kg"]) for line in lines)
        wood = rng.random() < 0.04
        serial = rng.randrange(10**6)
        mode = rng.choices(("0110", "1210", "0615", "3010"), (86, 8, 4, 2))[0]
        handbook = {"handbook_number": f"H2248A{serial:06d}"} if mode in ("1210", "0615") else {}
        return handbook | {
            "direction": "I",
            "trade_mode": mode,
            "importer_code": code,
            "consignor_name": f"{first.name} Export",
            "departure_country": first.country,
            "departure_port": departure,
            "arrival_port": rng.choices(("CNYSA", "CNWGQ", "CNSHA"), (70, 25, 5))[0],
            "goods_place": f"Yard {rng.randint(1, 9)}, bay {rng.randint(1, 40)}",
            "transport_mode": "2",
            "vessel": f"EXAMPLE {rng.choice(('STAR', 'DAWN', 'WAVE', 'CREST', 'ARROW'))} {rng.randint(1, 60)}",
            "voyage": f"{rng.randint(1, 99):03d}E",
            "bill_number": f"EXLN{serial:06d}{rng.randrange(1000):03d}",
            "contract_number": f"C-{serial:06d}",
            "departed_on": (day - timedelta(days=rng.randint(2, 40))).isoformat(),
            "arrives_at": arrives.isoformat(),
            "gross_weight_kg": str((net * Decimal("1.07")).quantize(Decimal("0.01"))),
            "net_weight_kg": str(net),
            "packages": str(max(1, int(net / 12))),
            "packaging": "93" if wood else rng.choices(("22", "92", "06"), (80, 12, 8))[0],
            "containers": self._containers(),
            "lines": lines,
            "documents": self._documents(lines, wood, serial),
        }

    def history(self, known: float = 0.85) -> Iterator[dict[str, Any]]:
        """Past trade: for a share ``known`` of what importers buy, how many lots passed in a row and how many failed.

        Keys as of :func:`guomen.risk.queries.about`, and ``inspected``, ``failed``, ``passes``. Failures: 3 % of lots.
        """
        rng = random.Random(SEED + 1)  # noqa: S311  # a stream of its own: history does not change the day
        for importer, suppliers in self.importers:
            for _sector, maker in suppliers:
                for product in maker.products:
                    if rng.random() >= known:
                        continue
                    inspected = rng.randint(1, 30)
                    failed = sum(rng.random() < 0.03 for _ in range(inspected))
                    firm = {"maker": maker.registration or maker.name, "importer": importer}
                    about = {"hs": product["hs_code"], "origin": maker.country} | firm
                    passes = inspected if not failed else rng.randint(0, inspected - failed)
                    yield about | {"inspected": inspected, "failed": failed, "passes": passes}

    def _minute(self) -> int:
        peak = self.rng.choices((-120, 360), (45, 55))[0]  # 06:00 and 14:00 in Shanghai, in minutes UTC
        return round(min(max(self.rng.gauss(peak, 150), -480), 959))

    def _containers(self) -> list[dict[str, str]]:
        numbers = {container(self.rng) for _ in range(_geometric(self.rng, 1.4, 8))}
        return [{"number": n, "seal": f"EX{self.rng.randrange(10**7):07d}"} for n in sorted(numbers)]

    def _lines(
        self, suppliers: Sequence[tuple[Sector, Maker]], sector: Sector, first: Maker, day: date
    ) -> list[dict[str, Any]]:
        same = [m for s, m in suppliers if s == sector and m.country == first.country]
        chosen = [first, *self.rng.choices(same, k=_geometric(self.rng, 3, 40) - 1)]
        return [self._line(sector, maker, self.rng.choice(maker.products), day) for maker in chosen]

    def _line(self, sector: Sector, maker: Maker, product: dict[str, Any], day: date) -> dict[str, Any]:
        rng = self.rng
        value = 12_000 * math.exp(rng.gauss(0, 1.3))
        kilograms = max(0.5, value / product["price"])
        counted, driven = product["unit"] in ("C62", "PR", "SET"), product["hs_code"].startswith("8703")
        kilograms = max(kilograms, CAR_KG) if driven else kilograms
        each = CAR_KG if driven else 0.6
        quantity = str(max(1, round(kilograms / each))) if counted else _amount(kilograms)
        made = day - timedelta(days=rng.randint(8, 300))
        used = product["hs_code"].startswith(("84", "85")) and rng.random() < 0.01
        line = {
            "name": product["name"],
            "hs_code": product["hs_code"],
            "origin": maker.country,
            "maker_name": maker.name,
            "maker_registration": maker.registration,
            "batch": f"{made:%y%m%d}{rng.choice('ABCDEF')}",
            "quantity": quantity,
            "unit": product["unit"],
            "net_weight_kg": _amount(kilograms),
            "value": _amount(value),
            "currency": "EUR" if maker.country in EURO else CURRENCIES.get(maker.country, "USD"),
            "attributes": ["21"] if used else ["19"],
            "purpose": sector.purpose,
            "produced_on": made.isoformat(),
        }
        if driven:
            line |= {"quantity": str(min(int(quantity), 500))}
            line["vins"] = [vin(rng) for _ in range(int(line["quantity"]))]
        line |= next((said for hs, said in DANGEROUS.items() if product["hs_code"].startswith(hs)), {})
        if product["gtin"]:
            line["gtin"] = product["gtin"]
        if sector.purpose == "12":
            life = 40 if product["hs_code"].startswith(("08", "0401")) else rng.choice((270, 365, 540, 730))
            line["expires_on"] = (max(made, day - timedelta(days=7)) + timedelta(days=life)).isoformat()
        return line

    def _documents(self, lines: Sequence[dict[str, Any]], wood: bool, serial: int) -> list[dict[str, str]]:
        pack, kinds = rulepack.newest(), {"101001"}
        for line in lines:
            these = Goods(line["hs_code"], "", frozenset(line["attributes"]), line["purpose"], line["origin"])
            asked = pack.asked(these)
            kinds |= set(asked.papers)
            kinds |= set(pack.terms["dangerous"]["papers"]) if "dangerous" in asked.traits else set()
            kinds |= {pack.terms["used"]["papers"][0]} if "21" in line["attributes"] else set()
        kinds |= {"101024"} if wood else set()
        there = [k for k in sorted(kinds) if k == "101001" or self.rng.random() >= 0.02]
        return [{"kind": k, "number": _numbered(k, lines, serial)} for k in there]


def day_of_traffic(count: int, day: date, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """``count`` payloads of ships that arrive on ``day``, from a port of ``count // 5`` importers (at least 50)."""
    port = Port(seed, importers=max(50, count // 5))
    for _ in range(count):
        yield port.declaration(day)

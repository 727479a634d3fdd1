"""The named people of every test: Ana, Bo, Cy, Di, Gao and Eve, each in an organisation; Fen has no account."""

from dataclasses import dataclass

from django.contrib.auth.hashers import ScryptPasswordHasher

from guomen.parties import actors
from guomen.parties.models import Organisation, Person
from guomen.parties.services import add_person, register_organisation

PASSWORD = "correct-horse-battery"


class QuickScrypt(ScryptPasswordHasher):
    """The same derivation with a thousandth of the work: people are made anew for most tests (a password in 0.4 s)."""

    work_factor = 2**4


@dataclass(frozen=True)
class One:
    """A person with what tests need: the row, the actor, sign-in data."""

    person: Person
    actor: actors.Actor

    @property
    def organisation(self) -> Organisation:
        return self.person.organisation


WHO = {
    "ana": ("authority", "Yangshan Port Authority", "洋山口岸局", "CN", "AUTH-2248", ["inspector"]),
    "amy": ("authority", "Yangshan Port Authority", "洋山口岸局", "CN", "AUTH-2248", ["certifier"]),
    "ari": ("authority", "Yangshan Port Authority", "洋山口岸局", "CN", "AUTH-2248", ["certifier"]),
    "bo": ("authority", "Yangshan Port Authority", "洋山口岸局", "CN", "AUTH-2248", ["controller"]),
    "bea": ("authority", "Yangshan Port Authority", "洋山口岸局", "CN", "AUTH-2248", ["controller"]),
    "cy": ("trader", "Harbour Imports", "海港进口有限公司", "CN", "91310115MA1K4NAB5L", ["declarant", "admin"]),
    "cal": ("trader", "Harbour Imports", "海港进口有限公司", "CN", "91310115MA1K4NAB5L", ["declarant"]),
    "di": ("laboratory", "Shanghai Example Laboratory", "上海示例实验室", "CN", "LAB-1", ["analyst"]),
    "sam": ("retailer", "Corner Shop", "街角商店", "CN", "SHOP-1", ["seller"]),
    "kai": ("carrier", "Long Sea Lines", "长海航运", "CN", "SEA-1", ["carrier"]),
    "gao": ("partner", "Partner Agency", "协作机构", "NZ", "NZ-1", ["liaison"]),
    "eve": ("trader", "Somebody Else", "他人公司", "CN", "91310000MA1FL0007C", ["declarant", "admin"]),
}


def make(name: str) -> One:
    """Create (or find) the named person and their organisation."""
    kind, en, zh, country, code, roles = WHO[name]
    organisation = Organisation.objects.filter(code=code).first() or register_organisation(kind, en, zh, country, code)
    email = f"{name}@example.test"
    person = Person.objects.filter(email=email).first() or add_person(
        organisation, email, name.title(), PASSWORD, roles
    )
    return One(person, actors.of_person(person))

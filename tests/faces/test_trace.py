"""A thing's page: what is read there, in both languages, by whom, and where a code leads."""

from urllib.parse import quote

import pytest

from guomen.core import epcis
from guomen.tags import labels
from tests.tags import goods
from tests.tags.conftest import lodged, made  # noqa: F401  # fixtures
from tests.trace.goods import BATCH, GTIN, ITEM, OTHER_ITEM, seen
from tests.trace.test_chain import CAKE, FLOUR, PLAIN, bakery
from tests.trace.test_sight import CASE, PALLET, capture, delivered, to

pytestmark = pytest.mark.django_db
PATH = f"/trace/01/{GTIN}/21/S1"


def text(client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[-800:]
    return answer.content.decode()


@pytest.mark.parametrize(
    ("code", "path"),
    [
        (ITEM, PATH),
        (f"  https://brand.example/01/{GTIN}/10/L7/21/S1?17=271231 ", PATH),
        ("urn:epc:id:sgtin:9506000.013435.S1", PATH),
        (f"(01){GTIN}(17)271231(21)S1", PATH),
        (f"01{GTIN}10L7^21S1", PATH),
        (f"01{GTIN}1727123121S1", PATH),
        (f"01/{GTIN}/21/S1", PATH),
        (GTIN, f"/trace/01/{GTIN}"),
        (GTIN[1:], f"/trace/01/{GTIN}"),
        (PALLET.removeprefix("https://id.gs1.org/00/"), "/trace/00/" + PALLET.rpartition("/")[2]),
        ("https://id.gs1.org/01/09506000134352/21/A%2FB", "/trace/01/09506000134352/21/A%252FB"),
        ("urn:example:ä?x#y", "/trace/urn:example:%C3%A4%3Fx%23y"),
        ("CSQU 305438 3", "/trace/urn:guomen:container:CSQU3054383"),
        ("urn:epc:id:bic:CSQU3054383", "/trace/urn:guomen:container:CSQU3054383"),
    ],
)
def test_every_spelling_of_a_code_leads_to_the_things_page(door, code, path):
    answer = door("cy").get("/trace/", {"code": code})
    assert (answer.status_code, answer.headers.get("Location")) == (302, path)


@pytest.mark.parametrize("code", ["hello", GTIN[:-1] + "9", "(01)12345678901234", "(", "0" * 5000, "^"])
def test_what_is_no_code_is_answered_with_what_to_do(door, code):
    page = text(door("cy"), "/trace/?" + "code=" + quote(code), 200)
    assert "This is not a code we can read" in page
    assert 'href="#code"' in page


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        (GTIN[:-1] + "9", "the check digit is wrong", "校验位错误"),
        (f"https://id.gs1.org/01/{GTIN[:-1]}9/21/1", "(01) the check digit is wrong", "(01) 校验位错误"),
        (f"(01){GTIN}(99", "", ""),
        ("hello", "no application identifier stands here", "此处没有应用标识符"),
        ("urn:epc:id:sgtin:9506000.1", "the EPC has a wrong number of parts", "EPC 的组成部分数量不对"),
    ],
)
def test_a_code_that_breaks_gs1s_rules_is_told_why_in_the_readers_language(door, code, english, chinese):
    for prefix, why in (("/en", english), ("/zh", chinese)):
        page = text(door("cy"), f"{prefix}/trace/?" + "code=" + quote(code), 200 if why else 302)
        assert why in page
    if code.startswith("https"):
        assert chinese in text(door("cy"), "/zh/trace/" + code.removeprefix("https://id.gs1.org/"), 404)


def test_the_timeline_says_who_states_what_when_and_where(people, door):
    delivered(people)
    page = text(door("bo"), PATH)
    for words in (
        "Made and numbered",
        "Put into a container",
        "Shipped",
        "On the way",
        "Harbour Imports",
        "Long Sea Lines",
    ):
        assert words in page
    assert "2 October 2026, 16:00" in page
    assert "What it was in" in page
    assert CASE.rpartition("/")[2] in page


def test_everything_that_an_event_says_is_there_in_words(people, door):
    event = seen(1, "commissioning", ITEM, OTHER_ITEM) | {
        "action": "ADD",
        "disposition": "active",
        "readPoint": {"id": "geo:30.62,122.06"},
        "certificationInfo": "https://accreditation.example/42",
        "persistentDisposition": {"set": ["completeness_verified"], "unset": ["completeness_inferred"]},
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:4012345000009:PO-77"}],
        "ilmd": {"cbvmda:lotNumber": "L7", "cbvmda:bestBeforeDate": "2027-06-30"},
        "sensorElementList": [
            {"sensorReport": [{"type": "Temperature", "minValue": 2.5, "maxValue": 7.5, "uom": "CEL"}]},
        ],
        "eventID": "urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c05",
    }
    wrong = {
        "errorDeclaration": {
            "declarationTime": "2026-10-20T00:00:00Z",
            "reason": "incorrect_data",
            "correctiveEventIDs": ["urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c06"],
        }
    }
    capture(people.cy, event, event | wrong)
    page = text(door("cy"), PATH)
    for words in (
        "Yangshan",
        "accreditation.example/42",
        "found complete",
        "thought complete",
        "PO-77",
        "Best before",
        "2027-06-30",
        "lowest 2.5 °C, highest 7.5 °C",
        "declared an error",
        "the data were wrong",
        "9c06",
        "Item S2",
    ):
        assert words in page, words
    chinese = text(door("cy"), "/zh" + PATH)
    for words in ("生产并赋码", "最低 2.5 °C，最高 7.5 °C", "数据有误", "最佳食用期至", "核实齐全"):
        assert words.replace("，", ", ") in chinese or words in chinese, words


def test_a_long_history_is_read_in_a_few_reads(people, door, django_assert_max_num_queries):
    capture(people.cy, *(seen(n, "shipping", ITEM, **to(people.sam)) for n in range(40)))
    client = door("cy")
    with django_assert_max_num_queries(40):
        page = text(client, PATH)
    assert page.count("Handed over to</dt>") == 40
    assert "Corner Shop" in page


def test_a_map_shows_where_it_was(people, door):
    places = ("geo:44.40,8.92", "geo:30.62,122.06")
    capture(people.cy, *(seen(n, "storing", ITEM, read_point=place) for n, place in enumerate(places)))
    page = text(door("cy"), PATH)
    assert page.count('class="pin') == 2
    assert "Genoa" in page


def test_the_diagram_shows_what_it_was_made_of_and_what_became_of_it(people, door):
    bakery(people)
    page = text(door("bo"), "/trace/" + FLOUR.removeprefix("https://id.gs1.org/"))
    assert '<svg class="chain"' in page
    assert "4 items" in page
    assert "came from 0 things and went into 5" in page
    assert "Long Sea Lines" in page
    assert "Corner Shop" in page
    item = text(door("bo"), "/trace/" + CAKE[0].removeprefix("https://id.gs1.org/"))
    assert "made from" in item
    assert "30 KGM" in item or "30 kg" in item


def test_who_was_handed_a_thing_is_told_that_parts_are_hidden(people, door):
    bakery(people)
    page = text(door("sam"), "/trace/" + PLAIN[0].removeprefix("https://id.gs1.org/"))
    assert "partly hidden" in page
    assert "Parts of what others reported are hidden from you" in page
    assert "SUGAR" not in page
    assert "SUGAR" in text(door("cy"), "/trace/" + PLAIN[0].removeprefix("https://id.gs1.org/"))


def test_the_doors_of_the_page(people, door):
    capture(people.cy, seen(1, "storing", ITEM), seen(2, "shipping", ITEM, **to(people.sam)))
    answers = {
        name: door(name).get(PATH).status_code for name in ("cy", "cal", "bo", "ana", "sam", "eve", "gao", "kai", "")
    }
    assert answers == {
        "cy": 200,
        "cal": 200,
        "bo": 200,
        "ana": 200,
        "sam": 200,
        "eve": 404,
        "gao": 404,
        "kai": 404,
        "": 401,
    }
    assert "Nothing is known of this code" in text(door("eve"), PATH, 404)
    assert "您无权查看" in text(door("eve"), "/zh" + PATH, 404)
    assert door().get("/trace/").status_code == 401
    assert door("cy").post(PATH).status_code == 405
    assert door("cy").get("/trace/01/123").status_code == 404


def test_markup_in_an_event_stays_text(people, door):
    event = seen(1, "storing", ITEM) | {"ex:note": "<script>alert(1)</script>", "bizStep": "https://x.test/%3Cb%3E"}
    capture(people.cy, event)
    page = text(door("cy"), PATH)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_address_of_a_thing_with_odd_letters_leads_to_it(people, door):
    odd = "https://id.gs1.org/01/09506000134352/21/A%2FB"
    capture(people.cy, seen(1, "storing", odd))
    where = door("cy").get("/trace/", {"code": odd}).headers["Location"]
    assert "Stored" in text(door("cy"), where)


def test_a_batch_known_only_from_its_items_has_a_page(people, door):
    capture(people.cy, seen(1, "storing", f"{BATCH}/21/S1"))
    page = text(door("cy"), "/trace/" + BATCH.removeprefix("https://id.gs1.org/"))
    assert "No event names it" in page


def test_an_item_that_only_its_tag_ties_to_a_batch_shows_what_happened_to_the_batch(people, door, made):  # noqa: F811
    batch = f"01/{goods.GTIN}/10/{goods.BATCH}"
    capture(people.cy, seen(1, "storing", classes=[(f"https://id.gs1.org/{batch}", 5, None)]))
    serial = labels.serials(made, 0, 1)[0]
    for path in (f"01/{goods.GTIN}/21/{serial}", f"{batch}/21/{serial}"):
        assert "Stored" in text(door("cy"), f"/trace/{path}")
    assert "Nothing is known" in text(door("cy"), f"/trace/01/{goods.GTIN}/21/S1", 404)


def test_the_standard_words_are_all_spoken():
    from guomen.trace import spoken

    assert set(spoken.BIZ_STEPS) == set(epcis.BIZ_STEP.names)
    assert set(spoken.DISPOSITIONS) == set(epcis.DISPOSITION.names)
    assert set(spoken.ERROR_REASONS) == set(epcis.ERROR_REASON.names)

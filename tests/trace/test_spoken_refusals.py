"""What is refused is told in the reader's language, down to the reason."""

import re

import pytest

from guomen.trace import jobs
from guomen.trace.models import CaptureJob
from tests.trace.goods import ITEM, document, robot, seen

pytestmark = pytest.mark.django_db
WRONG = "https://id.gs1.org/01/09506000134353/21/1"
# Words of the standards, of formats and of what was sent; the rest of a Chinese sentence has no Latin letters.
NAMES = re.compile(
    r"EPCIS\w*Document|GS1|EPCIS|EPC|URN|CBV|URI|JSON|XML|[A-Z]+(_[A-Z]+)+|https?:\S+|\(\d+\)|'[^']*'|None|@context|"
    r"teleporting|epcList|quantityList|sensorElementList|[A-Z][a-z]+Event|action|ADD|OBSERVE|DELETE|bizStep|ILMD|parentID"
)


def told(answer) -> list[str]:
    body = answer.json()
    return [body["title"], *(error["detail"] for error in body.get("errors", []))]


def is_chinese(sentence: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", sentence)) and not re.search("[A-Za-z]{2}", NAMES.sub("", sentence))


SENT = {
    "a check digit": document(seen(1, "storing", ITEM) | {"epcList": [WRONG]}),
    "a step": document(seen(1, "storing", ITEM) | {"bizStep": "teleporting"}),
    "no things": document({k: v for k, v in seen(1, "storing", ITEM).items() if k != "epcList"}),
    "no action": document(seen(1, "storing", ITEM) | {"action": "MOVE"}),
    "no time": document(seen(1, "storing", ITEM) | {"eventTime": "yesterday"}),
    "ilmd": document(seen(1, "storing", ITEM) | {"ilmd": {"ex:a": 1}}),
    "no document": [],
    "no json": '{"a": }',
    "an entity": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "no xml": "<a><b></a>",
    "another document": "<html/>",
}


@pytest.mark.parametrize("what", sorted(SENT))
def test_a_document_is_refused_in_the_readers_language(people, what):
    sender, body = robot(people.cy, "capture"), SENT[what]
    kind = "application/xml" if isinstance(body, str) and body.startswith("<") else "application/json"
    post = {"path": "/epcis/v2/capture", "data": body, "content_type": kind}
    chinese = sender.post(**post, headers={"Accept-Language": "zh-CN"})
    english = sender.post(**post, headers={"Accept-Language": "en"})
    assert chinese.status_code == english.status_code == 400
    assert all(map(is_chinese, told(chinese))), told(chinese)
    assert not any(re.search("[\u4e00-\u9fff]", sentence) for sentence in told(english))
    assert len(told(chinese)) == len(told(english)) > 1


@pytest.mark.parametrize(
    "path",
    [
        f"/epcis/v2/events?MATCH_epc={WRONG}",
        "/epcis/v2/events?MATCH_epc=urn:epc:id:sgtin:950600.1.1",
        "/epcis/v2/epcs/https%3A%2F%2Fid.gs1.org%2F01%2F09506000134353/events",
        f"/api/trace/{WRONG}",
        f"/api/trace/{WRONG}?direction=upstream",
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_in_the_readers_language(people, path):
    reader = robot(people.cy, "read")
    answer = reader.get(path, headers={"Accept-Language": "zh-Hans"})
    assert answer.status_code in (400, 422)
    assert all(map(is_chinese, told(answer))), told(answer)
    assert not any(re.search("[\u4e00-\u9fff]", s) for s in told(reader.get(path, headers={"Accept-Language": "en"})))


def test_a_job_tells_its_problems_in_the_language_of_who_asks(people):
    sender = robot(people.cy, "capture", "read")
    sent = document(
        (seen(1, "storing", ITEM) | {"epcList": [WRONG]}), seen(2, "storing", ITEM) | {"ex:braces": "{0} {most}"}
    )
    proceed = {"GS1-Capture-Error-Behaviour": "proceed"}
    answer = sender.post("/epcis/v2/capture", sent, content_type="application/json", headers=proceed)
    (kept,) = CaptureJob.objects.get().errors
    assert is_chinese(kept["zh"])
    assert "the check digit is wrong" in kept["en"]
    for language, expected in (("zh", kept["zh"]), ("en", kept["en"])):
        job = sender.get(answer.headers["Location"], headers={"Accept-Language": language}).json()
        assert [error["title"] for error in job["errors"]] == [expected]


def test_a_value_with_braces_is_told_as_it_was_sent(people):
    sent, sender = document(seen(1, "storing", ITEM) | {"action": "{0} {rule}"}), robot(people.cy, "capture")
    answer = sender.post("/epcis/v2/capture", sent, content_type="application/json")
    assert "'{0} {rule}'" in told(answer)[1]
    later = {"Prefer": "respond-async"}
    assert sender.post("/epcis/v2/capture", sent, content_type="application/json", headers=later).status_code == 202
    assert jobs.work() == 1
    (kept,) = CaptureJob.objects.get().errors
    assert "'{0} {rule}'" in kept["en"]
    assert "'{0} {rule}'" in kept["zh"]

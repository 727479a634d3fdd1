"""Every operation of the REST binding and of the history held against its own description, with values made up.

A fixed seed and few examples: a run costs seconds and finds the same every time. ``GUOMEN_EXAMPLES`` asks for more.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from guomen.site.api import api
from guomen.trace.rest import api as binding
from tests.trace.goods import ITEM, document, robot, seen, token

pytestmark = pytest.mark.django_db
BUDGET = settings(
    max_examples=int(os.environ.get("GUOMEN_EXAMPLES", "8")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
DESCRIBED = {
    name: schemathesis.openapi.from_dict(one.get_openapi_schema()) for name, one in (("epcis", binding), ("api", api))
}
load_all_checks()
# What the description cannot say stays the server's to refuse: a right document with a wrong check digit, for instance.
LEFT_OUT = {"positive_data_acceptance", "use_after_free", "ensure_resource_availability", "not_a_server_error"}


def breaks_down_nowhere(ctx, response, case) -> None:
    assert response.status_code < 500 or response.status_code == 501, response.content


HELD = [breaks_down_nowhere, *(check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT)]


@pytest.fixture
def secret(people) -> str:
    robot(people.cy, "capture").post("/epcis/v2/capture", document(seen(1, "storing", ITEM)), "application/ld+json")
    return token(people.cy, "read", "capture")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(("name", "below"), [("epcis", "/epcis/v2/"), ("api", "/api/trace")])
def test_each_operation_answers_as_it_is_described(name, below, mode, secret, application, subtests):
    schema = DESCRIBED[name]
    schema.app = application
    for path, methods in schema.raw_schema["paths"].items():
        for method in methods if path.startswith(below) else ():
            if method == "options" and mode is GenerationMode.NEGATIVE:
                continue  # nothing in them can be wrong
            with subtests.test(f"{method.upper()} {path}"):
                hold(schema[path][method].as_strategy(generation_mode=mode), secret)


def hold(cases, secret: str) -> None:
    @BUDGET
    @given(case=cases)
    def each(case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=HELD)

    each()

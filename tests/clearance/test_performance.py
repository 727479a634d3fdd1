"""What the rules achieve: counts of outcomes by rule and mode, and an estimate of what nobody opened."""

from datetime import timedelta
from typing import Any

import pytest

from guomen.clearance import performance
from guomen.clearance.models import Decision
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden
from tests.clearance.test_deciding import answer_all, order

pytestmark = pytest.mark.django_db


def decided(
    first: int,
    lines: int,
    codes: list[str],
    *,
    probability: str = "1",
    state: str = "to_inspect",
    end: str = "",
    days: int = 1,
    level: str = "physical",
) -> None:
    """As many lines, screened with these reasons and concluded with this one."""
    at = now() - timedelta(days=days)
    common: dict[str, Any] = {"mode": "NO-INSPECTION", "level": level, "rule_pack": "t", "via": "t"}
    common["facts"] = {"probability": probability}
    rows = []
    for n in range(first, first + lines):
        number, line = f"{n:018d}", 1
        reasons = [{"code": code, "values": {}} for code in codes]
        rows.append(
            Decision(declaration=number, line=line, sequence=1, state=state, reasons=reasons, decided_at=at, **common)
        )
        if end:
            reasons = [{"code": end, "values": {}}]
            rows.append(
                Decision(
                    declaration=number,
                    line=line,
                    sequence=2,
                    state="released",
                    reasons=reasons,
                    decided_at=at,
                    **common,
                )
            )
    Decision.objects.bulk_create(rows)


def test_of_nothing_it_says_nothing(people) -> None:
    found = performance.performance(people.bo.actor)
    assert (found.everything.lines, found.everything.bad, found.modes, found.rules) == (0, None, [], [])


def test_a_real_inspection_counts_for_each_rule_that_chose_the_line(people, lodged) -> None:
    from guomen.clearance import services

    one = order(lodged, 1)
    before = performance.performance(people.bo.actor)
    assert before.waiting == 3
    answer_all(people, one)
    services.release_after_inspection(people.ana.actor, one.id)
    found = performance.performance(people.bo.actor)
    assert (found.waiting, found.everything.lines, found.everything.opened, found.everything.failed) == (2, 1, 1, 0)
    (rule,) = [r for r in found.rules if r.inspected]
    assert (rule.code, rule.failed) == ("NEW-PAIR", 0)


def test_goods_held_after_a_good_inspection_do_not_wait_for_it(people, lodged) -> None:
    from guomen.clearance import services
    from guomen.risk.services import impose_measure

    one = order(lodged, 1)
    answer_all(people, one)
    goods = {"gtin": lodged.line_list[0].gtin, "reason_code": "RECALL", "source": "urn:guomen:recall:R1"}
    impose_measure(people.bo.actor, effect="hold", **goods)
    assert services.release_after_inspection(people.ana.actor, one.id).state == "held"
    found = performance.performance(people.bo.actor)
    assert (found.waiting, found.everything.opened, found.everything.failed) == (2, 1, 0)


def test_lines_drawn_at_a_tenth_stand_for_ten_and_the_rest_is_estimated(people) -> None:
    decided(0, 95, ["LOW-RISK", "DRAWN"], probability="0.1", end="INSPECTION-PASSED")
    decided(100, 5, ["LOW-RISK", "DRAWN"], probability="0.1", end="INSPECTION-FAILED")
    decided(1000, 900, ["LOW-RISK", "NOT-DRAWN"], probability="0.1", state="released")
    found = performance.performance(people.bo.actor)
    assert (found.everything.lines, found.everything.opened, found.everything.failed) == (1000, 100, 5)
    assert found.everything.bad.rate == pytest.approx(0.05)
    assert found.everything.bad.low < 0.03
    assert found.everything.bad.high > 0.08
    (rule,) = found.rules
    assert (rule.code, rule.lines, rule.failed, rule.share.rate) == ("DRAWN", 100, 5, 0.05)


def test_what_was_opened_by_duty_counts_once(people) -> None:
    decided(0, 10, ["DRAWN", "QUARANTINE-ALWAYS"], end="LABORATORY-FAILED")
    decided(100, 90, ["QUARANTINE-ALWAYS"], end="LABORATORY-PASSED")
    found = performance.performance(people.bo.actor)
    assert found.everything.bad.rate == found.everything.bad.high == 0.1


def test_bad_lines_are_estimated_by_origin_and_by_product(people, lodged) -> None:
    from guomen.clearance import services

    one = order(lodged, 1)
    answer_all(people, one, wrong="SHARPS")
    services.release_after_inspection(people.ana.actor, one.id)
    found = performance.performance(people.bo.actor)
    assert [(g.code, g.lines, g.opened, g.failed) for g in found.origins] == [("IT", 1, 1, 1)]
    assert [(g.code, g.bad.rate) for g in found.products] == [("6205200090", 1.0)]
    assert performance.plain(found)["products"][0]["hs_code"] == "6205200090"


def test_what_was_withdrawn_is_left_out(people, lodged) -> None:
    from guomen.clearance.models import Line

    assert performance.performance(people.bo.actor).waiting == 3
    Line.objects.filter(declaration=lodged.number, number=1).update(state="withdrawn")
    assert performance.performance(people.bo.actor).waiting == 2


def test_many_opened_lines_are_summed_up_where_they_are_stored(people, django_assert_num_queries) -> None:
    decided(0, 300, ["DRAWN"], probability="0.5", end="INSPECTION-PASSED")
    decided(1000, 60, ["DRAWN"], probability="0.05", end="INSPECTION-FAILED")
    decided(2000, 1440, ["NOT-DRAWN"], probability="0.5", state="released")
    bo = people.bo.actor
    with django_assert_num_queries(2):
        found = performance.performance(bo)
    assert (found.everything.drawn, found.everything.bad.rate) == (360, pytest.approx(60 * 20 / 1800))


def test_goods_whose_identity_alone_was_checked_count_as_let_pass(people) -> None:
    decided(0, 95, ["NOT-DRAWN"], probability="0.05", end="IDENTITY-CONFIRMED", level="identity")
    decided(100, 5, ["DRAWN"], probability="0.05", end="INSPECTION-PASSED")
    found = performance.performance(people.bo.actor).everything
    assert (found.lines, found.opened, found.drawn, found.failed) == (100, 5, 5, 0)


def test_a_line_opened_for_another_reason_than_its_draw_says_nothing_of_the_others(people) -> None:
    decided(0, 10, ["NOT-DRAWN"], probability="0.1", state="released", end="INSPECTION-FAILED")
    decided(100, 90, ["NOT-DRAWN"], probability="0.1", state="released")
    decided(1000, 11, ["DRAWN"], probability="0.1", end="INSPECTION-PASSED")
    found = performance.performance(people.bo.actor).everything
    assert (found.lines, found.opened, found.drawn, found.failed) == (111, 21, 11, 10)
    # The ten are there, whatever the eleven that were drawn say.
    assert found.bad.low == found.bad.rate == pytest.approx(10 / 111)
    assert found.bad.high < 0.3


def test_drawn_lines_that_still_wait_do_not_make_the_port_look_better(people) -> None:
    decided(0, 45, ["DRAWN"], probability="0.1", end="INSPECTION-PASSED")
    decided(100, 5, ["DRAWN"], probability="0.1", end="INSPECTION-FAILED")
    decided(200, 50, ["DRAWN"], probability="0.1")
    decided(1000, 900, ["NOT-DRAWN"], probability="0.1", state="released")
    found = performance.performance(people.bo.actor)
    assert (found.waiting, found.everything.lines) == (50, 950)
    assert found.everything.bad.rate == pytest.approx(0.1)


def test_held_goods_count_as_opened_for_certain_once_somebody_has_looked(people) -> None:
    decided(0, 2, ["PROHIBITED", "DRAWN"], probability="0.1", state="held", end="INSPECTION-FAILED")
    decided(100, 8, ["PROHIBITED"], probability="0.1", state="held", end="INSPECTION-PASSED")
    decided(200, 5, ["PROHIBITED"], probability="0.1", state="held")
    found = performance.performance(people.bo.actor)
    assert (found.held, found.everything.lines, found.everything.drawn) == (5, 10, 0)
    assert found.everything.bad.rate == found.everything.bad.high == pytest.approx(0.2)


def test_lines_that_no_draw_can_meet_are_named_and_not_spoken_for(people) -> None:
    decided(0, 90, [], probability="0", state="released")
    decided(100, 10, ["DRAWN"], probability="0.5", end="INSPECTION-PASSED")
    found = performance.performance(people.bo.actor).everything
    assert (found.lines, found.never, found.bad.lots) == (100, 90, 10)


def test_the_last_of_two_inspections_counts(people) -> None:
    decided(0, 1, ["HIGH-SCORE"], end="INSPECTION-FAILED")
    first = Decision.objects.get(sequence=2)
    later = {"sequence": 4, "state": "released", "reasons": [{"code": "INSPECTION-PASSED", "values": {}}]}
    same = ("mode", "level", "rule_pack", "via", "facts", "decided_at")
    Decision.objects.create(
        declaration=first.declaration, line=1, **later, **{name: getattr(first, name) for name in same}
    )
    found = performance.performance(people.bo.actor).everything
    assert (found.opened, found.failed) == (1, 0)


def test_what_waits_or_was_held_or_is_long_ago_is_left_out(people) -> None:
    decided(0, 4, ["HIGH-SCORE"])
    decided(100, 3, ["PROHIBITED"], state="held")
    decided(200, 2, ["HIGH-SCORE"], end="INSPECTION-FAILED", days=40)
    found = performance.performance(people.bo.actor, days=30)
    assert (found.waiting, found.held, found.everything.lines) == (4, 3, 0)
    (rule,) = found.rules
    assert (rule.lines, rule.inspected, rule.share) == (4, 0, None)


@pytest.mark.parametrize("days", [-5, 0, 10**9])
def test_days_beyond_reason_are_brought_within(people, days) -> None:
    decided(0, 1, ["HIGH-SCORE"], end="INSPECTION-FAILED", days=0)
    assert performance.performance(people.bo.actor, days).everything.lines == 1


@pytest.mark.parametrize("name", ["ana", "cy", "gao", "eve"])
def test_only_the_control_room_sees_it(people, name) -> None:
    with pytest.raises(Forbidden):
        performance.performance(getattr(people, name).actor)


def test_over_http_as_json_and_as_a_page_for_the_control_room_alone(people, door) -> None:
    decided(0, 19, ["HIGH-SCORE"], end="INSPECTION-PASSED")
    decided(100, 1, ["HIGH-SCORE"], end="INSPECTION-FAILED")
    answer = door("bo").get("/api/performance?days=30")
    assert answer.status_code == 200
    assert answer.json()["rules"][0]["failing"]["rate"] == 0.05
    assert answer.json()["all"] == {
        "mode": "",
        "lines": 20,
        "opened": 20,
        "failed": 1,
        "drawn": 0,
        "never": 0,
        "bad": {"rate": 0.05, "low": 0.05, "high": 0.05},
    }
    for name, status in (("ana", 403), ("cy", 403), ("eve", 403)):
        assert door(name).get("/api/performance").status_code == status, name
        assert door(name).get("/desk/performance/").status_code == status, name
    assert door().get("/api/performance").status_code == 401
    assert door("bo").get("/api/performance?days=many").status_code == 422
    for path in ("/desk/performance/", "/desk/performance/?days=365", "/desk/performance/?days=nonsense"):
        page = door("bo").get(path).content.decode()
        assert "High risk score" in page, path
        assert "5.0 %" in page, path
    assert "风险评分高" in door("bo").get("/desk/performance/", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()


def test_with_nothing_decided_the_page_says_what_to_do(people, door) -> None:
    assert "Take a longer one" in door("bo").get("/desk/performance/").content.decode()

"""A change of the rule pack: two people, a simulation on history, a shadow, a share of the lines, all, and back."""

from datetime import timedelta
from typing import Any

import pytest

from guomen.catalogue import services as catalogue
from guomen.catalogue.models import Pack, PackStanding
from guomen.catalogue.packs import current, deciding
from guomen.catalogue.rulepack import newest, pack
from guomen.clearance import services
from guomen.clearance.models import Decision, Line, Shadow
from guomen.clearance.shadows import report
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from tests.clearance.conftest import example

WATCH = {
    "section": "watch",
    "key": "SHIRTS-IT",
    "value": {"en": "Shirts of one origin", "zh": "某产地衬衫", "hs": ["6205"], "origins": ["IT"], "effect": "hold"},
    "source": "Notice 7 of this port",
}


def proposed(people: Any, *rows: dict[str, Any], title: str = "Hold shirts") -> Pack:
    return catalogue.propose_pack(
        people.bo.actor, title_en=title, title_zh="暂扣衬衫", why="Two lots failed.", rows=list(rows or (WATCH,))
    )


def shirts(people: Any) -> Line:
    payload = example()
    payload["lines"] = [next(x for x in payload["lines"] if x["hs_code"].startswith("6205"))]
    return services.lodge(people.cy.actor, payload).line_list[0]


def approved(people: Any, *rows: dict[str, Any]) -> str:
    version = proposed(people, *rows).version
    services.simulate_pack(people.bo.actor, version)
    return catalogue.approve_pack(people.bea.actor, version).version


def kinds(version: str) -> list[str]:
    return [e.kind for e in Entry.objects.filter(subjects__contains=[f"urn:guomen:rulepack:{version}"]).order_by("id")]


def test_a_change_is_simulated_on_lodged_declarations_and_nothing_happens_to_them(people) -> None:
    line = shirts(people)
    before = (Decision.objects.count(), Order.objects.count(), line.state)
    version = proposed(people).version
    found = services.simulate_pack(people.bo.actor, version).simulation
    assert (found["lines"], found["flips"]) == (1, 1)
    assert found["moves"] == [{"from": line.state, "to": "held", "lines": 1}]
    assert found["examples"][0]["after"]["reasons"][0] == {"code": "WATCH-LIST", "values": {"source": "SHIRTS-IT"}}
    line.refresh_from_db()
    assert (Decision.objects.count(), Order.objects.count(), line.state) == before
    assert current().version == newest().version


def test_nobody_approves_alone_without_a_simulation_or_twice_at_once(people) -> None:
    version = proposed(people).version
    with pytest.raises(Refused) as unsimulated:
        catalogue.approve_pack(people.bea.actor, version)
    services.simulate_pack(people.bo.actor, version)
    with pytest.raises(Refused) as alone:
        catalogue.approve_pack(people.bo.actor, version)
    assert (unsimulated.value.code, alone.value.code) == ("not-simulated", "same-person")
    for who in (people.ana.actor, people.cy.actor):
        with pytest.raises(Forbidden):
            catalogue.approve_pack(who, version)
        with pytest.raises(Forbidden):
            services.simulate_pack(who, version)
    assert catalogue.approve_pack(people.bea.actor, version).state == "shadow"
    assert catalogue.approve_pack(people.bea.actor, version).state == "shadow"
    other = proposed(people, title="Another")
    services.simulate_pack(people.bo.actor, other.version)
    with pytest.raises(Refused) as second:
        catalogue.approve_pack(people.bea.actor, other.version)
    assert second.value.code == "another"
    with pytest.raises(NotFound):
        catalogue.approve_pack(people.bea.actor, "2026.1+0000000000")


def test_in_the_shadow_both_packs_decide_and_only_the_old_one_counts(people) -> None:
    version = approved(people)
    line = shirts(people)
    decision = Decision.objects.get(declaration=line.declaration, line=line.number)
    assert (decision.rule_pack, line.state) == (newest().version, decision.state)
    assert line.state != "held"
    kept = Shadow.objects.get(declaration=line.declaration)
    assert (kept.counted, kept.other, kept.ours["state"], kept.theirs["state"]) == (
        newest().version,
        version,
        line.state,
        "held",
    )
    found = report(people.bo.actor, version)
    assert (found.lines, found.counted, found.flips, found.moves) == (1, 0, 1, [(line.state, "held", 1)])


def test_a_version_counts_for_all_lines_after_the_cut_over_and_for_none_after_it_is_undone(people) -> None:
    version = approved(people)
    with pytest.raises(Invalid):
        catalogue.cut_over(people.bo.actor, version, 100)
    catalogue.cut_over(people.bo.actor, version, 100, urgent="Goods are arriving tonight.")
    line = shirts(people)
    decision = Decision.objects.get(declaration=line.declaration, line=line.number)
    assert (decision.rule_pack, decision.state) == (version, "held")
    entry = history(line.subject, kinds=frozenset({"line.held"}))[0]
    assert entry.facts["rule_pack"] == version
    assert catalogue.roll_back(people.bea.actor, version, "The notice was withdrawn.").state == "undone"
    assert shirts(people).state != "held"
    assert kinds(version) == [
        "rulepack.proposed",
        "rulepack.simulated",
        "rulepack.approved",
        "rulepack.cut-over",
        "rulepack.undone",
    ]


def test_a_share_is_drawn_by_the_line_and_only_grows(people) -> None:
    version = approved(people)
    subjects = [f"urn:guomen:line:224820261000000001/{n}" for n in range(1, 201)]
    Pack.objects.filter(version=version).update(shadow_since=Pack.objects.get().proposed_at - timedelta(days=8))
    few, many = set(), set()
    for share, chosen in ((20, few), (60, many)):
        catalogue.cut_over(people.bo.actor, version, share)
        packs = deciding()
        chosen.update(s for s in subjects if packs.of(s).version == version)
        assert all(packs.other(s).version != packs.of(s).version for s in subjects)
    assert few < many
    assert 20 < len(few) < 65
    assert 85 < len(many) < 155
    assert PackStanding.objects.get().share == 60


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"section": "secrets"}, "rows.0.section", "unknown-section"),
        ({"section": "tags", "key": "copies", "value": {}}, "rows.0.section", "unknown-section"),
        ({"section": "modes", "key": "NEW", "value": {}}, "rows.0.value", "unknown-key"),
        ({"section": "profiles", "key": "", "value": None}, "rows.0.value", "cannot-go"),
        ({"value": WATCH["value"] | {"effect": "burn"}}, "rows.0.value.effect", "unknown-code"),
        ({"value": WATCH["value"] | {"hs": ["62x"]}}, "rows.0.value.hs", "unknown-code"),
        ({"value": WATCH["value"] | {"hs": 62}}, "rows.0.value.hs", "wrong-kind"),
        ({"value": WATCH["value"] | {"colour": "red"}}, "rows.0.value.colour", "unknown-field"),
        ({"value": {"effect": "hold"}}, "rows.0.value.en", "missing"),
        ({"value": {"en": "x" * 30_000}}, "rows.0.value", "too-large"),
        ({"source": " "}, "rows.0.source", "missing"),
        ({"effective_from": "tomorrow"}, "rows.0.effective_from", "not-a-date"),
        ({"effective_to": "2020-01-01"}, "rows.0.effective_to", "ends-before"),
        ({"section": "country", "key": "IT", "value": {"62": 1000}}, "rows.0.value.62", "out-of-range"),
        ({"section": "country", "key": "IT", "value": {"62": "7"}}, "rows.0.value.62", "out-of-range"),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_a_wrong_row_is_named_at_its_field_and_nothing_is_kept(people, change, field, code) -> None:
    with pytest.raises(Invalid) as wrong:
        proposed(people, WATCH | change)
    assert (field, code) in {(p.field, p.code) for p in wrong.value.problems}
    assert not Pack.objects.exists()


def test_rows_of_profiles_and_modes_are_checked_for_their_meaning(people) -> None:
    base = newest().rows
    shirt = dict(base["profiles"]["62"].value)
    mode = dict(base["modes"]["NO-INSPECTION"].value)
    row = {"section": "profiles", "key": "62", "source": "Study"}
    wrong = [
        (row | {"value": shirt | {"aql": "2.6"}}, "no-plan"),
        (row | {"value": shirt | {"base": 101}}, "out-of-range"),
        (row | {"value": shirt | {"panel": "P-NONE"}}, "unknown-code"),
        (row | {"value": shirt | {"papers": ["000000"]}}, "unknown-code"),
        (row | {"value": shirt}, "nothing-changes"),
        (row | {"section": "modes", "key": "NO-INSPECTION", "value": mode | {"rate": "1.5"}}, "out-of-range"),
        (row | {"section": "modes", "key": "NO-INSPECTION", "value": mode | {"rate": "NaN"}}, "out-of-range"),
    ]
    for given, code in wrong:
        with pytest.raises(Invalid) as found:
            proposed(people, given)
        assert [p.code for p in found.value.problems] == [code]
    assert proposed(people, row | {"value": shirt | {"base": 100}}).state == "proposed"


def test_the_same_change_is_one_version_and_says_what_it_said(people) -> None:
    first = proposed(people)
    with pytest.raises(Refused) as again:
        proposed(people)
    assert (again.value.code, again.value.values["version"]) == ("known", first.version)
    assert catalogue.withdraw_pack(people.bo.actor, first.version, "A slip.").state == "withdrawn"
    assert catalogue.withdraw_pack(people.bo.actor, first.version, "A slip.").state == "withdrawn"
    with pytest.raises(Refused):
        services.simulate_pack(people.bo.actor, first.version)


def test_programs_of_controllers_change_the_pack_and_nobody_elses_do(door, people) -> None:
    shirts(people)
    bo, bea = door("bo"), door("bea")

    def post(who: Any, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return who.post(f"/api/rule-packs{path}", body or {}, content_type="application/json", **headers)

    proposal = {"title_en": "Hold shirts", "title_zh": "暂扣", "why": "Two lots failed.", "rows": [WATCH]}
    made = post(bo, "", proposal, "k1")
    assert (made.status_code, post(bo, "", proposal, "k1").json()) == (201, made.json())
    version = made.json()["version"]
    assert post(bo, f"/{version}/approval").json()["code"] == "same-person"
    assert post(bo, f"/{version}/simulation", {"days": 30}).json()["flips"] == 1
    assert post(bea, f"/{version}/approval").json()["state"] == "shadow"
    assert post(bo, f"/{version}/cut-over", {"share": 0, "urgent": "x"}).status_code == 422
    assert post(bo, f"/{version}/cut-over", {"share": 30, "urgent": "Tonight."}).json()["state"] == "partial"
    told = bo.get(f"/api/rule-packs/{version}").json()
    fields = {c["field"]: c["after"] for c in told["changes"]}
    assert (fields["effect"], fields["origins"], told["shadow"]["lines"]) == ("hold", "IT", 0)
    assert bo.get("/api/rule-packs").json()["candidate"] == version
    wrong = post(bo, "", proposal | {"rows": [WATCH | {"section": "secrets"}]}).json()
    assert [p["field"] for p in wrong["errors"]] == ["rows.0.section"]
    assert [door(n).get("/api/rule-packs").status_code for n in ("ana", "cy", "eve", "")] == [403, 403, 403, 401]
    found = door("ana").get("/api/requirements?hs=8703236110").json()
    assert (found["checklist"], "VEH-BRAKE" in {r["code"] for r in found["requirements"]}) == ("C-VEH", True)
    assert door("cy").get("/api/requirements?hs=8703236110").status_code == 403


def test_a_row_holds_from_its_first_to_its_last_day_and_then_the_row_below_returns(people) -> None:
    today = now().date()
    rows = newest().rows["modes"]["NO-INSPECTION"]
    row = {
        "section": "modes",
        "key": "NO-INSPECTION",
        "value": dict(rows.value) | {"rate": "0.9"},
        "source": "Holiday plan",
        "effective_from": (today + timedelta(days=2)).isoformat(),
        "effective_to": (today + timedelta(days=3)).isoformat(),
    }
    version = proposed(people, row).version
    rates = [str(pack(version, today + timedelta(days=n)).modes["NO-INSPECTION"].rate) for n in range(1, 5)]
    assert rates == ["0.03", "0.9", "0.9", "0.03"]

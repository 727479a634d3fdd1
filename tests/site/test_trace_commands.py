"""``guomen trace import`` and ``export`` as an operator and a firm run them, against an installation that runs."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from guomen.client import Client
from guomen.core import epcis
from tests.site.tree import Tree, children, open_folder, until
from tests.trace.goods import BATCH, document, seen

pytestmark = pytest.mark.slow
FIRM = "91310115MA1K4NAB0X"
XML = (
    '<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-10-01T00:00:00Z">'
    "<EPCISBody><EventList><ObjectEvent><eventTime>2026-10-02T08:00:00Z</eventTime><eventTimeZoneOffset>+00:00"
    f"</eventTimeZoneOffset><epcList/><action>OBSERVE</action><extension><quantityList><quantityElement><epcClass>{BATCH}"
    "</epcClass></quantityElement></quantityList></extension></ObjectEvent></EventList></EPCISBody></e:EPCISDocument>"
)


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with open_folder() as folder:
        made = Tree(folder / "home")
        made.start()
        made.add_people()
        done = made.run("token", "add", "cy@example.test", "Import", "capture", "read")
        assert done.returncode == 0, done.stderr
        made.environment |= {"GUOMEN_URL": made.address, "GUOMEN_TOKEN": done.stdout.strip()}
        yield made
        made.stop()


def client(tree: Tree) -> Client:
    return Client(tree.environment["GUOMEN_URL"], tree.environment["GUOMEN_TOKEN"])


def events(name: str, count: int) -> list[dict]:
    return [
        seen(1, "storing", f"https://id.gs1.org/01/09506000134352/21/{name}{n}", event_id=f"urn:x:{name}:{n}")
        for n in range(count)
    ]


def told(done: subprocess.CompletedProcess[str]) -> dict:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def counts(done: subprocess.CompletedProcess[str]) -> tuple[int, int, int]:
    report = told(done)
    return report["new"], report["known"], report["wrong"]


@pytest.fixture
def goods(tmp_path: Path) -> Path:
    folder = tmp_path / "goods"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.jsonld").write_text(json.dumps(document(*events("a", 3))))
    (folder / "deep" / "b.ndjson.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, events("b", 4))).encode()))
    (folder / "deep" / "c.xml").write_text(XML)
    (folder / "notes.txt").write_text("no events")
    (folder / ".hidden.json").write_text("{")
    return folder


def test_a_folder_is_imported_once_and_a_second_time_changes_nothing(tree, goods):
    done = tree.run("trace", "import", str(goods), "--json")
    assert (done.returncode, counts(done)) == (0, (8, 0, 0)), done.stderr
    again = tree.run("trace", "import", str(goods / "a.jsonld"), str(goods))
    assert again.returncode == 0, again.stderr
    assert again.stdout == "3 files, 8 events: 0 new, 8 known, 0 wrong.\n"


def test_what_is_wrong_is_named_with_file_event_and_rule(tree, tmp_path):
    some = events("w", 5)
    some[2]["bizStep"] = "teleporting"
    (tmp_path / "1.json").write_text(json.dumps(document(*some)))
    (tmp_path / "2.json").write_text(json.dumps(document(*events("v", 2)))[:-3])
    (tmp_path / "3.json").write_text(json.dumps(document(*events("u", 2))))
    stopped = tree.run("trace", "import", str(tmp_path), "--json")
    assert (stopped.returncode, counts(stopped)) == (1, (0, 0, 2))
    done = tree.run("trace", "import", str(tmp_path), "--proceed")
    assert done.returncode == 1
    assert done.stdout == "3 files, 9 events: 8 new, 0 known, 2 wrong.\n"
    lines = sorted(done.stderr.strip().splitlines())
    assert lines[0].startswith(f"{tmp_path}/1.json: event 2: bizStep: ")
    assert "teleporting" in lines[0]
    assert lines[1].startswith(f"{tmp_path}/2.json: This is not JSON")


@pytest.mark.parametrize("where", [(), ("--as", FIRM)])
def test_sloppy_events_are_put_right_on_request(tree, tmp_path, where):
    sloppy = events(f"l{len(where)}", 2)
    sloppy[1] |= {"bizStep": "urn:epcglobal:cbv:bizstep:storing", "readPoint": "urn:epc:id:sgln:9506000.13435.0"}
    (tmp_path / "1.json").write_text(json.dumps(document(*sloppy)))
    assert counts(tree.run("trace", "import", str(tmp_path), *where, "--json")) == (0, 0, 1)
    done = tree.run("trace", "import", str(tmp_path), *where, "--lenient")
    assert done.stdout == "1 files, 2 events: 2 new, 0 known, 0 wrong. 2 places were put right.\n", done.stderr


@pytest.mark.parametrize("where", [(), ("--as", FIRM)])
def test_master_data_of_files_are_kept(tree, tmp_path, where):
    name = "ours" if where else "theirs"
    kind = "urn:epcglobal:epcis:vtype:BusinessLocation"
    listed = [{"type": kind, "vocabularyElementList": [{"id": f"urn:p:{name}"}]}]
    header = {"epcisHeader": {"epcisMasterData": {"vocabularyList": listed}}}
    (tmp_path / "1.json").write_text(json.dumps(document(*events(name, 2)) | header))
    done = tree.run("trace", "import", str(tmp_path), *where)
    kept = " 1 elements of master data were kept.\n"
    assert done.stdout == f"1 files, 2 events: 2 new, 0 known, 0 wrong.{kept}", done.stderr
    report = told(tree.run("trace", "import", str(tmp_path), *where, "--json"))
    assert [report[n] for n in ("events", "new", "known", "wrong", "master_data")] == [2, 0, 2, 0, 1]
    count = f"MasterData.objects.filter(name='urn:p:{name}').count()"
    assert tree.ask(f"from guomen.trace.models import MasterData\nprint({count})") == 1


def test_events_come_from_standard_input_too(tree):
    text = "\n".join(map(json.dumps, events("s", 3)))
    assert counts(tree.run("trace", "import", "-", "--json", stdin=text)) == (3, 0, 0)


def test_what_cannot_begin_is_one_sentence(tree, tmp_path):
    missing = tree.run("trace", "import", str(tmp_path / "none.json"))
    assert (missing.returncode, "none.json" in missing.stderr) == (1, True)
    away = Tree(tmp_path / "elsewhere")
    nowhere = away.run("trace", "import", "-")
    assert nowhere.returncode == 1
    assert "--url" in nowhere.stderr
    refused = subprocess.run(
        [sys.executable, "-m", "guomen", "trace", "export", "-"],
        env=tree.environment | {"GUOMEN_TOKEN": "gm_wrong"},
        capture_output=True,
        text=True,
    )
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "unknown or revoked" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_what_was_exported_is_known_when_it_is_imported_again(tree, tmp_path, goods):
    tree.run("trace", "import", str(goods))
    with client(tree) as program:
        every = len(list(program.events()))
    for name in ("all.jsonld", "all.ndjson", "all.jsonld.gz", "all.xml"):
        done = tree.run("trace", "export", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
        assert f"{every:,} events written." in done.stderr
        assert counts(tree.run("trace", "import", str(tmp_path / name), "--json")) == (0, every, 0), name
    epcis.parse_document((tmp_path / "all.jsonld").read_bytes())
    assert len(epcis.parse_xml_document((tmp_path / "all.xml").read_bytes())) == every
    some = tree.run("trace", "export", "-", "EQ_eventID=urn:x:a:1", "EQ_bizStep=storing", "--format", "ndjson")
    assert [json.loads(line)["eventID"] for line in some.stdout.splitlines()] == ["urn:x:a:1"]


def test_an_export_that_fails_leaves_no_file_and_keeps_the_old_one(tree, tmp_path):
    to = tmp_path / "out.jsonld"
    to.write_text("old")
    done = tree.run("trace", "export", str(to), "EQ_nonsense=1")
    assert done.returncode == 1
    assert "not a parameter" in done.stderr
    assert to.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonld"]


def test_an_operator_works_in_the_own_database_for_an_organisation(tree, tmp_path, goods):
    local = goods / "local.ndjson"
    wrong = events("l", 3)
    wrong[1]["action"] = "FLY"
    local.write_text("\n".join(map(json.dumps, wrong)))
    done = tree.run("trace", "import", str(local), "--as", FIRM, "--proceed", "--json")
    assert counts(done) == (2, 0, 1), done.stderr
    assert [(p["event"], p["path"]) for p in told(done)["problems"]] == [(1, "action")]
    assert tree.run("trace", "import", str(local), "--as", FIRM).returncode == 1
    here = tree.run("trace", "export", "-", "--as", FIRM, "--format", "ndjson")
    there = tree.run("trace", "export", "-", "--format", "ndjson")
    assert here.stdout == there.stdout
    assert "urn:x:l:2" in here.stdout
    assert "No organisation has the code" in tree.run("trace", "export", "-", "--as", "NOBODY").stderr


def test_an_import_that_was_killed_goes_on_when_it_is_run_again(tree, tmp_path):
    big = tmp_path / "big.ndjson"
    big.write_text("\n".join(map(json.dumps, events("big", 9_000))))
    command = [sys.executable, "-m", "guomen", "trace", "import", str(big), "--json"]
    process = subprocess.Popen(command, env=tree.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with client(tree) as program:
        until(lambda: any(job.new == 2000 for job in program.jobs()), why="the first document arrives")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        new, known, wrong = counts(tree.run("trace", "import", str(big), "--json"))
        assert (new + known, wrong) == (9_000, 0)
        assert new > 0
        assert known >= 2_000
        found = program.events(MATCH_epc="https://id.gs1.org/01/09506000134352/21/big8999")
        assert [e["eventID"] for e in found] == ["urn:x:big:8999"]


def test_a_captured_event_is_found_in_the_history_and_proved_by_the_ledger(tree):
    many = events("p", 1_200)
    last = many[-1]["epcList"][0]
    with client(tree) as program:
        assert program.capture(many).new == 1_200
        assert [e["id"] for e in program.history(last)["events"]] == ["urn:x:p:1199"]

    def proved() -> dict:
        return json.loads(tree.run("verify", "item", last, "--json").stdout or "{}")

    until(lambda: proved().get("fits"), why="the entry gets its position")
    assert [(e["kind"], e["fits"]) for e in proved()["entries"]] == [("event.captured", True)]
    hash = epcis.event_hash(many[-1])
    tell = """
from guomen.site.verify import entries_of_item
entry = entries_of_item("%s")[0]
print(json.dumps([str(entry.id), [e["hash"] for e in entry.facts["events"] if e["id"] == "urn:x:p:1199"]]))
"""
    id, hashes = tree.ask(tell % last)
    assert hashes == [hash]
    change = """
from guomen.ledger.models import Entry
entry = Entry.objects.get(id="%s")
entry.facts["events"][-1]["step"] = "%s"
Entry.objects.filter(id=entry.id).update(facts=entry.facts)
print("[]")
"""
    (step,) = {e["bizStep"] for e in many}
    tree.ask(change % (id, "shipping"))
    done = tree.run("verify", "item", last)
    assert (done.returncode, "1 of 1 entries do not fit" in done.stderr) == (1, True)
    assert step == "storing"


def test_an_import_outlives_the_servers_worker_that_is_killed_under_it(tree, tmp_path):
    big = tmp_path / "more.ndjson"
    big.write_text("\n".join(map(json.dumps, events("more", 20_000))))
    command = [sys.executable, "-m", "guomen", "trace", "import", str(big), "--json"]
    process = subprocess.Popen(command, env=tree.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        with client(tree) as program:
            until(lambda: list(program.events(EQ_eventID="urn:x:more:0")), why="the first document arrives")
        for worker in children(tree.pid("web")):
            os.kill(worker, signal.SIGKILL)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 0, err + out
    report = json.loads(out)
    assert (report["new"] + report["known"], report["wrong"]) == (20_000, 0)

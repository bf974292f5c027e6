"""`heartbeat slo`: listing, measuring, showing, correcting, and OpenSLO files checked and exchanged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from heartbeat_assets.ledger import Ledger, open_ledger
from heartbeat_assets.objectives.objectives_schema import schema_text
from heartbeat_assets.objectives.slo.resolve import load_slos
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject
from heartbeat_assets_tests.objectives.promised import SERVICE, WEEK, slo

ANA = ("--as", "ana@example.org")
NOW = datetime.now(UTC)
# On the hour, so that what is asked in the seconds after it is of the same slice of time whenever the tests run.
HOURS_AGO_20 = (NOW - timedelta(hours=20)).replace(minute=0, second=0, microsecond=0)


def weekly(name: str = "reads", **more: Any) -> Any:
    """90% of the requests of the last seven days, without burn rules."""
    return slo(name, window=WEEK, annotations={"heartbeat/burnRules": "none"}, **{"target": 90, **more})


class Promises:
    """SLOs on requests in the copied project."""

    def __init__(self, project: CopiedProject) -> None:
        self.project = project
        self.folder = project.defs / "promises"
        (project.defs / "api").mkdir()
        (project.defs / "api" / "defs.yaml").write_text(SERVICE, encoding="utf-8")
        self.folder.mkdir()
        self.ask(96, 4)
        self.write(weekly())

    def ask(self, good: int, bad: int) -> None:
        """Requests of twenty hours ago."""
        oks = [True] * good + [False] * bad
        lines = [f"{(HOURS_AGO_20 + timedelta(seconds=n)).isoformat()},{str(ok).lower()},1" for n, ok in enumerate(oks)]
        text = "\n".join(["asked_at,ok,seconds", *lines]) + "\n"
        (self.project.folder / "data" / "requests.csv").write_text(text, encoding="utf-8")

    def write(self, *documents: Any, **attributes: Any) -> Path:
        """Writes the documents; returns their file."""
        defs = {"type": "heartbeat_assets.ServiceObjectives", "attributes": attributes}
        (self.folder / "defs.yaml").write_text(yaml.safe_dump(defs), encoding="utf-8")
        file = self.folder / "all.openslo.yaml"
        file.write_text(yaml.safe_dump_all(documents, sort_keys=False), encoding="utf-8")
        return file

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.project.settings.ledger_url)

    def kinds(self, name: str = "reads") -> list[str]:
        """What was recorded of an SLO."""
        return [event.kind for event in self.ledger.journal.of("objective", name)]


@pytest.fixture
def promises(project: CopiedProject) -> Promises:
    return Promises(project)


# --- Measuring and showing --------------------------------------------------------------------------------------------


def test_measuring_records_and_the_list_shows_it(heartbeat: Heartbeat, promises: Promises) -> None:
    (before,) = heartbeat("slo").document["slos"]
    assert (before["name"], before["state"], before["measured_at"]) == ("reads", None, None)
    assert "○ not measured yet" in heartbeat("slo", "--table").stdout
    (measured,) = heartbeat("slo", "measure", *ANA).document["slos"]
    assert (measured["state"], measured["sli"], measured["budget_left"]) == ("GREEN", 0.96, 0.6)
    assert measured["figures"]["budget"]["bad"] == 4
    (event,) = promises.ledger.journal.of("objective", "reads")
    assert (event.kind, event.actor, event.via, event.seq) == ("green", "ana@example.org", "cli", measured["event"])
    (listed,) = heartbeat("slo", "list").document["slos"]
    assert listed == {name: value for name, value in measured.items() if name != "figures"}
    assert "● green" in heartbeat("slo", "--table").stdout


def test_as_of_an_earlier_instant_nothing_is_recorded(heartbeat: Heartbeat, promises: Promises) -> None:
    at = (HOURS_AGO_20 - timedelta(hours=1)).isoformat()
    (measured,) = heartbeat("slo", "measure", "--at", at).document["slos"]
    assert (measured["state"], measured["event"]) == ("NO_DATA", None)
    assert promises.kinds() == []
    assert "no instant" in heartbeat.fails(2, "slo", "measure", "--at", "yesterday")
    assert "has no time zone" in heartbeat.fails(2, "slo", "measure", "--at", "2026-02-08T00:00:00")
    assert "is yet to come" in heartbeat.fails(2, "slo", "measure", "--at", "2999-01-01T00:00:00Z")


def test_strict_ends_with_4_for_an_exhausted_budget_and_for_what_cannot_be_measured(
    heartbeat: Heartbeat, promises: Promises
) -> None:
    assert heartbeat("slo", "measure", "--strict").exit_code == 0
    promises.ask(5, 5)
    assert heartbeat("slo", "measure", "--strict").exit_code == 4
    assert heartbeat("slo", "list", "--strict").exit_code == 4
    assert "◆ exhausted" in heartbeat("slo", "--table").stdout
    promises.write(weekly("broken", query="SELECT 1 FROM nothing WHERE $start_us < 0"))
    outcome = heartbeat("slo", "measure", "--strict")
    (broken,) = outcome.document["slos"]
    assert (outcome.exit_code, broken["state"], promises.kinds("broken")) == (4, "PROBLEM", ["problem"])
    assert "could not be measured" in broken["sentence"]


def test_only_those_that_are_asked_for_are_measured(heartbeat: Heartbeat, promises: Promises) -> None:
    promises.write(weekly(), weekly("writes"))
    heartbeat("slo", "measure", "writes")
    assert (promises.kinds(), promises.kinds("writes")) == ([], ["green"])
    heartbeat("slo", "measure", "promises")
    assert len(promises.kinds()) == 1
    assert "did you mean 'writes'?" in heartbeat.fails(2, "slo", "measure", "write")
    assert "there is reads, writes" in heartbeat.fails(2, "slo", "show", "nothing")


def test_a_file_with_a_mistake_is_told_and_stops_no_other(heartbeat: Heartbeat, promises: Promises) -> None:
    wrong = weekly("wrong")
    del wrong["spec"]["budgetingMethod"]
    promises.write(wrong, weekly())
    assert "(SLO wrong)" in heartbeat("slo").document["problems"][0]
    outcome = heartbeat("slo", "measure")
    assert (outcome.exit_code, promises.kinds()) == (3, ["green"])
    assert "(SLO wrong)" in outcome.error["message"]
    assert "(SLO wrong)" in heartbeat.fails(3, "slo", "show", "wrong")


def test_showing_has_figures_days_rules_and_corrections(heartbeat: Heartbeat, promises: Promises) -> None:
    assert "It has not been measured yet." in heartbeat("slo", "show", "reads", "--table").stdout
    promises.write(
        slo("reads", window=WEEK, target=90),
        maintenance=[{"start": "2026-02-01T00:00:00Z", "end": "2026-02-01T01:00:00Z", "reason": "moved"}],
    )
    heartbeat("slo", "measure")
    document = heartbeat("slo", "show", "reads").document
    assert (len(document["figures"]["days"]), document["corrections"][0]["id"]) == (90, "maintenance:1")
    shown = heartbeat("slo", "show", "reads", "--table").stdout
    for words in ("2% in 1h+5m", "maintenance:1", "not counted", "moved"):
        assert words in shown


# --- Corrections ------------------------------------------------------------------------------------------------------


def test_a_correction_counts_from_the_next_measurement_on_until_it_is_withdrawn(
    heartbeat: Heartbeat, promises: Promises
) -> None:
    promises.ask(0, 10)
    span = ("--from", (HOURS_AGO_20 - timedelta(hours=1)).isoformat(), "--to", NOW.isoformat())
    made = heartbeat("slo", "correct", "reads", *span, "--reason", "load test of our own", *ANA).document
    assert (made["kind"], made["actor"], made["body"]["kind"]) == ("corrected", "ana@example.org", "exclude")
    (measured,) = heartbeat("slo", "measure").document["slos"]
    assert (measured["state"], measured["figures"]["raw"]["state"]) == ("NO_DATA", "EXHAUSTED")
    figures = ("--good", "19", "--total", "20")
    heartbeat("slo", "withdraw", "reads", f"#{made['seq']}", "--reason", "they were real users", *ANA)
    heartbeat("slo", "correct", "reads", *span, *figures, "--reason", "counted by hand", *ANA)
    (measured,) = heartbeat("slo", "measure").document["slos"]
    assert (measured["state"], measured["figures"]["budget"]["total"]) == ("YELLOW", 20)
    assert "19 of 20" in heartbeat("slo", "show", "reads", "--table").stdout


def test_what_is_shown_has_every_event_of_more_than_a_million(heartbeat: Heartbeat, promises: Promises) -> None:
    span = ("--from", HOURS_AGO_20.isoformat(), "--to", (HOURS_AGO_20 + timedelta(seconds=1)).isoformat())
    figures = ("--good", "1234567", "--total", "1250000")
    heartbeat("slo", "correct", "reads", *span, *figures, "--reason", "counted by hand", *ANA)
    heartbeat("slo", "measure")
    lines = [line.split() for line in heartbeat("slo", "show", "reads", "--table").stdout.splitlines()]
    assert ["good", "1,234,567", "96"] in lines
    assert any(line[1:3] == ["1,234,567", "1,250,000"] for line in lines), "of the day"


def test_a_correction_needs_a_reason_and_a_time(heartbeat: Heartbeat, promises: Promises) -> None:
    span = ("--from", "2026-02-08T22:00:00Z", "--to", "2026-02-08T23:00:00Z")
    why = ("--reason", "moved", *ANA)
    assert "--reason is required" in heartbeat.fails(2, "slo", "correct", "reads", *span)
    assert "--good and --total belong together" in heartbeat.fails(
        2, "slo", "correct", "reads", *span, "--good", "1", *why
    )
    backwards = ("--from", span[3], "--to", span[1])
    assert heartbeat.fails(2, "slo", "correct", "reads", *backwards, *why).startswith("--to: ")
    too_good = (*span, "--good", "2", "--total", "1")
    assert heartbeat.fails(2, "slo", "correct", "reads", *too_good, *why).startswith("--total: ")
    assert "has no correction #9; there is none" in heartbeat.fails(2, "slo", "withdraw", "reads", "9", *why)
    assert "NUMBER 'nine'" in heartbeat.fails(2, "slo", "withdraw", "reads", "nine", *why)
    assert promises.ledger.journal.subjects("correction") == []


# --- Files ------------------------------------------------------------------------------------------------------------


def foreign(name: str = "latency") -> Any:
    """As another tool writes it."""
    made = weekly(name)
    del made["metadata"]["annotations"]
    query = {"metricSource": {"type": "prometheus", "spec": {"query": "sum(rate(up[5m]))"}}}
    made["spec"]["indicator"]["spec"]["ratioMetric"] = {"counter": True, "good": query, "total": query}
    return made


def test_validating_tells_mistakes_and_what_is_not_supported(
    heartbeat: Heartbeat, promises: Promises, tmp_path: Path
) -> None:
    assert heartbeat("slo", "validate").document["problems"] == []
    file = tmp_path / "theirs.yaml"
    file.write_text(yaml.safe_dump(foreign()), encoding="utf-8")
    found = heartbeat("slo", "validate", file)
    assert (found.exit_code, found.document["slos"][0]["has_figures"]) == (0, False)
    assert "a source of type 'prometheus' cannot be read here" in found.document["notices"][0]
    shown = heartbeat("slo", "validate", file, "--table").stdout
    assert "no source here" in shown
    assert "Kept, and not used here:" in shown
    file.write_text(yaml.safe_dump({**foreign(), "kind": "SLOO"}), encoding="utf-8")
    wrong = heartbeat("slo", "validate", file)
    assert wrong.exit_code == 3
    assert "did you mean 'SLO'?" in wrong.document["problems"][0]
    assert "there is no such file" in heartbeat.fails(2, "slo", "validate", tmp_path / "none.yaml")


def test_importing_writes_into_a_folder_what_fits_there(
    heartbeat: Heartbeat, promises: Promises, tmp_path: Path
) -> None:
    file = tmp_path / "theirs.yaml"
    file.write_text(yaml.safe_dump(foreign()), encoding="utf-8")
    assert heartbeat("slo", "import", file).document["written"] is None
    written = Path(heartbeat("slo", "import", file, "--into", "promises").document["written"])
    assert written == promises.folder / "theirs.openslo.yaml"
    assert [one["name"] for one in heartbeat("slo").document["slos"]] == ["reads", "latency"]
    again = heartbeat("slo", "import", file, "--into", "promises")
    assert (again.exit_code, again.document["written"]) == (3, None)
    assert "has that name already" in again.document["problems"][0]
    assert "there is promises" in heartbeat.fails(2, "slo", "import", file, "--into", "promised")


def test_what_is_exported_is_read_again_and_is_the_same(
    heartbeat: Heartbeat, promises: Promises, tmp_path: Path
) -> None:
    service = {"apiVersion": "openslo/v1", "kind": "Service", "metadata": {"name": "api"}, "spec": {}}
    other = {**service, "metadata": {"name": "other"}}
    promises.write(service, other, weekly(), weekly("writes"))
    out = tmp_path / "out.yaml"
    assert heartbeat("slo", "export", "reads", "--out", out).exit_code == 0
    documents = list(yaml.safe_load_all(out.read_text("utf-8")))
    assert [(one["kind"], one["metadata"]["name"]) for one in documents] == [("Service", "api"), ("SLO", "reads")]
    assert documents[1] == weekly()
    found = load_slos([out])
    assert (found.problems, [one.name for one in found.slos]) == ((), ["reads"])
    everything = heartbeat("slo", "export").stdout
    names = [one["metadata"]["name"] for one in yaml.safe_load_all(everything)]
    assert names == ["api", "reads", "writes"]


def test_the_schema_is_printed(heartbeat: Heartbeat, project: CopiedProject) -> None:
    assert heartbeat("slo", "schema").stdout == schema_text()


def test_without_slos_that_is_said(heartbeat: Heartbeat, project: CopiedProject) -> None:
    assert heartbeat("slo").document == {"slos": [], "problems": []}
    assert heartbeat("slo", "--table").stdout.startswith("There is no SLO below")
    assert heartbeat("slo", "measure", "--strict").document["slos"] == []

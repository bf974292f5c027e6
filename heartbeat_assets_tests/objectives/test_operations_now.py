"""Everything as it stands, from a ledger: gathered, recorded once, and the same record for the same data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from heartbeat_assets.lanes.compute import compute_digest
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.ledger import Actor, JournalEvent, Ledger, NewJournalEvent, NewValue, open_ledger
from heartbeat_assets.objectives.incidents import dismiss, open_incident, resolve, suggestions
from heartbeat_assets.objectives.operations import Operations
from heartbeat_assets.objectives.operations_file import the_operations
from heartbeat_assets.objectives.operations_now import operations_now
from heartbeat_assets.objectives.recording import record_operations
from heartbeat_assets.objectives.status.overrides import StatusProblem, end_override, override
from heartbeat_assets.objectives.status.timeline import RECORD_EVERY
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject, own_project

ANA = Actor("ana@example.org", "person", "cli")
DAGSTER = Actor("dagster", "program", "dagster")
NOW = datetime.now(UTC).replace(microsecond=0)
API = {
    "id": "api",
    "name": "API",
    "rules": [
        {"slo": "reads", "state": ["EXHAUSTED"], "to": "DOWN"},
        {"metric": "delay", "above": 30, "to": "DEGRADED"},
    ],
}
JOBS = {
    "id": "jobs", "name": "Jobs", "essential": False,
    "rules": [{"schedule": "all", "to": "DOWN"}, {"lane": "shop", "failed": True, "to": "DEGRADED"}],
}  # fmt: skip
SUGGESTION = {"id": "down", "title": "It is down", "severity": 1, "impact": "Nobody can work.", "component": "api"}
SCENARIO = {
    "id": "A", "title": "It is slow", "symptoms": [{"text": "slow", "when": {"metric": "delay", "above": 30}}],
    "actions": ["Wait."], "rollback": {"text": "When it is fast.", "when": {"metric": "delay", "below": 5}},
}  # fmt: skip


class Place:
    """A project of somebody's own with operations, a lane, and a ledger to write into."""

    def __init__(self, own: OwnProject) -> None:
        self.own = own
        self.write(components=[API, JOBS], suggestions=[SUGGESTION], scenarios=[SCENARIO], kpis=["delay"])
        own.write_lane("shop")

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.own.settings.ledger_url)

    def write(self, **attributes: Any) -> None:
        text = yaml.safe_dump({"type": "heartbeat_assets.Operations", "attributes": attributes})
        self.own.write(f"{PACKAGE}/defs/operations/defs.yaml", text)

    def judged(self, kind: str, **body: Any) -> JournalEvent:
        """Records a verdict about the SLO `reads`."""
        said = {"judged_at": NOW.isoformat(), "sentence": "reads: a sentence.", **body}
        return self.ledger.journal.append(NewJournalEvent("objective", "reads", kind, body=said), DAGSTER)

    def measured(self, value: float, at: datetime = NOW) -> None:
        """Records a value of the metric `delay`."""
        new = NewValue("delay", at, value, "green", at, at, "0" * 64, None)
        self.ledger.metrics.append_values([new])

    def ran(self) -> None:
        """Runs the lane."""
        lane = self.own.lane("shop")
        append_to_ledger(lane, compute_digest(lane), now=datetime.now(UTC))

    def look(self, now: datetime = NOW) -> Operations:
        return operations_now(self.own.settings, self.ledger, now)

    def record(self, now: datetime = NOW) -> Operations:
        return record_operations(self.own.settings, self.ledger, actor=DAGSTER, now=now)

    def events(self) -> Mapping[str, int]:
        """How many events each stream of ours has."""
        journal = self.ledger.journal
        return {
            stream: sum(len(journal.of(stream, subject)) for subject in journal.subjects(stream))
            for stream in ("component", "scenario", "incident")
        }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    for own in own_project(tmp_path, monkeypatch):
        yield Place(own)


def test_of_an_empty_ledger_nothing_is_known_and_nothing_is_ok(place: Place) -> None:
    found = place.look()
    assert (found.state, found.stale, found.updated_at) == ("NO_DATA", True, None)
    assert [one.state for one in found.components] == ["NO_DATA", "NO_DATA"]
    assert found.kpis[0].problem == "there is no metric delay"
    assert [one["severity"] for one in found.sla] == [1, 2, 3]
    assert [one["severity"] for one in found.figures] == [None, 1, 2, 3]
    assert all(len(one.days) == 90 for one in found.components)


def test_it_is_gathered_from_verdicts_values_and_runs(place: Place) -> None:
    place.judged("exhausted")
    place.measured(2.0)
    place.ran()
    found = place.look(datetime.now(UTC))
    api, jobs = found.components
    assert (api.state, api.updated_at, api.reasons) == ("DOWN", NOW, ("reads: a sentence.",))
    assert (jobs.state, jobs.stale) == ("OK", False)
    assert (found.state, found.sentence) == ("DOWN", "API is DOWN.")
    assert [(one["name"], one["kind"], one["stale"]) for one in found.slos] == [("reads", "exhausted", False)]
    assert found.kpis[0].value == 2.0
    late = place.look(datetime.now(UTC) + timedelta(days=3))
    assert (late.components[1].state, late.slos[0]["stale"]) == ("DOWN", True)
    assert "daemon" in late.components[1].reasons[0]


def test_a_verdict_is_as_old_as_its_oldest_source(place: Place) -> None:
    place.judged("green", source_as_of=(NOW - timedelta(hours=8)).isoformat())
    api = place.look().components[0]
    assert (api.state, api.stale, api.updated_at) == ("NO_DATA", True, NOW - timedelta(hours=8))


def test_a_change_is_written_down_once_and_that_somebody_looked_now_and_then(place: Place) -> None:
    place.measured(2.0)
    place.judged("green")
    place.record()
    before = place.events()
    assert before["component"] == 2
    place.record(NOW + timedelta(minutes=10))
    assert place.events() == before
    place.judged("exhausted")
    found = place.record(NOW + timedelta(minutes=20))
    assert (found.components[0].state, found.components[0].since) == ("DOWN", NOW + timedelta(minutes=20))
    assert place.events()["component"] == 3
    assert place.ledger.journal.of("component", "api")[-1].body["found"] == "DOWN"
    place.record(NOW + RECORD_EVERY)
    assert place.events()["component"] == 4


def test_several_at_once_write_a_change_once(place: Place) -> None:
    place.measured(90.0)
    place.record()
    before = place.events()
    place.judged("exhausted")
    with ThreadPoolExecutor(4) as pool:
        looks = [pool.submit(place.record, NOW + timedelta(minutes=10)) for _ in range(4)]
    assert {look.result().components[0].state for look in looks} == {"DOWN"}
    after = place.events()
    assert (after["component"], after["scenario"]) == (before["component"] + 1, before["scenario"])
    assert after["incident"] == 1


def test_an_improvement_is_shown_once_it_was_written_down_and_has_held(place: Place) -> None:
    place.measured(2.0)
    place.judged("exhausted")
    place.record()
    place.judged("green")
    later = NOW + timedelta(minutes=30)
    assert place.look(later).components[0].state == "DOWN"
    assert place.record(later).components[0].state == "DOWN"
    assert place.look(later + timedelta(minutes=9)).components[0].state == "DOWN"
    settled = place.look(later + timedelta(minutes=10)).components[0]
    assert (settled.state, settled.since) == ("OK", later + timedelta(minutes=10))
    assert sum(day.down for day in settled.days) == 40 * 60


def test_a_scenario_is_remembered_from_its_symptom_to_its_rollback(place: Place) -> None:
    place.measured(90.0)
    assert [one.applies for one in place.record().scenarios] == [True]
    place.measured(12.0, NOW + timedelta(hours=1))
    between = place.record(NOW + timedelta(hours=1))
    assert [(one.id, one.since) for one in between.applying] == [("A", NOW)]
    place.measured(2.0, NOW + timedelta(hours=2))
    (over,) = place.record(NOW + timedelta(hours=2)).scenarios
    assert (over.applies, over.rollback_met, over.over_since) == (False, True, NOW + timedelta(hours=2))
    assert [one.kind for one in place.ledger.journal.of("scenario", "A")] == ["applied", "over"]


def test_an_incident_is_suggested_once_and_not_for_what_a_person_says(place: Place) -> None:
    place.measured(2.0)
    place.judged("green")
    spec, journal = the_operations(place.own.settings).spec, place.ledger.journal
    until = NOW + timedelta(hours=1)
    override(journal, spec, "api", state="down", until=until, actor=ANA, reason="it moves", now=NOW)
    assert place.record().suggestions == ()
    end_override(journal, spec, "api", actor=ANA, reason="moved", now=NOW)
    place.judged("exhausted")
    (made,) = place.record().suggestions
    assert (made["rule"], made["severity"], made["components"]) == ("down", 1, ["api"])
    assert place.record(NOW + timedelta(minutes=10)).suggestions == (made,)
    dismiss(journal, made["number"], actor=ANA, reason="a test")
    place.record()
    assert suggestions(journal) == []


def test_figures_of_before_an_incident_was_resolved_do_not_suggest_it_again(place: Place) -> None:
    journal, hour = place.ledger.journal, timedelta(hours=1)
    place.judged("exhausted", judged_at=(NOW - hour).isoformat())
    (made,) = place.record().suggestions
    one = open_incident(
        journal, title="Down", severity=1, impact="No reads.", actor=ANA, suggestion=made["number"], now=NOW
    )
    resolve(journal, one.id, actor=ANA, reason="rolled back")
    assert place.record(NOW + timedelta(minutes=10)).suggestions == ()
    place.judged("exhausted", judged_at=(NOW + hour).isoformat())
    assert [again["rule"] for again in place.record(NOW + hour).suggestions] == ["down"]


def test_incidents_come_with_their_clocks(place: Place) -> None:
    open_incident(place.ledger.journal, title="Down", severity=1, impact="Nobody can work.", actor=ANA)
    found = place.look(datetime.now(UTC) + timedelta(minutes=16))
    (incident,) = found.open_incidents
    assert [one["state"] for one in incident["clocks"]] == ["breached", "running"]
    assert found.figures[0]["incidents"] == 1
    assert found.sentence.endswith(" 1 incident is open.")


def test_the_record_is_json_and_the_same_for_the_same_data(place: Place) -> None:
    place.measured(90.0)
    place.judged("exhausted")
    place.record()
    text = json.dumps(place.look().record(), allow_nan=False)
    assert text == json.dumps(place.look().record(), allow_nan=False)
    assert json.loads(text)["components"][0]["days"][-1]["worst"] in ("DOWN", "NO_DATA")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"component": "apo"}, "component"),
        ({"state": "SLOW"}, "state"),
        ({"state": "NO_DATA"}, "state"),
        ({"until": NOW}, "until"),
        ({"until": NOW + timedelta(days=32)}, "until"),
        ({"until": (NOW + timedelta(hours=1)).replace(tzinfo=None)}, "until"),
        ({"reason": " "}, "reason"),
        ({"actor": DAGSTER}, "actor"),
    ],
)
def test_what_a_person_says_over_the_rules_is_checked(place: Place, changes: dict[str, Any], field: str) -> None:
    wanted: dict[str, Any] = {"component": "api", "state": "OK", "until": NOW + timedelta(hours=1), "actor": ANA}
    wanted |= {"reason": "it is fine", **changes}
    with pytest.raises(StatusProblem) as found:
        override(
            place.ledger.journal, the_operations(place.own.settings).spec, wanted.pop("component"), now=NOW, **wanted
        )
    assert found.value.field == field


def test_an_override_that_is_not_there_cannot_end(place: Place) -> None:
    with pytest.raises(StatusProblem, match="nobody says anything"):
        end_override(
            place.ledger.journal, the_operations(place.own.settings).spec, "api", actor=ANA, reason="over", now=NOW
        )

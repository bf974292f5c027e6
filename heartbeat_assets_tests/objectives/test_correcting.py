"""Corrections in the journal: by people with a reason, withdrawn and never changed; and what is recorded of SLOs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heartbeat_assets.ledger import Actor, Ledger, open_ledger
from heartbeat_assets.objectives.correcting import CorrectionProblem, correct, corrections_of, withdraw
from heartbeat_assets.objectives.recording_slos import measured_now, record_measured
from heartbeat_assets.objectives.records_days import newest_of
from heartbeat_assets_tests.objectives.promised import ANA, NOW, Promised, slo

NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)
ONE = NOON + timedelta(hours=1)
PROGRAM = Actor("dagster", "program", "dagster")


@pytest.fixture
def project(tmp_path: Path) -> Promised:
    return Promised(tmp_path / "project")


@pytest.fixture
def ledger(project: Promised) -> Ledger:
    return open_ledger(project.settings.ledger_url)


def test_a_correction_holds_until_it_is_withdrawn(ledger: Ledger) -> None:
    journal = ledger.journal
    made = correct(journal, "reads", start=NOON, end=ONE, actor=ANA, reason="moved the database")
    figures = correct(
        journal, "reads", start=NOON, end=ONE, actor=ANA, reason="counted by hand", kind="set", good=9, total=10
    )
    first, second = corrections_of(journal, "reads")
    assert (first.id, first.kind, first.start, first.end) == (f"#{made.seq}", "exclude", NOON, ONE)
    assert (second.kind, second.good, second.total, second.reason) == ("set", 9, 10, "counted by hand")
    withdraw(journal, "reads", made.seq, actor=ANA, reason="wrong day")
    assert [one.id for one in corrections_of(journal, "reads")] == [f"#{figures.seq}"]
    with pytest.raises(CorrectionProblem, match="withdrawn already"):
        withdraw(journal, "reads", made.seq, actor=ANA, reason="again")
    assert corrections_of(journal, "writes") == []


def test_who_corrects_is_a_person_with_a_reason_and_time_to_correct(ledger: Ledger) -> None:
    journal = ledger.journal
    with pytest.raises(CorrectionProblem, match="is a program") as by_program:
        correct(journal, "reads", start=NOON, end=ONE, actor=PROGRAM, reason="tidy")
    with pytest.raises(CorrectionProblem, match="say in a sentence why") as blank:
        correct(journal, "reads", start=NOON, end=ONE, actor=ANA, reason=" ")
    with pytest.raises(CorrectionProblem, match="must end after it starts") as backwards:
        correct(journal, "reads", start=ONE, end=NOON, actor=ANA, reason="moved")
    with pytest.raises(CorrectionProblem, match="11 good events of 10") as impossible:
        correct(journal, "reads", start=NOON, end=ONE, actor=ANA, reason="moved", kind="set", good=11, total=10)
    with pytest.raises(CorrectionProblem, match="has no correction #7; there is none") as unknown:
        withdraw(journal, "reads", 7, actor=ANA, reason="moved")
    fields = [caught.value.field for caught in (by_program, blank, backwards, impossible, unknown)]
    assert fields == ["actor", "reason", "end", "total", "id"]


def test_what_is_measured_is_recorded_with_maintenance_and_corrections_applied(
    project: Promised, ledger: Ledger
) -> None:
    rows = [
        ("2026-02-10T12:30:00Z", False, 1.0), ("2026-02-11T12:30:00Z", False, 1.0), ("2026-02-12T12:30:00Z", True, 1.0),
    ]  # fmt: skip
    project.write_requests(rows)
    announced = {"start": "2026-02-11T12:00:00Z", "end": "2026-02-11T13:00:00Z", "reason": "announced"}
    project.promise(slo(), maintenance=[announced])
    correct(ledger.journal, "reads", start=NOON, end=ONE, actor=ANA, reason="moved the database")
    ((folder, one),) = project.objectives.slos()
    (measured,) = measured_now([one], folder.spec, project.settings, ledger, NOW)
    event = record_measured(ledger.journal, measured, folder.name, PROGRAM)
    assert newest_of(ledger.journal, "reads") == event
    assert (event.stream, event.subject, event.kind) == ("objective", "reads", "green")
    assert (event.body["raw"]["state"], event.body["budget"]["total"], event.body["folder"]) == (
        "EXHAUSTED", 1, "promises",
    )  # fmt: skip
    assert [one["reason"] for one in event.body["corrections"]] == ["announced", "moved the database"]
    assert len(event.body["days"]) == 90

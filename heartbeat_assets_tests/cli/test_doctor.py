"""`heartbeat doctor`: what is in place, what is not, and a failure for what keeps lanes from running."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat, Outcome
from heartbeat_assets_tests.copied_project import CopiedProject

LANE = "citizen_product"


def findings(document: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {check["check"]: (check["status"], check["finding"]) for check in document["checks"]}


def failed(outcome: Outcome, check: str) -> str:
    """The finding of the one failed check, which the error object repeats."""
    assert outcome.exit_code == 3
    document = json.loads(outcome.stdout)
    assert document["status"] == "failed"
    found = {name: finding for name, (status, finding) in findings(document).items() if status == "failed"}
    assert set(found) == {check}
    assert outcome.error["message"] == f"{check}: {found[check]}"
    return found[check]


def test_a_healthy_project_is_ok(heartbeat: Heartbeat, project: CopiedProject) -> None:
    outcome = heartbeat("doctor")
    assert outcome.exit_code == 0
    assert outcome.document["status"] == "ok"
    found = findings(outcome.document)
    assert {name: status for name, (status, _) in found.items()} == {
        "python": "ok",
        "home": "ok",
        "ledger": "ok",
        "lanes": "ok",
        "citizen_product.summary": "ok",
        "dagster": "ok",
    }
    assert found["ledger"][1] == f"sqlite:///{project.home}/ledger.sqlite, 0 rows in 0 lanes"
    assert found["citizen_product.summary"][1].endswith("summary.json: not there (optional)")


def test_what_is_counted_is_one_row_or_several_rows(heartbeat: Heartbeat, project: CopiedProject) -> None:
    for day, said in enumerate(("1 row in 1 lane", "2 rows in 1 lane")):
        digest = project.folder / "digest.json"
        digest.write_text(json.dumps(histories.digest(project.lane, day)), encoding="utf-8")
        heartbeat("append", LANE, "--digest", digest)
        assert findings(heartbeat("doctor").document)["ledger"][1].endswith(f", {said}")


def test_a_missing_snapshot_is_a_failure_that_names_it(heartbeat: Heartbeat, project: CopiedProject) -> None:
    project.snapshot.unlink()
    assert failed(heartbeat("doctor"), "citizen_product.snapshot") == f"{project.snapshot}: not there"


def test_a_home_that_cannot_be_written_is_a_failure_that_names_it(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = project.snapshot / "home"
    monkeypatch.setenv("HEARTBEAT_HOME", str(home))
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", f"sqlite:///{project.folder / 'ledger.sqlite'}")
    assert failed(heartbeat("doctor"), "home") == f"{home}: Not a directory"


def test_a_ledger_of_a_newer_program_is_a_failure(heartbeat: Heartbeat, project: CopiedProject) -> None:
    heartbeat("window", LANE)
    with closing(sqlite3.connect(project.home / "ledger.sqlite", isolation_level=None)) as connection:
        connection.execute("UPDATE ledger_version SET version_num = '9999'")
    assert "a newer heartbeat_assets wrote it" in failed(heartbeat("doctor"), "ledger")


def test_a_ledger_that_is_no_database_is_a_failure(heartbeat: Heartbeat, project: CopiedProject) -> None:
    project.home.mkdir()
    (project.home / "ledger.sqlite").write_bytes(b"this is no database, only text " * 50)
    assert "not a SQLite database" in failed(heartbeat("doctor"), "ledger")


def test_a_lane_with_a_mistake_is_a_failure_in_its_own_words(heartbeat: Heartbeat, project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["kpis"][0]["min"] = 0
    assert "kpis[0] unknown_rate: give min or max, not both" in failed(heartbeat("doctor"), "lanes")


def test_a_query_that_is_gone_is_a_failure(heartbeat: Heartbeat, project: CopiedProject) -> None:
    (project.lane_folder / "rollup.sql").unlink()
    assert "rollup.sql" in failed(heartbeat("doctor"), "lanes")


def test_a_heartbeat_from_the_future_means_that_a_clock_is_wrong(heartbeat: Heartbeat, project: CopiedProject) -> None:
    digest = histories.digest(project.lane, 0)
    digest["generated_at"] = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
    file = project.folder / "digest.json"
    file.write_text(json.dumps(digest), encoding="utf-8")
    heartbeat("append", LANE, "--digest", file)
    outcome = heartbeat("doctor")
    assert outcome.exit_code == 0
    status, finding = findings(outcome.document)["clock"]
    assert status == "degraded"
    assert finding.endswith("UTC, in the future")


@pytest.mark.parametrize(
    ("home", "status", "said"),
    [("", "ok", "DAGSTER_HOME is not set"), ("{folder}/data", "degraded", "has no dagster.yaml")],
)
def test_dagsters_home_is_looked_at(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch, home: str, status: str, said: str
) -> None:
    if home:
        monkeypatch.setenv("DAGSTER_HOME", home.format(folder=project.folder))
    else:
        monkeypatch.delenv("DAGSTER_HOME")
    found = findings(heartbeat("doctor").document)["dagster"]
    assert found[0] == status
    assert said in found[1]

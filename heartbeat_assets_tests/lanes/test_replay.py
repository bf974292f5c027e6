"""Tests of replay: replaying past telemetry."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from heartbeat_assets.errors import InputMissing, UsageProblem
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.publish import published_report
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.replay import replay
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets_tests.copied_project import CopiedProject
from heartbeat_assets_tests.lanes.histories import NOW, ROOT, digest_of

SERIES = ROOT / "data" / "citizen_product" / "series"


def shipped(folder: Path, *days: str) -> Path:
    """A folder with these days of the shipped series."""
    folder.mkdir()
    for day in days:
        shutil.copy(SERIES / f"{day}.jsonl", folder)
    return folder


def test_each_day_is_recorded_judged_and_published_once(lane: Lane, tmp_path: Path) -> None:
    # The whole series, its bad week and its recovery, is replayed by the command's own tests.
    days = ("2026-01-17", "2026-01-18", "2026-01-19", "2026-01-30")
    replayed = list(replay(lane, shipped(tmp_path / "days", *days)))

    assert [(one.file.stem, one.report["heartbeat"]["status"], one.published) for one in replayed] == [
        ("2026-01-17", "ok", True),
        ("2026-01-18", "ok", True),
        ("2026-01-19", "failed", False),
        ("2026-01-30", "degraded", False),
    ]
    assert judge_ledger(lane, now=NOW).status == "failed"
    report = published_report(lane)
    assert report is not None
    assert report["published_at"] == report["digest"]["generated_at"] == "2026-01-19T00:00:00+00:00"

    again = list(replay(lane, shipped(tmp_path / "again", "2026-01-17", "2026-01-30")))

    assert {one.report["duplicate_detected"] for one in again} == {True}
    assert {(one.verdict, one.published) for one in again} == {(None, False)}
    assert open_ledger(lane.settings.ledger_url).size(lane.name) == 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "days"
    folder.mkdir()
    for day in ("2026-01-11", "2026-01-10"):
        event = {"session_id": "a", "event": "first_answer", "elapsed_ms": 20_000}
        (folder / f"app-{day}.jsonl").write_text(json.dumps(event) + "\n")
    return folder


def test_days_are_replayed_oldest_first_and_dated_at_their_end(lane: Lane, folder: Path) -> None:
    steps: list[str] = []

    run_at = [one.report["heartbeat"]["run_at"] for one in replay(lane, folder, steps.append)]

    assert run_at == ["2026-01-11T00:00:00+00:00", "2026-01-12T00:00:00+00:00"]
    assert steps == ["app-2026-01-10.jsonl", "app-2026-01-11.jsonl"]


def test_an_older_day_is_not_put_behind_a_newer_run(lane: Lane, folder: Path) -> None:
    append_to_ledger(lane, digest_of(20), now=NOW)

    with pytest.raises(UsageProblem, match="already has a run of 2026-01-21 12:00 UTC"):
        list(replay(lane, folder))
    assert open_ledger(lane.settings.ledger_url).size(lane.name) == 1


@pytest.mark.parametrize("name", ["events.jsonl", "2026-13-45.jsonl", "12026-01-010.jsonl"])
def test_a_file_without_a_day_in_its_name_is_named_before_anything_is_recorded(
    lane: Lane, folder: Path, name: str
) -> None:
    (folder / name).write_text("{}\n")

    with pytest.raises(UsageProblem, match=f"{name}: a replay needs the day in the file's name"):
        list(replay(lane, folder))
    assert open_ledger(lane.settings.ledger_url).size(lane.name) == 0


def test_a_folder_without_event_files_is_missing(lane: Lane, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(InputMissing, match="no event files there"):
        list(replay(lane, tmp_path / "empty"))
    with pytest.raises(InputMissing, match="no such file or folder"):
        list(replay(lane, tmp_path / "nowhere"))


def test_a_table_of_the_warehouse_is_read_beside_the_days(
    project: CopiedProject, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "warehouse.sqlite") as warehouse:
        warehouse.execute("CREATE TABLE extra AS SELECT 1 AS a")
    warehouse.close()
    monkeypatch.setenv("HEARTBEAT_WAREHOUSE_URL", f"sqlite:///{tmp_path / 'warehouse.sqlite'}")
    (project.folder / "extra.txt").write_text("a\n1\n")
    with project.changed_attributes() as attributes:
        attributes["sources"]["extra"] = {"kind": "warehouse", "table": "extra"}
        attributes["sources"]["noted"] = {"kind": "table", "path": "extra.txt", "format": "csv"}

    assert [one.report["appended"] for one in replay(project.lane, folder)] == [True, True]


def test_a_partitioned_lane_is_told_its_own_ways_to_a_past(project: CopiedProject, tmp_path: Path) -> None:
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-01-01"}
        del attributes["sensor"]

    with pytest.raises(UsageProblem) as refused:
        list(replay(project.lane, tmp_path / "nowhere"))
    assert str(refused.value) == (
        "lane citizen_product is partitioned: fill its past by a backfill in Dagster, or period by period with "
        "`heartbeat run citizen_product --period KEY`"
    )

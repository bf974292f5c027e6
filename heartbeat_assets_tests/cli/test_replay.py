"""`heartbeat replay`: the shipped series as the lane's past, with its bad week and its recovery."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import SHIPPED_DATA, CopiedProject

LANE = "citizen_product"
SERIES = SHIPPED_DATA / "series"


def days(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        shutil.copy(SERIES / f"{name}.jsonl", folder)
    return folder


def test_the_shipped_series_has_a_bad_week_a_block_and_a_recovery_and_is_replayed_once(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path
) -> None:
    documents = heartbeat("replay", LANE, SERIES).document
    assert len(documents) == 45
    assert all(document["appended"] for document in documents)
    assert [document["run_at"] for document in documents] == sorted(document["run_at"] for document in documents)
    by_day = {document["run_at"][:10]: document for document in documents}
    assert {day for day, document in by_day.items() if document["status"] == "failed"} == {
        f"2026-01-{day}" for day in range(20, 27)
    }
    assert [day for day, document in by_day.items() if document["status"] == "degraded"] == ["2026-01-31"]
    blocked = [day for day, document in by_day.items() if not document["published"]]
    assert (blocked[0], blocked[-1], len(blocked)) == ("2026-01-20", "2026-02-19", 31)
    report = json.loads((project.published / "report.json").read_text(encoding="utf-8"))
    assert report["published_at"] == report["digest"]["generated_at"] == "2026-02-23T00:00:00+00:00"
    assert heartbeat("window", LANE, "--strict").exit_code == 0
    # A second time everything is there already.
    again = heartbeat("replay", LANE, days(tmp_path / "again", "2026-01-19", "2026-02-22")).document
    assert [document["appended"] for document in again] == [False] * 2
    assert heartbeat("verify", LANE).document["entries"] == 45


def test_the_table_has_a_row_for_each_day_and_says_what_was_there(heartbeat: Heartbeat, tmp_path: Path) -> None:
    folder = days(tmp_path / "few", "2026-01-17", "2026-01-18", "2026-01-19")
    lines = heartbeat("replay", LANE, folder, "--table").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["2026-01-18", "2026-01-19", "2026-01-20"]
    assert [line.split()[-1] for line in lines[2:5]] == ["published", "published", "BLOCKED"]
    assert lines[-1] == "3 heartbeats recorded."
    again = heartbeat("replay", LANE, folder, "--table").stdout
    assert again == "0 heartbeats recorded, 3 were there already.\n"


def test_a_day_older_than_the_newest_heartbeat_is_refused(heartbeat: Heartbeat, tmp_path: Path) -> None:
    heartbeat("replay", LANE, days(tmp_path / "late", "2026-02-10"))
    older = days(tmp_path / "early", "2026-02-09")
    message = heartbeat.fails(2, "replay", LANE, older)
    assert message.startswith(f"{older / '2026-02-09.jsonl'}: the history of {LANE} already has a run of 2026-02-11")
    assert heartbeat("verify", LANE).document["entries"] == 1


@pytest.mark.parametrize("name", ["today.jsonl", "2026-13-45.jsonl", "120260210.jsonl"])
def test_a_file_without_a_day_in_its_name_is_refused_before_anything_is_recorded(
    heartbeat: Heartbeat, tmp_path: Path, name: str
) -> None:
    folder = days(tmp_path / "few", "2026-02-10")
    shutil.copy(SERIES / "2026-02-11.jsonl", folder / name)
    assert "needs the day in the file's name" in heartbeat.fails(2, "replay", LANE, folder)
    assert heartbeat("verify", LANE).document["entries"] == 0


def test_a_folder_that_is_empty_or_not_there_ends_with_2(heartbeat: Heartbeat, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no event files there" in heartbeat.fails(2, "replay", LANE, tmp_path / "empty")
    assert "no such file or folder" in heartbeat.fails(2, "replay", LANE, tmp_path / "nowhere")

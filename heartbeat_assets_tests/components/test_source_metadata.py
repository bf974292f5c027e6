"""Tests of what Dagster shows of a source."""

from __future__ import annotations

from heartbeat_assets.components import source_metadata
from heartbeat_assets.lanes.compute import update_telemetry
from heartbeat_assets.sources.opening import telemetry_store
from heartbeat_assets_tests.copied_project import CopiedProject


def test_telemetry_shows_the_first_bad_lines_and_how_many_there_are(project: CopiedProject) -> None:
    lines = [f"not JSON | {number} `code`" for number in range(15)]
    (project.events / "bad.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = update_telemetry(project.lane)["events"]

    shown = source_metadata.of_telemetry(project.lane, "events", report)

    assert shown["parse_errors"] == len(list(telemetry_store(project.lane, "events").quarantined())) == 15
    table = shown["quarantine"].value.splitlines()
    assert len(table) == 2 + 10
    assert table[2] == "| bad.jsonl | 1 | not JSON | `not JSON \\| 0 'code'` |"


def test_a_source_that_is_not_there_says_so(project: CopiedProject) -> None:
    assert source_metadata.of_telemetry(project.lane, "events", None) == {"present": False}
    assert source_metadata.of_document(None, None) == {"present": False}


def test_telemetry_shows_its_columns_and_its_age(project: CopiedProject) -> None:
    report = update_telemetry(project.lane)["events"]
    shown = source_metadata.of_telemetry(project.lane, "events", report)
    columns = {column.name: column.type for column in shown["dagster/column_schema"].columns}
    assert columns == {
        "session_id": "varchar", "event": "varchar", "ts_us": "bigint", "elapsed_ms": "double",
        "session_start": "boolean", "first_answer": "boolean", "drilldown": "boolean",
    }  # fmt: skip
    (file,) = project.events.iterdir()
    assert shown["modified"].value == file.stat().st_mtime

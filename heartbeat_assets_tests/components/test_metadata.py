"""Tests of metadata: tables in Markdown that no telemetry can break, numbers that Dagster plots."""

from __future__ import annotations

from heartbeat_assets.components import metadata
from heartbeat_assets.lanes.compute import telemetry_store, update_telemetry
from heartbeat_assets_tests.copied_project import CopiedProject


def test_a_cell_cannot_break_its_table() -> None:
    assert metadata.markdown_table(["a|b"], [["x\ny|z"]]) == "| a\\|b |\n| --- |\n| x y\\|z |"


def test_telemetry_shows_the_first_bad_lines_and_how_many_there_are(project: CopiedProject) -> None:
    lines = [f"not JSON | {number} `code`" for number in range(15)]
    (project.events / "bad.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = update_telemetry(project.lane)["events"]

    shown = metadata.of_telemetry(project.lane, "events", report)

    assert shown["parse_errors"] == len(list(telemetry_store(project.lane, "events").quarantined())) == 15
    table = shown["quarantine"].value.splitlines()
    assert len(table) == 2 + 10
    assert table[2] == "| bad.jsonl | 1 | not JSON | `not JSON \\| 0 'code'` |"


def test_a_source_that_is_not_there_says_so(project: CopiedProject) -> None:
    assert metadata.of_telemetry(project.lane, "events", None) == {"present": False}
    assert metadata.of_document(None, None) == {"present": False}

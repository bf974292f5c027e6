"""`heartbeat compact` and `heartbeat parity`, over the ledger and over files."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

LANE = "citizen_product"
KINDS = "o" * 60 + "fdx" + "o" * 77


@pytest.fixture
def long_history(project: CopiedProject) -> Path:
    return histories.write_history(project.folder / "heartbeats.jsonl", histories.history(project.lane, KINDS))


def test_the_ledgers_history_is_compacted_beside_it_and_a_second_time_changes_nothing(
    heartbeat: Heartbeat, project: CopiedProject, long_history: Path
) -> None:
    heartbeat("import", LANE, long_history)
    report = heartbeat("compact", LANE, "--strict").document
    assert report["entries_before"] == len(KINDS)
    assert report["entries_after"] + report["dropped"] == len(KINDS)
    assert 20 < report["entries_after"] < len(KINDS)
    assert (report["status"], report["strict_fail_reasons"]) == ("ok", [])
    for name in ("malformed", "failed", "degraded"):
        assert report["incidents"][name] == {"entries": 1, "kept": 1, "dropped": 0}
    compacted = project.lane.compacted_history.read_bytes()
    heartbeat("compact", LANE)
    assert project.lane.compacted_history.read_bytes() == compacted
    assert heartbeat("window", LANE).document["entries_total"] == len(KINDS)


def test_a_file_is_compacted_into_another_and_is_left_as_it_was(
    heartbeat: Heartbeat, project: CopiedProject, long_history: Path
) -> None:
    before = long_history.read_bytes()
    out = project.folder / "compacted.jsonl"
    report = heartbeat("compact", LANE, "--history", long_history, "--out", out).document
    assert len(out.read_bytes().splitlines()) == report["entries_after"]
    assert b'{"cut off": ' in out.read_bytes().splitlines()
    assert long_history.read_bytes() == before
    assert not (project.home / "lanes").exists()
    parity = heartbeat("parity", LANE, "--history", long_history, "--compacted", out, "--last", "100", "--strict")
    assert (parity.exit_code, parity.document["status"]) == (0, "ok")
    assert parity.document["entries_in_window"] == 100


def test_without_out_compacting_a_file_only_reports(
    heartbeat: Heartbeat, project: CopiedProject, long_history: Path
) -> None:
    files = sorted(project.folder.rglob("*"))
    assert heartbeat("compact", LANE, "--history", long_history).document["dropped"] > 0
    assert sorted(project.folder.rglob("*")) == files


def test_parity_of_the_ledger_holds_after_compacting_and_fails_before(heartbeat: Heartbeat, long_history: Path) -> None:
    heartbeat("import", LANE, long_history)
    before = heartbeat("parity", LANE, "--strict", "--last", "100")
    assert before.exit_code == 4
    assert "newest_row_lost" in before.document["strict_fail_reasons"]
    assert heartbeat("parity", LANE).exit_code == 0
    heartbeat("compact", LANE)
    assert heartbeat("parity", LANE, "--strict", "--last", "100").exit_code == 0


def test_an_incident_missing_from_the_compacted_file_fails_strict_parity_by_name(
    heartbeat: Heartbeat, project: CopiedProject, long_history: Path
) -> None:
    out = project.folder / "compacted.jsonl"
    heartbeat("compact", LANE, "--history", long_history, "--out", out)
    kept = [line for line in out.read_bytes().splitlines() if line != b'{"cut off": ']
    histories.write_history(out, kept)
    report_file = project.folder / "parity.json"
    arguments = ("--history", long_history, "--compacted", out, "--last", "100", "--out", report_file)
    outcome = heartbeat("parity", LANE, *arguments, "--strict")
    assert outcome.exit_code == 4
    assert outcome.document["strict_fail_reasons"] == ["malformed_count_lost"]
    assert outcome.document["incidents"]["malformed"] == {"raw": 1, "compacted": 0}
    assert report_file.read_text(encoding="utf-8") == outcome.stdout


def test_an_empty_history_compacts_to_an_empty_one(heartbeat: Heartbeat) -> None:
    report = heartbeat("compact", LANE, "--strict").document
    assert (report["entries_before"], report["entries_after"], report["status"]) == (0, 0, "ok")
    assert heartbeat("parity", LANE, "--strict").exit_code == 0


def test_a_cadence_that_would_not_be_stable_is_refused_with_the_field(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    with project.changed_attributes() as attributes:
        attributes["retention"] = {"middle_every": 3, "old_every": 20}
    assert "old_every 20 must be a multiple of middle_every 3" in heartbeat.fails(3, "compact", LANE)


@pytest.mark.parametrize(
    ("command", "arguments", "exit_code", "said"),
    [
        ("compact", ["--out", "{folder}/x.jsonl"], 2, "--out goes with --history"),
        ("compact", ["--history", "{folder}/nowhere.jsonl"], 2, "nowhere.jsonl: no such file"),
        ("compact", ["--history", "{folder}"], 3, "history {folder}"),
        ("compact", ["--history", "{history}", "--out", "{history}/x"], 3, "{history}/x: cannot be written"),
        ("parity", ["--history", "{history}"], 2, "--history and --compacted go together"),
        ("parity", ["--compacted", "{history}"], 2, "--history and --compacted go together"),
        ("parity", ["--history", "{history}", "--compacted", "{folder}/nowhere.jsonl"], 2, "no such file"),
    ],
)
def test_what_cannot_be_compacted_or_compared_is_named(
    heartbeat: Heartbeat,
    project: CopiedProject,
    long_history: Path,
    command: str,
    arguments: list[str],
    exit_code: int,
    said: str,
) -> None:
    places = {"folder": project.folder, "history": long_history}
    filled = [argument.format(**places) for argument in arguments]
    assert said.format(**places) in heartbeat.fails(exit_code, command, LANE, *filled)

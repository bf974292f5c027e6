"""`heartbeat import`, `export` and `verify`: histories in and out, and proof that one is whole."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

LANE = "citizen_product"


@pytest.fixture
def history(project: CopiedProject) -> Path:
    lines = histories.history(project.lane, "oofxdoo")
    # Older programs left rows like these: without an id, twice the same text, not UTF-8, with blanks around.
    odd = [
        b'{"status": "ok"}',
        b'{"status": "ok"}',
        b"\xff\xfe not text",
        b'  {"run_at": "2026-02-01", "x": "\xc3\xa9"}  ',
    ]
    return histories.write_history(project.folder / "heartbeats.jsonl", [*lines[:4], *odd, *lines[4:]])


def test_importing_twice_is_importing_once(heartbeat: Heartbeat, history: Path) -> None:
    first = heartbeat("import", LANE, history).document
    assert first == {
        "lane": LANE,
        "read": 11,
        "appended": 11,
        "duplicates": 0,
        "history_size_before": 0,
        "history_size_after": 11,
    }
    again = heartbeat("import", LANE, history).document
    assert (again["appended"], again["duplicates"], again["history_size_after"]) == (0, 11, 11)


def test_export_gives_back_what_was_imported_to_the_letter(
    heartbeat: Heartbeat, project: CopiedProject, history: Path
) -> None:
    heartbeat("import", LANE, history)
    out = project.folder / "out" / "exported.jsonl"
    report = heartbeat("export", LANE, "--out", out).document
    assert report == {"lane": LANE, "format": "jsonl", "file": str(out), "rows": 11}
    assert out.read_bytes() == history.read_bytes()


def test_export_then_import_into_an_empty_ledger_is_the_identity(
    heartbeat: Heartbeat, project: CopiedProject, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeat("import", LANE, history)
    exported = project.folder / "exported.jsonl"
    heartbeat("export", LANE, "--out", exported)
    head = heartbeat("verify", LANE).document["head_hash"]
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", f"sqlite:///{project.folder / 'other.sqlite'}")
    assert heartbeat("import", LANE, exported).document["appended"] == 11
    again = project.folder / "again.jsonl"
    heartbeat("export", LANE, "--out", again)
    assert again.read_bytes() == exported.read_bytes()
    assert heartbeat("verify", LANE).document["entries"] == 11
    assert len(head) == 64


def test_export_to_standard_output_is_the_lines_and_nothing_else(heartbeat: Heartbeat, project: CopiedProject) -> None:
    lines = histories.history(project.lane, "ofd")
    heartbeat("import", LANE, histories.write_history(project.folder / "h.jsonl", lines))
    outcome = heartbeat("export", LANE)
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert outcome.stdout.encode() == b"".join(line + b"\n" for line in lines)


def test_csv_has_a_header_a_line_per_row_and_the_text_of_malformed_ones(
    heartbeat: Heartbeat, project: CopiedProject, history: Path
) -> None:
    heartbeat("import", LANE, history)
    printed = heartbeat("export", LANE, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert [row["place"] for row in rows] == [str(place) for place in range(1, 12)]
    assert rows[2]["status"] == "failed"
    assert rows[2]["failure_reasons"] == "drilldown_click_rate_below_threshold"
    assert (rows[3]["malformed"], rows[3]["line"]) == ("true", '{"cut off": ')
    out = project.folder / "h.csv"
    assert heartbeat("export", LANE, "--format", "csv", "--out", out).document["rows"] == 11
    assert out.read_text(encoding="utf-8").splitlines() == printed.stdout.splitlines()


def test_parquet_holds_typed_columns(heartbeat: Heartbeat, project: CopiedProject, history: Path) -> None:
    import duckdb

    heartbeat("import", LANE, history)
    out = project.folder / "h.parquet"
    assert heartbeat("export", LANE, "--format", "parquet", "--out", out).document["rows"] == 11
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            "SELECT count(*), sum(drilldown_click_rate), count(*) FILTER (contract_complete), max(place) "
            "FROM read_parquet(?)",
            [str(out)],
        ).fetchone()
    assert found == (11, pytest.approx(2.55), 4, 11)


@pytest.mark.parametrize(
    ("command", "arguments", "exit_code", "said"),
    [
        ("import", ["{folder}/nowhere.jsonl"], 2, "history {folder}/nowhere.jsonl: no such file"),
        ("import", ["{folder}"], 3, "history {folder}"),
        ("export", ["--format", "parquet"], 2, "--out FILE is needed"),
        ("export", ["--json"], 2, "--out FILE is needed"),
        ("export", ["--out", "{history}/x.jsonl"], 3, "--out {history}/x.jsonl: cannot be written"),
        ("export", ["--out", "{folder}"], 3, "--out {folder}: cannot be written"),
        ("export", ["--format", "csv", "--out", "{history}/x.csv"], 3, "--out {history}/x.csv: cannot be written"),
        ("export", ["--format", "parquet", "--out", "{history}/x"], 3, "--out {history}/x: cannot be written"),
    ],
)
def test_what_cannot_be_moved_is_named(
    heartbeat: Heartbeat,
    project: CopiedProject,
    history: Path,
    command: str,
    arguments: list[str],
    exit_code: int,
    said: str,
) -> None:
    heartbeat("import", LANE, history)
    places = {"folder": project.folder, "history": history}
    message = heartbeat.fails(exit_code, command, LANE, *(argument.format(**places) for argument in arguments))
    assert said.format(**places) in message


def test_an_unbroken_chain_verifies_and_knows_the_heads_it_had(
    heartbeat: Heartbeat, project: CopiedProject, history: Path
) -> None:
    empty = heartbeat("verify", LANE).document
    assert (empty["unbroken"], empty["entries"]) == (True, 0)
    heartbeat("import", LANE, history)
    noted = heartbeat("verify", LANE).document
    assert (noted["unbroken"], noted["entries"], noted["broken_at"]) == (True, 11, None)
    file = histories.digest_file(project.lane, project.folder, 50)
    heartbeat("append", LANE, "--digest", file)
    later = heartbeat("verify", LANE, "--head", noted["head_hash"])
    assert (later.exit_code, later.document["entries"]) == (0, 12)


def test_a_head_that_is_no_longer_in_the_chain_ends_with_4(heartbeat: Heartbeat, history: Path) -> None:
    heartbeat("import", LANE, history)
    outcome = heartbeat("verify", LANE, "--head", "f" * 64)
    assert outcome.exit_code == 4
    assert outcome.document["unbroken"] is False
    assert outcome.document["reason"]


def test_a_row_changed_behind_the_programs_back_is_named_and_ends_with_4(
    heartbeat: Heartbeat, project: CopiedProject, history: Path
) -> None:
    heartbeat("import", LANE, history)
    with closing(sqlite3.connect(project.home / "ledger.sqlite", isolation_level=None)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("UPDATE heartbeat SET status = 'ok' WHERE place = 3")
        (trigger,) = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE UPDATE ON heartbeat%'"
        ).fetchone()
        connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE heartbeat SET text = replace(text, 'failed', 'ok') WHERE place = 3")
    outcome = heartbeat("verify", LANE)
    assert outcome.exit_code == 4
    assert (outcome.document["unbroken"], outcome.document["broken_at"]) == (False, 3)
    assert "BROKEN at row 3" in heartbeat("verify", LANE, "--table").stdout


def test_the_lines_of_a_lane_are_its_own(heartbeat: Heartbeat, project: CopiedProject, history: Path) -> None:
    from heartbeat_assets.ledger import NewEntry, open_ledger

    open_ledger(project.settings.ledger_url).append("other", NewEntry(line=b"{}", entry_key="k"))
    heartbeat("import", LANE, history)
    assert heartbeat("window", LANE).document["entries_total"] == 11
    assert len(heartbeat("export", LANE, "--format", "csv").stdout.splitlines()) == 12
    assert json.loads(heartbeat("lanes").stdout)[0]["entries_total"] == 11

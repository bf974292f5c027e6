"""Tests of transfer: whole histories in and out of the ledger, and the proof that a history is unbroken."""

import csv
import dataclasses
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from heartbeat_assets.errors import HeartbeatError, InputMissing, InputUnreadable
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.transfer import (
    export_file,
    export_lines,
    history_csv,
    history_frame,
    import_file,
    verify_lane,
)
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.lanes import gate_histories
from heartbeat_assets_tests.lanes.histories import (
    NOW,
    another,
    digest_of,
    histories,
    row_of,
    spec_with,
    write_history,
    write_rows,
)

COLUMNS = [
    "place", "run_at", "heartbeat_id", "status",
    "unknown_rate", "time_to_first_answer_seconds", "drilldown_click_rate",
    "max_unknown_rate", "max_time_to_first_answer_seconds", "min_drilldown_click_rate",
    "unknown_rate_within_threshold", "time_to_first_answer_within_threshold", "drilldown_click_rate_within_threshold",
    "telemetry_available", "contract_complete",
    "missing_metrics", "failure_reasons", "strict_fail_reasons", "error", "malformed", "line",
]  # fmt: skip


def exported(lane: Lane) -> list[bytes]:
    return [line.removesuffix(b"\n") for line in export_lines(lane)]


@settings(max_examples=25)
@given(histories(blank=True))
def test_what_was_imported_is_exported_to_the_letter_and_twice_is_once(lane: Lane, history: list[bytes]) -> None:
    lane = another(lane)
    file = write_history(lane.home / "history.jsonl", history)
    lines = [line for line in history if line.strip()]

    first = import_file(lane, file)
    second = import_file(lane, file)

    assert exported(lane) == lines
    assert (first["read"], first["appended"], first["duplicates"]) == (len(lines), len(lines), 0)
    assert (second["appended"], second["duplicates"]) == (0, len(lines))
    assert second["history_size_after"] == len(lines)


@settings(max_examples=12)
@given(histories(most=20))
def test_export_and_import_into_another_ledger_is_the_identity(lane: Lane, history: list[bytes]) -> None:
    one, other = another(lane), another(lane)
    import_file(one, write_history(one.home / "history.jsonl", history))

    export_file(one, "jsonl", one.home / "out.jsonl")
    import_file(other, one.home / "out.jsonl")

    assert exported(other) == exported(one)
    assert verify_lane(other)["unbroken"] is True


@pytest.mark.parametrize(
    "line",
    [
        b'{"heartbeat_id": "a", "status": "ok"}\r',
        b'  {"heartbeat_id":"a"}  ',
        b"\xff\xfe not text",
        b"\x00",
        b'{"heartbeat_id": "\\ud800"}',
        '{"heartbeat_id": "é", "status": "ŝ"}'.encode(),
        b"\xef\xbb\xbf{}",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"[" * 20_000,
    ],
)
def test_odd_text_is_kept_to_the_letter(lane: Lane, tmp_path: Path, line: bytes) -> None:
    import_file(lane, write_history(tmp_path / "history.jsonl", [line]))

    assert exported(lane) == [line]


def test_malformed_lines_of_the_same_text_are_all_kept(lane: Lane, tmp_path: Path) -> None:
    lines = [b"oops", b"oops", b'{"status": "ok"}', b"oops", b'{"status": "ok"}']
    file = write_history(tmp_path / "history.jsonl", lines)

    import_file(lane, file)
    again = import_file(lane, file)

    assert exported(lane) == lines
    assert again["appended"] == 0


def test_a_file_that_has_grown_adds_its_new_lines(lane: Lane, tmp_path: Path) -> None:
    lines = [b"oops", json.dumps(row_of(1)).encode(), b"oops"]
    import_file(lane, write_history(tmp_path / "history.jsonl", lines[:2]))

    report = import_file(lane, write_history(tmp_path / "history.jsonl", lines))

    assert (report["appended"], report["duplicates"]) == (1, 2)
    assert exported(lane) == lines


def test_an_imported_row_is_a_duplicate_for_append(lane: Lane, tmp_path: Path) -> None:
    import_file(lane, write_rows(tmp_path / "history.jsonl", [row_of(1)]))

    assert append_to_ledger(lane, digest_of(1), now=NOW)["duplicate_detected"] is True


def test_a_file_without_a_line_end_at_its_end_is_read_whole(lane: Lane, tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_bytes(b"one\ntwo")

    assert import_file(lane, tmp_path / "history.jsonl")["appended"] == 2
    assert exported(lane) == [b"one", b"two"]


def test_a_file_that_is_not_there_or_is_a_folder_is_named(lane: Lane, tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"nowhere\.jsonl: no such file"):
        import_file(lane, tmp_path / "nowhere.jsonl")
    with pytest.raises(InputUnreadable, match="Is a directory"):
        import_file(lane, tmp_path)


@pytest.fixture
def eventful(lane: Lane, tmp_path: Path) -> Lane:
    """A ledger with a good row, a failed one, a malformed one, and one of odd types."""
    odd = {
        "run_at": "2026-01-09",
        "heartbeat_id": "\ud800",
        "unknown_rate": "0.5",
        "contract_complete": 1,
        "failure_reasons": "text",
        "drilldown_click_rate": 10**400,
        "time_to_first_answer_seconds": 2**70,
    }
    lines = [
        json.dumps(row_of(1)).encode(),
        json.dumps(row_of(2, unknown=0.9, wait=None)).encode(),
        b'not, "json"\r',
        json.dumps(odd).encode(),
    ]
    import_file(lane, write_history(tmp_path / "history.jsonl", lines))
    return lane


def test_csv_has_a_header_and_a_line_per_row(eventful: Lane) -> None:
    text = b"".join(history_csv(eventful)).decode("utf-8")

    header, *rows = list(csv.reader(io.StringIO(text, newline="")))
    good, failed, malformed, odd = (dict(zip(header, row, strict=True)) for row in rows)
    assert header == COLUMNS
    assert (good["place"], good["unknown_rate"], good["contract_complete"]) == ("1", "0.1", "true")
    assert failed["time_to_first_answer_seconds"] == ""
    assert failed["time_to_first_answer_within_threshold"] == ""
    assert failed["failure_reasons"] == "unknown_rate_above_threshold"
    assert (malformed["malformed"], malformed["line"], malformed["status"]) == ("true", 'not, "json"\r', "")
    assert (odd["status"], odd["unknown_rate"], odd["contract_complete"]) == ("failed", "", "")


def test_a_frame_has_typed_columns_and_the_last_rows_alone_if_asked(eventful: Lane) -> None:
    frame = history_frame(eventful)

    assert list(frame.columns) == COLUMNS
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert {kinds[name] for name in COLUMNS[4:10]} == {"Float64"}
    assert {kinds[name] for name in COLUMNS[10:15]} == {"boolean"}
    assert (kinds["place"], kinds["malformed"]) == ("int64", "bool")
    assert frame["malformed"].tolist() == [False, False, True, False]
    assert frame["time_to_first_answer_seconds"].isna().tolist() == [False, True, True, False]
    assert history_frame(eventful, last=1)["place"].tolist() == [4]


def test_a_frame_of_an_empty_history_has_the_same_columns(lane: Lane) -> None:
    frame = history_frame(lane)

    assert (list(frame.columns), len(frame)) == (COLUMNS, 0)
    assert str(frame["contract_complete"].dtype) == "boolean"


def test_recorded_figures_are_columns_in_the_order_they_first_came(settings: Settings, tmp_path: Path) -> None:
    lane = find_lane(settings, "liberty_restrictions")
    first, second = gate_histories.row_of(0), gate_histories.row_of(1, totals__assessments_total=41)
    odd = {"retired_figure": 0.5, "line": 7, "place": 8, "never_a_number": "x", "half \ud800": 1}
    lines = [json.dumps(row).encode() for row in (first, second | odd)]
    import_file(lane, write_history(tmp_path / "history.jsonl", lines))

    frame = history_frame(lane)

    figures = [name.partition(".")[2] for name in gate_histories.FIGURES]
    assert list(frame.columns)[4 : 6 + len(figures)] == [*figures, "retired_figure", "focus_gate_passed"]
    assert frame["assessments_total"].tolist() == [40.0, 41.0]
    assert frame["retired_figure"].isna().tolist() == [True, False]
    assert (frame["place"].tolist(), frame["line"].tolist()) == ([1, 2], ["", ""])
    assert str(frame["norms_classified_pct"].dtype) == "Float64"
    assert history_frame(lane, last=1)["retired_figure"].tolist() == [0.5]
    header, *rows = csv.reader(io.StringIO(b"".join(history_csv(lane)).decode("utf-8"), newline=""))
    assert header == list(frame.columns)
    assert [row[header.index("assessments_total")] for row in rows] == ["40", "41"]
    assert export_file(lane, "parquet", tmp_path / "history.parquet") == 2


def test_the_period_of_a_row_and_the_error_of_a_failed_run_are_columns(lane: Lane, tmp_path: Path) -> None:
    partitions = {"by": "day", "start": "2026-01-01"}
    lane = dataclasses.replace(lane, spec=spec_with(sensor=None, partitions=partitions), name="partitioned")
    period = {
        "period": "2026-01-01", "revision": 2, "revises": "a", "backfilled": True, "events_in_period": 5,
        "late_events": 1,
    }  # fmt: skip
    failed = row_of(1) | period | {"error": "no such file"}
    import_file(lane, write_rows(tmp_path / "history.jsonl", [failed, row_of(2)]))

    frame = history_frame(lane)

    assert list(frame.columns) == [*COLUMNS[:-3], *period, "error", "malformed", "line"]
    assert frame.loc[0, [*period, "error"]].tolist() == ["2026-01-01", 2.0, "a", True, 5.0, 1.0, "no such file"]
    assert frame.loc[1, ["period", "revises", "error"]].tolist() == ["", "", ""]


def test_parquet_has_the_columns_of_the_frame(eventful: Lane, tmp_path: Path) -> None:
    import duckdb

    rows = export_file(eventful, "parquet", tmp_path / "out" / "history.parquet")

    with duckdb.connect() as connection:
        relation = connection.execute("SELECT * FROM read_parquet(?)", [str(tmp_path / "out" / "history.parquet")])
        types = {column[0]: str(column[1]) for column in relation.description or []}
        found = relation.fetchall()
    assert list(types) == COLUMNS
    assert (types["place"], types["unknown_rate"], types["contract_complete"]) == ("BIGINT", "DOUBLE", "BOOLEAN")
    assert (rows, [row[0] for row in found]) == (4, [1, 2, 3, 4])


@pytest.mark.parametrize(("form", "lines"), [("jsonl", 4), ("csv", 5)])
def test_a_file_is_written_and_its_rows_are_counted(eventful: Lane, tmp_path: Path, form: str, lines: int) -> None:
    assert export_file(eventful, form, tmp_path / "out") == 4
    assert (tmp_path / "out").read_bytes().count(b"\n") == lines


def test_a_place_that_cannot_be_written_is_a_clear_error(eventful: Lane, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    for form in ("jsonl", "csv", "parquet"):
        with pytest.raises(HeartbeatError, match="cannot be written"):
            export_file(eventful, form, tmp_path / "file" / "out")


def test_an_unbroken_chain_verifies(eventful: Lane) -> None:
    report = verify_lane(eventful)

    assert (report["unbroken"], report["entries"]) == (True, 4)
    assert verify_lane(eventful, report["head_hash"])["unbroken"] is True
    assert verify_lane(eventful, "0" * 63 + "1")["unbroken"] is False

"""The careful reading of a file gives what the engine gives, and takes lines that the engine refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartbeat_assets.telemetry import careful_reader
from heartbeat_assets.telemetry.careful_reader import careful_copy
from heartbeat_assets_tests.telemetry.events import SETS, event, lines_of_all_kinds, read_by_engine

COLUMNS = "session_id, event, ts_us, elapsed_ms, session_start, first_answer, drilldown"


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines_of_all_kinds, min_size=1, max_size=5))
def test_the_engine_reads_the_careful_copy_as_it_reads_the_file(tmp_path: Path, lists: list[list[bytes]]) -> None:
    file, copy = tmp_path / "x.jsonl", tmp_path / "copy.jsonl"
    file.write_bytes(b"".join(line + b"\n" for lines in lists for line in lines))
    careful_copy(file, copy)
    read, copied = (
        # What an unreadable line says beside its session does not count.
        [row if row[0] is not None else None for row in read_by_engine(path, SETS, COLUMNS)]
        for path in (file, copy)
    )
    assert copied == read


def test_the_copy_holds_plain_lines_only(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b'\n \x0b\n{"sid":"\xc3\xa9","ts":"-1","time":7}\r\nbroken\n[1]\n' + b"[" * 100_000)
    careful_copy(tmp_path / "x", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes().splitlines() == [
        b'{"session_id": "\\u00e9", "event": null, "timestamp": "1969-12-31T23:59:59+00:00", "elapsed_ms": null}',
        *(b"{}", b"{}", b"{}"),
    ]


def test_a_line_beyond_the_limit_is_unreadable_also_one_that_only_its_escapes_make_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(careful_reader, "LONGEST_LINE_BYTES", 200)
    lines = [event("a"), event("b", x="x" * 200), b'{"sid":"' + "é".encode() * 60 + b'"}\n', event("c")]
    (tmp_path / "x").write_bytes(b"".join(lines))
    careful_copy(tmp_path / "x", tmp_path / "copy")
    assert [row[0] for row in read_by_engine(tmp_path / "copy")] == ["a", None, None, "c"]

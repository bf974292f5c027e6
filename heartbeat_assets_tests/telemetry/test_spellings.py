"""The sample of event names is a hint: whatever it holds, an event reads the same."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.telemetry import typed_sql
from heartbeat_assets.telemetry.spellings import sample_spellings
from heartbeat_assets.warehouse import connect
from heartbeat_assets_tests.telemetry.events import SETS, event, lines_of_all_kinds, read_by_engine


def test_the_names_at_the_start_are_found_under_the_key_that_counts(tmp_path: Path) -> None:
    content = event(event="Open-Evidence", name="x") * 2 + event(event=" ", action=" page load\t") + b"oops\n[1]\n{}\n"
    (tmp_path / "x").write_bytes(content + event(event="no line end")[:-1])
    assert sample_spellings(tmp_path / "x") == {"Open-Evidence": "open_evidence", "page load": "page_load"}
    assert sample_spellings(tmp_path / "gone") == {}


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines_of_all_kinds, min_size=1, max_size=4))
@example([[event(event=name)[:-1] for name in ("it's", "a\0b", "\ud800", "Open Evidence", "é-È", "open_evidence")]])
def test_with_and_without_the_sample_the_events_are_the_same(tmp_path: Path, lists: list[list[bytes]]) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"".join(line + b"\n" for lines in lists for line in lines))
    with connect(tmp_path, keep_order=True) as connection:
        typed_sql.register_careful_functions(connection)
        sql = typed_sql.typed_events(typed_sql.raw_lines([str(file)]), SETS, sample_spellings(file))
        assert connection.execute(sql).fetchall() == read_by_engine(file, SETS, "*")

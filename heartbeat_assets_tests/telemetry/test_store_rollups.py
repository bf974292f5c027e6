"""A rollup is computed once for each part, for the query and the event sets of today."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.telemetry import part, typed_sql
from heartbeat_assets.telemetry import store as stores
from heartbeat_assets.telemetry.store import TelemetryStore
from heartbeat_assets.warehouse import QueryProblem, connect
from heartbeat_assets_tests.telemetry.events import ROLLUP_SQL, SETS, event, ingest, roll_up, rolled_up


def test_a_rollup_is_computed_once_for_each_part(two_days: Path, store: TelemetryStore) -> None:
    first = roll_up(store)
    assert rolled_up(first) == sorted([("a", 1, 1), ("b", 1, 0), (None, 1, 0), ("a", 1, 0)], key=str)
    times = [file.stat().st_mtime_ns for file in first]
    with (two_days / "day2.jsonl").open("ab") as file:
        file.write(event("c"))
    ingest(store, two_days)
    second = roll_up(store)
    assert len(second) == 3
    assert [file.stat().st_mtime_ns for file in first] == times
    assert set(first) < set(second)
    assert len(rolled_up(second)) == 5


@pytest.mark.parametrize(
    ("sets", "sql"),
    [(SETS | {"drilldown": ["x"]}, ROLLUP_SQL), (SETS, ROLLUP_SQL.replace("max(", "min("))],
    ids=["sets", "sql"],
)
def test_a_rollup_is_computed_anew_for_another_query_or_other_sets_and_the_old_one_goes(
    two_days: Path, store: TelemetryStore, sets: typed_sql.EventSets, sql: str
) -> None:
    first = roll_up(store)
    # As a process that was killed would leave it.
    first[0].with_suffix(".partial").write_bytes(b"half")
    second = roll_up(store, sets, sql)
    assert not set(first) & set(second)
    assert sorted(store.folder.rglob("*rollup*")) == sorted(second)
    assert roll_up(store) == first


def test_a_query_the_engine_refuses_leaves_no_rollup_and_the_earlier_ones(
    two_days: Path, store: TelemetryStore
) -> None:
    first = roll_up(store)
    with pytest.raises(QueryProblem, match="nonsense"):
        roll_up(store, sql="SELECT nonsense FROM events")
    with pytest.raises(QueryProblem, match="No files found"):
        roll_up(store, sql="SELECT * FROM read_parquet('nowhere/x.parquet')")
    assert sorted(store.folder.rglob("*rollup*")) == sorted(first)


def test_there_are_no_rollups_of_no_events_and_their_view_is_empty(source: Path, store: TelemetryStore) -> None:
    ingest(store, source)
    assert roll_up(store) == []
    with connect(store.scratch) as connection:
        stores.view_of_parquet(connection, "events", SETS, store.parquet_files())
        assert connection.execute("SELECT * FROM events").fetchall() == []
        assert {"session_id", "event", "ts_us", "elapsed_ms", *SETS} == {
            column[0] for column in connection.description or []
        }


def test_a_disk_that_fills_up_while_rolling_up_is_not_blamed_on_the_query(
    two_days: Path, store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(connection: object, sql: str) -> None:
        problem = QueryProblem("IO Error: No space left on device")
        problem.about_files = True
        raise problem

    monkeypatch.setattr(part, "run", full)
    with pytest.raises(HeartbeatError, match=f"{store.folder}: cannot be written .IO Error: No space left"):
        roll_up(store)
    assert list(store.folder.rglob("*rollup*")) == []

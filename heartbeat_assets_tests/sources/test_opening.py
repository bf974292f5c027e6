"""Tests of opening: sources as the tables SQL reads, for an owner that is no lane."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout

from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.sources.inputs import SourceMissing, SourceUnreadable, resolve_inputs
from heartbeat_assets.sources.opening import Opened, look_at_source, open_sources, telemetry_store
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets.sources.telemetry import update_telemetry
from heartbeat_assets.warehouse import QueryProblem, all_rows, one_row
from heartbeat_assets_tests.sources.reader import reader

EVENTS = {"kind": "events", "path": "events", "event_sets": {"answers": ["answer"]}}
ORDERS = {"kind": "table", "path": "orders.csv", "columns": {"id": "text", "total": "number"}}
SETTINGS = {"kind": "json", "path": "settings.json"}


@pytest.fixture
def shop(tmp_path: Path) -> SourceOwner:
    """A reader of two events, two orders and a document, with the events stored."""
    (tmp_path / "events").mkdir()
    write_events(tmp_path, "monday", "answer", "scroll")
    (tmp_path / "orders.csv").write_text("id,total\n1,2.5\n2,4\n", encoding="utf-8")
    (tmp_path / "settings.json").write_text('{"currency": "EUR"}', encoding="utf-8")
    owner = reader(tmp_path, {"events": EVENTS, "orders": ORDERS, "settings": SETTINGS})
    update_telemetry(owner)
    return owner


def write_events(project: Path, day: str, *events: str) -> None:
    lines = [json.dumps({"session_id": "a", "event": event, "timestamp": "2026-02-23T14:31:00Z"}) for event in events]
    (project / "events" / f"{day}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def counted(opened: Opened, table: str) -> int:
    return int(asked(opened, f'SELECT count(*) AS found FROM "{table}"')["found"])


def asked(opened: Opened, sql: str) -> dict[str, Any]:
    return opened("digest.sql", partial(one_row, opened.connection, sql))


def store_is_free(owner: SourceOwner) -> bool:
    try:
        with FileLock(telemetry_store(owner, "events").folder / ".lock", timeout=0):
            return True
    except Timeout:
        return False


def test_every_source_is_a_table_of_its_name(shop: SourceOwner) -> None:
    with open_sources(shop, resolve_inputs(shop)) as opened:
        assert asked(opened, "SELECT count(*) AS events, count(*) FILTER (answers) AS answers FROM events") == {
            "events": 2,
            "answers": 1,
        }
        assert asked(opened, "SELECT sum(total) AS total FROM orders") == {"total": 6.5}
        assert asked(opened, "SELECT doc->>'currency' AS currency FROM settings") == {"currency": "EUR"}


def test_what_was_seen_of_a_source_of_rows_is_kept(shop: SourceOwner) -> None:
    with open_sources(shop, resolve_inputs(shop)) as opened:
        assert list(opened.seen) == ["orders"]
        assert opened.seen["orders"].columns == (("id", "VARCHAR"), ("total", "DOUBLE"))
        assert opened.seen["orders"].files == (shop.source_path("orders"),)

    seen, rows = look_at_source(shop, "orders", shop.source_path("orders"))
    assert (seen.columns, rows) == ((("id", "VARCHAR"), ("total", "DOUBLE")), 2)


def test_only_the_named_sources_are_opened(shop: SourceOwner) -> None:
    with open_sources(shop, resolve_inputs(shop), only=["orders"]) as opened:
        assert counted(opened, "orders") == 2
        with pytest.raises(SpecProblem, match="events"):
            counted(opened, "events")


def test_a_table_may_have_another_name_than_its_source(shop: SourceOwner) -> None:
    with open_sources(shop, resolve_inputs(shop), copy_events=True, table_of="all {}".format) as opened:
        assert [counted(opened, f"all {name}") for name in ("events", "orders", "settings")] == [2, 2, 1]


def test_a_query_the_engine_refuses_names_its_file(shop: SourceOwner) -> None:
    with open_sources(shop, resolve_inputs(shop)) as opened, pytest.raises(SpecProblem) as refused:
        asked(opened, "SELEC 1")

    assert refused.value.file == str(shop.folder / "digest.sql")


def test_the_store_is_locked_while_its_events_are_a_view(shop: SourceOwner) -> None:
    with open_sources(shop, resolve_inputs(shop)):
        assert not store_is_free(shop)
    assert store_is_free(shop)


def test_copied_events_leave_the_store_to_others_and_stay_as_they_were(shop: SourceOwner, tmp_path: Path) -> None:
    with open_sources(shop, resolve_inputs(shop), copy_events=True) as opened:
        assert store_is_free(shop)
        write_events(tmp_path, "tuesday", "answer")
        (tmp_path / "events" / "monday.jsonl").unlink()
        update_telemetry(shop)

        assert asked(opened, "SELECT count(*) AS events, count(*) FILTER (answers) AS answers FROM events") == {
            "events": 2,
            "answers": 1,
        }
        tables = all_rows(opened.connection, "SELECT table_name AS name FROM duckdb_tables()", at_most=10)
        views = all_rows(opened.connection, "SELECT view_name AS name FROM duckdb_views() WHERE temporary", at_most=99)
    assert {row["name"] for row in tables} == {"events", "orders", "settings", "sources"}
    assert not [row for row in views if "events" in row["name"]]


def test_copied_events_are_the_rows_and_columns_of_the_view(shop: SourceOwner) -> None:
    found = []
    for copy in (False, True):
        with open_sources(shop, resolve_inputs(shop), copy_events=copy) as opened:
            found.append(all_rows(opened.connection, "SELECT * FROM events ORDER BY event", at_most=10))
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_an_optional_source_that_is_not_there_is_empty_and_no_problem(tmp_path: Path) -> None:
    problems: dict[str, HeartbeatError] = {}
    owner = reader(tmp_path, {"events": EVENTS | {"required": False}, "orders": ORDERS | {"required": False}})

    with open_sources(owner, resolve_inputs(owner), on_problem=problems.__setitem__) as opened:
        assert [counted(opened, name) for name in ("events", "orders")] == [0, 0]
        assert asked(opened, "SELECT bool_or(present) AS any_there FROM sources") == {"any_there": False}

    assert problems == {}


def test_without_a_listener_a_source_that_cannot_be_read_is_raised(shop: SourceOwner, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("id,total\n1,lots\n", encoding="utf-8")

    with pytest.raises(SourceUnreadable, match=r"input orders: .*lots"), open_sources(shop, resolve_inputs(shop)):
        pass


@pytest.mark.parametrize(
    ("break_it", "kind", "words"),
    [
        (lambda file: file.write_text("id,total\n1,lots\n"), SourceUnreadable, "input orders: .*lots"),
        (lambda file: file.write_text("id\n1\n"), SourceUnreadable, "'total' is used in revenue.sql line 1"),
        (lambda file: file.unlink(), SourceMissing, "input orders: .*orders.csv"),
    ],
)
def test_a_source_that_cannot_be_read_is_told_and_the_others_are_opened(
    shop: SourceOwner, tmp_path: Path, break_it: Any, kind: type[HeartbeatError], words: str
) -> None:
    owner = reader(tmp_path, {"orders": ORDERS, "events": EVENTS}, revenue="SELECT sum(total) FROM orders")
    paths = resolve_inputs(owner)
    break_it(tmp_path / "orders.csv")
    problems: dict[str, HeartbeatError] = {}

    with open_sources(owner, paths, on_problem=problems.__setitem__) as opened:
        assert counted(opened, "events") == 2
        assert "orders" not in opened.seen
        with pytest.raises(SpecProblem, match="orders"):
            counted(opened, "orders")
        there = all_rows(opened.connection, "SELECT name FROM sources WHERE present", at_most=10)

    assert there == [{"name": "events"}]
    assert list(problems) == ["orders"]
    with pytest.raises(kind, match=words):
        raise problems["orders"]


def test_a_required_source_that_was_not_found_is_told_as_missing(shop: SourceOwner, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").unlink()
    problems: dict[str, HeartbeatError] = {}
    found = {name: shop.source_path(name) for name in ("events", "settings")}

    with open_sources(shop, found, on_problem=problems.__setitem__) as opened:
        assert counted(opened, "events") == 2

    assert isinstance(problems["orders"], SourceMissing)
    assert str(problems["orders"]).startswith(f"input orders: {tmp_path / 'orders.csv'}")


@pytest.mark.parametrize("copy", [False, True])
def test_a_store_that_cannot_be_read_is_told_and_left_unlocked(shop: SourceOwner, copy: bool) -> None:
    for part in telemetry_store(shop, "events").parquet_files():
        part.write_bytes(b"no Parquet")
    problems: dict[str, HeartbeatError] = {}

    with open_sources(shop, resolve_inputs(shop), copy_events=copy, on_problem=problems.__setitem__) as opened:
        assert store_is_free(shop)
        assert counted(opened, "orders") == 2
        with pytest.raises((SpecProblem, QueryProblem)):
            counted(opened, "events")

    assert isinstance(problems["events"], SourceUnreadable)
    assert str(telemetry_store(shop, "events").folder) in str(problems["events"])

"""Rows on their way from another database to the engine."""

from pathlib import Path

from heartbeat_assets.warehouse import connect
from heartbeat_assets.warehouse.tables.csv_walk import LONGEST_RECORD_BYTES
from heartbeat_assets.warehouse.tables.relay import new_relay
from heartbeat_assets.warehouse.tables.rows import store


def test_values_come_over_with_their_types_and_null_stays_apart_from_text(tmp_path: Path) -> None:
    relay = new_relay(tmp_path)
    relay.take(
        [(2**63 - 1, 0.1 + 0.2, "true", ""), (relay.null, relay.null, relay.null, relay.null), (1, 1, "f", '\r"')]
    )
    types = {"i": "BIGINT", "f": "DOUBLE", "ok": "BOOLEAN", "select": "VARCHAR"}
    with connect(tmp_path) as connection:
        store(connection, "t", [relay.rows(types, "there")], {})
        assert connection.execute("FROM t ORDER BY i DESC NULLS LAST").fetchall() == [
            (2**63 - 1, 0.1 + 0.2, True, ""),
            (1, 1.0, False, '\r"'),
            (None, None, None, None),
        ]


def test_a_long_text_comes_over_whole(tmp_path: Path) -> None:
    relay = new_relay(tmp_path)
    texts = ["x" * (LONGEST_RECORD_BYTES - 10), "\n" * 5_000_000, "y"]
    relay.take([(text,) for text in texts])
    with connect(tmp_path) as connection:
        store(connection, "t", [relay.rows({"a": "VARCHAR"}, "there")], {"a": "text"})
        found = connection.execute("SELECT a FROM t").fetchall()
    assert sorted(found) == sorted((text,) for text in texts)


def test_no_two_relays_share_a_file_or_a_mark(tmp_path: Path) -> None:
    first, second = new_relay(tmp_path), new_relay(tmp_path)
    assert first.file != second.file
    assert first.null != second.null

"""What fits a declared type, and what does not: nothing is rounded, cut or guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.warehouse import connect
from heartbeat_assets.warehouse.tables.columns import COLUMN_TYPES, MEANING, SQL_TYPES, fitted, has_value


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path_factory.mktemp("columns")) as opened:
        yield opened


def read(connection: duckdb.DuckDBPyConnection, value: str, wanted: str) -> Any:
    """The SQL expression `value` as `wanted`; its type must be the one that is promised."""
    connection.execute(f"CREATE OR REPLACE TABLE given AS SELECT {value} AS v")
    raw_type = connection.execute("SELECT column_type FROM (DESCRIBE given)").fetchall()[0][0]
    sql = f"SELECT x, typeof(x) FROM (SELECT {fitted('v', raw_type, wanted)} AS x FROM given)"
    (found, type_), *_ = connection.execute(sql).fetchall()
    assert type_.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ") == SQL_TYPES[wanted]
    return found


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", 5), ("-5", -5), ("+5", 5), (" 5 ", 5), ("5.0", 5), ("5.", 5), ("5e3", 5000), ("00123", 123),
        ("9007199254740993", 2**53 + 1), ("9007199254740993.0", 2**53 + 1), ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None), ("5.5", None), ("5e-1", None), ("abc", None), ("", None), ("  ", None),
        ("1_000", None), ("0x10", None), ("1e400", None), ("nan", None), ("true", None), ("٣", None),
    ],
)  # fmt: skip
def test_an_integer_in_text(connection: duckdb.DuckDBPyConnection, written: str, value: int | None) -> None:
    assert read(connection, text(written), "integer") == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.5", 1.5), ("-1", -1.0), (" .5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("\u00a07", 7.0),
        ("1" * 300, float("1" * 300)), ("1" * 400, None), ("1e400", None), ("nan", None), ("inf", None),
        ("-Infinity", None), ("", None), ("1,5", None), ("1_0", None),
    ],
)  # fmt: skip
def test_a_number_in_text(connection: duckdb.DuckDBPyConnection, written: str, value: float | None) -> None:
    assert read(connection, text(written), "number") == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("TRUE", True), ("t", True), ("1", True), ("1.0", True), ("yes", True), (" true ", True),
        ("false", False), ("F", False), ("0", False), ("0.0", False), ("n", False),
        ("2", None), ("on", None), ("", None), ("tru", None),
    ],
)  # fmt: skip
def test_a_boolean_in_text(connection: duckdb.DuckDBPyConnection, written: str, value: bool | None) -> None:
    assert read(connection, text(written), "boolean") is value


NOON = datetime(2026, 4, 12, 12, 0, 0, tzinfo=UTC)
DAY = date(2026, 4, 12)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-04-12T12:00:00Z", NOON), ("2026-04-12T12:00:00", NOON), ("2026-04-12 12:00", NOON),
        ("2026-04-12T14:00:00+02:00", NOON), ("2026-04-12T14:00:00+0200", NOON), ("2026-04-12 14:00:00+02", NOON),
        (" 2026-04-12t12:00:00z ", NOON), ("2026-04-12T04:00:00-08:00", NOON),
        ("2026-04-12T12:00:00.250Z", NOON.replace(microsecond=250_000)),
        ("2026-04-12", NOON.replace(hour=0)),
        ("1775995200", NOON), ("1775995200000", NOON), (" 1775995200.0", NOON),
        ("1775995200.25", NOON.replace(microsecond=250_000)), ("1775995200250", NOON.replace(microsecond=250_000)),
        ("20260412", datetime(1970, 8, 23, 11, 53, 32, tzinfo=UTC)),
        ("-1", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("253402300799", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1000000000001", datetime(2001, 9, 9, 1, 46, 40, 1000, tzinfo=UTC)),
        ("1000000000000", None), ("253402300800", None), ("253402300800000", None), ("1e300", None),
        ("2026-02-30", None), ("2026-04-12T25:00:00Z", None), ("2026-04-12T12", None), ("12.04.2026", None),
        ("2026-04-12 12:00:00 Europe/Madrid", None), ("infinity", None), ("epoch", None), ("now", None), ("", None),
    ],
)  # fmt: skip
def test_a_timestamp_in_text_keeps_its_offset(
    connection: duckdb.DuckDBPyConnection, written: str, value: datetime | None
) -> None:
    assert read(connection, text(written), "timestamp") == value


@settings(max_examples=25)
@given(
    st.datetimes(
        min_value=datetime(1, 1, 2),  # noqa: DTZ001
        max_value=datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.timezones() | st.just(UTC),
    )
)
@example(datetime(2026, 10, 25, 2, 30, tzinfo=UTC))
def test_every_time_that_python_writes_is_read_as_that_time(
    connection: duckdb.DuckDBPyConnection, written: datetime
) -> None:
    offset = written.utcoffset()
    assert offset is not None
    assert read(connection, text(written.isoformat()), "timestamp") == written.astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-04-12", DAY), (" 2026-04-12 ", DAY), ("2026-04-12T00:00:00Z", DAY),
        ("2026-04-12 00:00:00", DAY), ("2026-04-12T00:00:00.000", DAY),
        ("2026-04-12T12:00:00", None), ("2026-04-12T00:00:00+02:00", None), ("2026-02-30", None), ("20260412", None),
        ("12/04/2026", None), ("2026-4-1", None), ("infinity", None), ("", None),
    ],
)  # fmt: skip
def test_a_date_in_text_has_no_time_of_day(
    connection: duckdb.DuckDBPyConnection, written: str, value: date | None
) -> None:
    assert read(connection, text(written), "date") == value


@pytest.mark.parametrize(("written", "value"), [('{"a": [1]}', '{"a": [1]}'), ("5", "5"), ("x", None), ("", None)])
def test_json_in_text(connection: duckdb.DuckDBPyConnection, written: str, value: str | None) -> None:
    assert read(connection, text(written), "json") == value


@pytest.mark.parametrize(
    ("value", "wanted", "found"),
    [
        ("5::UTINYINT", "integer", 5), ("5.0::DOUBLE", "integer", 5), ("5.00::DECIMAL(5, 2)", "integer", 5),
        ("5.5::DOUBLE", "integer", None), ("'inf'::DOUBLE", "integer", None), ("1e19::DOUBLE", "integer", None),
        ("170141183460469231731687303715884105727::HUGEINT", "integer", None), ("true", "integer", None),
        ("[1, 2]", "integer", None), ("[1.5]::DECIMAL(5, 2)[]", "number", None),
        ("5::BIGINT", "number", 5.0), ("5.25::DECIMAL(5, 2)", "number", 5.25), ("'nan'::DOUBLE", "number", None),
        ("1::INTEGER", "boolean", True), ("0.0::DOUBLE", "boolean", False), ("2::INTEGER", "boolean", None),
        ("TIMESTAMP '2026-04-12 12:00:00'", "timestamp", NOON),
        ("'2026-04-12 12:00:00'::TIMESTAMP_NS", "timestamp", NOON),
        ("TIMESTAMPTZ '2026-04-12 14:00:00+02'", "timestamp", NOON),
        ("DATE '2026-04-12'", "timestamp", NOON.replace(hour=0)),
        ("1775995200::BIGINT", "timestamp", NOON), ("1775995200000.0::DOUBLE", "timestamp", NOON),
        ("'infinity'::TIMESTAMP", "timestamp", None), ("TIME '12:00:00'", "timestamp", None),
        ("TIMESTAMP '2026-04-12 00:00:00'", "date", DAY), ("TIMESTAMP '2026-04-12 12:00:00'", "date", None),
        ("'infinity'::DATE", "date", None), ("'-infinity'::TIMESTAMP", "date", None),
        ("[1, 2]", "json", "[1,2]"), ("{'a': 1}", "json", '{"a":1}'), ("5::INTEGER", "json", "5"),
        ("5::INTEGER", "text", "5"), ("5.0::DOUBLE", "text", "5.0"), ("true", "text", "true"),
        ("'caf\\xC3\\xA9'::BLOB", "text", "café"), ("'\\xFF'::BLOB", "text", None),
        ("'3fa85f64-5717-4562-b3fc-2c963f66afa6'::UUID", "text", "3fa85f64-5717-4562-b3fc-2c963f66afa6"),
        ("'\"5\"'::JSON", "integer", 5), ("'5.0'::JSON", "text", "5.0"), ("'\"a\"'::JSON", "text", "a"),
        ("'[1]'::JSON", "number", None), ("'true'::JSON", "boolean", True), ("'\"a\"'::JSON", "json", '"a"'),
        ("'12345678901234567890123'::JSON", "text", "12345678901234567890123"), ("'null'::JSON", "text", None),
    ],
)  # fmt: skip
def test_a_value_that_has_a_type_already(
    connection: duckdb.DuckDBPyConnection, value: str, wanted: str, found: Any
) -> None:
    assert read(connection, value, wanted) == found


@pytest.mark.parametrize("wanted", COLUMN_TYPES)
@pytest.mark.parametrize(
    "type_", ["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "TIMESTAMP", "DATE", "JSON", "BLOB", "INT[]"]
)
def test_null_stays_null_whatever_is_wanted(connection: duckdb.DuckDBPyConnection, type_: str, wanted: str) -> None:
    assert read(connection, f"NULL::{type_}", wanted) is None


@settings(max_examples=20)
@given(st.integers(-(2**63), 2**63 - 1))
def test_no_digit_of_an_integer_is_lost(connection: duckdb.DuckDBPyConnection, value: int) -> None:
    assert read(connection, text(str(value)), "integer") == value
    assert read(connection, f"{value}::HUGEINT", "integer") == value


@settings(max_examples=25)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_that_python_writes_is_read_as_that_number(
    connection: duckdb.DuckDBPyConnection, value: float
) -> None:
    assert read(connection, text(repr(value)), "number") == value


@pytest.mark.parametrize(
    ("value", "type_", "there"),
    [("NULL", "VARCHAR", False), ("''", "VARCHAR", True), ("'null'::JSON", "JSON", False), ("'0'::JSON", "JSON", True)],
)
def test_a_null_of_json_is_no_value(connection: duckdb.DuckDBPyConnection, value: str, type_: str, there: bool) -> None:
    assert connection.execute(f"SELECT {has_value(f'({value})', type_)}").fetchall() == [(there,)]


def test_every_type_has_its_sql_type_and_its_words() -> None:
    assert set(SQL_TYPES) == set(MEANING) == set(COLUMN_TYPES)

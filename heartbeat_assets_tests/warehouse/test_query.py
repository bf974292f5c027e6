"""Running SQL, giving it what it reads, and saying what is wrong in the engine's own words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartbeat_assets.warehouse import (
    QueryProblem,
    add_document,
    add_rows,
    connect,
    one_row,
    one_value,
    run,
    write_parquet,
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path) as opened:
        yield opened


def test_one_row_is_returned_by_column_name(connection: duckdb.DuckDBPyConnection) -> None:
    row = one_row(connection, "SELECT 1 AS a, NULL AS \"telemetry.sessions_total\", 'x' AS b")
    assert row == {"a": 1, "telemetry.sessions_total": None, "b": "x"}


@pytest.mark.parametrize(("rows", "said"), [(0, "no row"), (2, "more than one row"), (100_000, "more than one row")])
def test_any_other_number_of_rows_is_a_problem(connection: duckdb.DuckDBPyConnection, rows: int, said: str) -> None:
    with pytest.raises(QueryProblem, match=f"returned {said}; it must return exactly one"):
        one_row(connection, f"SELECT * FROM range({rows})")


def test_a_problem_is_told_in_the_words_of_the_engine(connection: duckdb.DuckDBPyConnection) -> None:
    for sql, said in (
        ("SELEC 1", "syntax error at or near"),
        ("SELECT nope FROM range(1)", '"nope" not found'),
        ("SELECT CAST('x' AS INTEGER)", "Could not convert string 'x'"),
    ):
        with pytest.raises(QueryProblem, match=said) as raised:
            run(connection, sql)
        assert not raised.value.about_files
        assert str(raised.value) == str(raised.value).strip()
        assert isinstance(raised.value.__cause__, duckdb.Error)


def test_a_place_that_cannot_be_written_is_told_from_a_file_that_the_query_names_wrongly(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with pytest.raises(QueryProblem) as raised:
        run(connection, f"COPY (SELECT 1) TO '{tmp_path}/nowhere/x.parquet' (FORMAT parquet)")
    assert raised.value.about_files
    with pytest.raises(QueryProblem) as raised:
        run(connection, f"SELECT * FROM read_parquet('{tmp_path}/nowhere/x.parquet')")
    assert not raised.value.about_files


def test_parameters_are_bound(connection: duckdb.DuckDBPyConnection) -> None:
    run(connection, "SELECT ?, ?", ["'; DROP TABLE x --", None])
    assert connection.fetchall() == [("'; DROP TABLE x --", None)]


def test_parameters_are_bound_by_name(connection: duckdb.DuckDBPyConnection) -> None:
    run(connection, "-- $c\nSELECT $a, $b, $a", {"a": 1, "b": "'x'"})
    assert connection.fetchall() == [(1, "'x'", 1)]
    with pytest.raises(QueryProblem, match="Values were not provided"):
        run(connection, "SELECT $a, $b", {"a": 1})


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT 1", 1.0),
        ("SELECT 0.1::DOUBLE", 0.1),
        ("SELECT 1.50::DECIMAL(10, 2)", 1.5),
        ("SELECT 2::HUGEINT ** 100", 2.0**100),
        ("SELECT 340282366920938463463374607431768211455::UHUGEINT", 2.0**128),
        ("SELECT NULL", None),
        ("SELECT NULL::VARCHAR", None),
        ("SELECT 1 WHERE false", None),
        ("SELECT count(*) FROM range(3) WHERE make_date(2026, 1, 1) < $at", 3.0),
    ],
)
def test_one_value_is_a_number_or_nothing(connection: duckdb.DuckDBPyConnection, sql: str, value: float | None) -> None:
    found = one_value(connection, sql, {"at": datetime(2026, 2, 1, tzinfo=UTC)} if "$at" in sql else None)
    assert found == value
    assert found is None or type(found) is float


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT true", "returned a truth value, True; it must return a number"),
        ("SELECT '1'", "returned text, '1'; it must return a number"),
        (f"SELECT '{'x' * 100}'", r"returned text, 'x{59}\.\.\.; it must return a number"),
        ("SELECT DATE '2026-01-01'", "returned a date, "),
        ("SELECT [1]", r"returned a list, \[1\]; "),
        ("SELECT 1, 2", "returned 2 columns; it must return one, the value"),
        ("SELECT 1 AS a, 2 AS a", "returned 2 columns; "),
        ("SELECT 1 FROM range(2)", "returned more than one row; it must return one, with the value"),
        ("SELECT 1 / 0", "returned inf; it must return a finite number: look for a division by 0"),
        ("SELECT 'nan'::DOUBLE", "returned nan; "),
        ("SELECT nope", '"nope" was not found'),
        ("SELECT error('stop')", "stop"),
    ],
)
def test_what_is_not_one_number_is_a_problem(connection: duckdb.DuckDBPyConnection, sql: str, said: str) -> None:
    with pytest.raises(QueryProblem, match=said):
        one_value(connection, sql)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8))
def test_a_document_is_a_table_of_one_row_whatever_its_name(tmp_path: Path, table: str) -> None:
    name = '"' + table.replace('"', '""') + '"'
    with connect(tmp_path) as connection:
        add_document(connection, table, '{"a": {"b": "it\'s"}}')
        assert one_row(connection, f"SELECT doc ->> '$.a.b' AS found FROM {name}") == {"found": "it's"}


def test_without_a_document_its_table_is_empty(connection: duckdb.DuckDBPyConnection) -> None:
    add_document(connection, "summary", None)
    assert one_row(connection, "SELECT count(*) AS rows, max(doc ->> '$.a') AS a FROM summary") == {
        "rows": 0,
        "a": None,
    }


def test_a_text_that_is_no_json_is_no_document(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QueryProblem, match="Malformed JSON"):
        add_document(connection, "snapshot", "{")


def test_rows_become_a_table_with_the_columns_given(connection: duckdb.DuckDBPyConnection) -> None:
    add_rows(connection, 'so"urces', "name VARCHAR, present BOOLEAN", [("it's", True), ("b", None)])
    run(connection, 'SELECT * FROM "so""urces"')
    assert connection.fetchall() == [("it's", True), ("b", None)]
    add_rows(connection, "none", "name VARCHAR", [])
    assert one_row(connection, "SELECT count(*) AS rows FROM none") == {"rows": 0}
    with pytest.raises(QueryProblem, match="already exists"):
        add_rows(connection, "none", "name VARCHAR", [])


def test_a_frame_is_written_whole_and_replaces_the_one_before(tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "it's [1].parquet"
    for values in ([1, 2], [3]):
        write_parquet(pd.DataFrame({"a": values, "b": ["x"] * len(values)}), out)
        assert [path.name for path in out.parent.iterdir()] == [out.name]
        with duckdb.connect(":memory:") as connection:
            rows = connection.execute("SELECT a, b FROM read_parquet(?)", [str(out).replace("[", "[[]")]).fetchall()
        assert rows == [(value, "x") for value in values]


def test_a_frame_that_cannot_be_written_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "x.parquet"
    write_parquet(pd.DataFrame({"a": [1]}), out)
    before = out.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_parquet(pd.DataFrame({"a": [2]}), out)
    with pytest.raises(QueryProblem):
        write_parquet(pd.DataFrame(), out)
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.parquet"]

"""Running SQL, giving it what it reads, and saying what is wrong in the engine's own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heartbeat_assets.warehouse import QueryProblem, add_document, add_rows, connect, one_row, run, write_parquet


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


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
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

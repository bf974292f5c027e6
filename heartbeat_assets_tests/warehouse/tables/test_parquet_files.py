"""Parquet files as tables."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from heartbeat_assets.warehouse import connect
from heartbeat_assets.warehouse.tables import TableAt, add_table
from heartbeat_assets.warehouse.tables.problems import ColumnsMissing, TableUnreadable
from heartbeat_assets_tests.warehouse.table_reading import read, refusal, rows_of


def write(folder: Path, select: str, name: str = "x.parquet") -> Path:
    folder.mkdir(exist_ok=True)
    plain = folder / "being written"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{plain!s}' (FORMAT parquet)".replace("it's", "it''s"))
    return plain.rename(folder / name)


def test_types_are_kept_when_nothing_is_declared(tmp_path: Path) -> None:
    select = "SELECT 1::INTEGER AS i, '' AS s, DATE '2026-01-01' AS d, TIMESTAMP '2026-01-01' AS t, [1] AS l"
    seen, rows = read(tmp_path, write(tmp_path, select))
    assert seen.columns == (("i", "INTEGER"), ("s", "VARCHAR"), ("d", "DATE"), ("t", "TIMESTAMP"), ("l", "INTEGER[]"))
    assert rows == [(1, "", date(2026, 1, 1), datetime(2026, 1, 1), [1])]  # noqa: DTZ001


def test_declared_columns_come_typed_in_their_order_and_nothing_else_is_visible(tmp_path: Path) -> None:
    select = """SELECT * FROM (VALUES (7, 'x', '2026-04-12T14:00:00+02:00', 5.0::DOUBLE, '', {'a': 1}),
        (NULL, NULL, NULL, NULL, NULL, NULL)) AS t(id, secret, "at", n, s, o)"""
    types = {"s": "text", "id": "text", "n": "integer", "at": "timestamp", "o": "json"}
    seen, rows = read(tmp_path, write(tmp_path, select), types)
    assert [type_ for _, type_ in seen.columns] == ["VARCHAR", "VARCHAR", "BIGINT", "TIMESTAMPTZ", "JSON"]
    assert rows == [("", "7", 5, datetime(2026, 4, 12, 12, tzinfo=UTC), '{"a":1}'), (None,) * 5]


@pytest.mark.parametrize("folder", ["plain", "it's", "a[1]", "a*b", "key=value"])
def test_files_are_joined_by_column_name_wherever_they_lie(tmp_path: Path, folder: str) -> None:
    write(tmp_path / folder, "SELECT 1 AS a, 'x' AS b", "1.parquet")
    write(tmp_path / folder, "SELECT 'y' AS b, 2.5::DOUBLE AS a", "2.pq")
    write(tmp_path / folder, "SELECT 3::BIGINT AS a, true AS c, 'z' AS b", "3.parquet")
    assert rows_of(tmp_path, tmp_path / folder, {"b": "text", "a": "number"}) == [("x", 1.0), ("y", 2.5), ("z", 3.0)]
    seen, rows = read(tmp_path, tmp_path / folder / "*.p*")
    assert seen.columns == (("a", "DOUBLE"), ("b", "VARCHAR"), ("c", "BOOLEAN"))
    assert [file.name for file in seen.files] == ["1.parquet", "2.pq", "3.parquet"]
    assert rows == [(1.0, "x", None), (2.5, "y", None), (3.0, "z", True)]


def test_the_file_that_lost_a_column_is_named(tmp_path: Path) -> None:
    write(tmp_path, "SELECT 1 AS a, 2 AS b", "1.parquet")
    write(tmp_path, 'SELECT 1 AS a, 2 AS "b "', "2.parquet")
    problem = refusal(tmp_path, tmp_path, {"a": "integer", "b": "integer"})
    assert isinstance(problem, ColumnsMissing)
    assert str(problem) == f"{tmp_path}/2.parquet: no column b (did you mean 'b '?); it has a, 'b '"


@pytest.mark.parametrize(
    ("select", "wanted", "said"),
    [
        ("SELECT 'abc' AS a", "number", "'abc' is not a finite number"),
        ("SELECT 5.5::DOUBLE AS a", "integer", "'5.5' is not a whole number of at most 64 bits"),
        ("SELECT 'nan'::DOUBLE AS a", "number", "'nan' is not a finite number"),
        ("SELECT TIMESTAMP '2026-01-01 10:00:00' AS a", "date", "'2026-01-01 10:00:00' is not a date like 2026-02-23"),
        ("SELECT '\\xFF'::BLOB AS a", "text", "'\\\\xFF' is not UTF-8 text"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_file_column_and_type(
    tmp_path: Path, select: str, wanted: str, said: str
) -> None:
    write(tmp_path, "SELECT NULL::VARCHAR AS a", "1.parquet")
    write(tmp_path, select, "2.parquet")
    assert str(refusal(tmp_path, tmp_path, {"a": wanted})) == (
        f"{tmp_path}/2.parquet: column a is declared {wanted}, and {said}; correct the value, or declare another type"
    )


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all", b"PAR1" + b"x" * 100 + b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.parquet").write_bytes(content)
    problem = refusal(tmp_path, tmp_path / "x.parquet", {"a": "text"})
    assert isinstance(problem, TableUnreadable)
    assert str(problem).startswith(f"{tmp_path}/x.parquet: is no Parquet file that can be read: ")


def test_a_column_may_be_called_anything(tmp_path: Path) -> None:
    file = write(tmp_path, 'SELECT 1 AS filename, 2 AS "we""ird", 3 AS "select"')
    assert rows_of(tmp_path, file, {"select": "integer", "filename": "text"}) == [(3, "1")]
    bad = write(tmp_path, "SELECT 'x' AS filename")
    assert f"{bad}: column filename is declared number" in str(refusal(tmp_path, bad, {"filename": "number"}))


def test_rows_are_read_where_they_lie(tmp_path: Path) -> None:
    file = write(tmp_path, "SELECT i AS a FROM range(3) AS r(i)")
    with connect(tmp_path) as connection:
        add_table(connection, "t", TableAt(str(file)), {"a": "number"}, tmp_path)
        assert connection.execute("SELECT table_type FROM information_schema.tables").fetchall() == [("VIEW",)]
        assert connection.execute("SELECT sum(a) FROM t").fetchall() == [(3.0,)]

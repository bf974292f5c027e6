"""Tables and views in SQLite files."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.warehouse.tables.problems import ColumnsMissing, TableUnreadable
from heartbeat_assets_tests.warehouse.table_reading import read, refusal, rows_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "it's [1]*? %41#" / "a.sqlite"


@pytest.fixture
def database(file: Path) -> Iterator[sqlite3.Connection]:
    file.parent.mkdir()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection


def test_declared_columns_come_typed_in_their_order_and_nothing_else_is_visible(
    tmp_path: Path, file: Path, database: sqlite3.Connection
) -> None:
    database.execute('CREATE TABLE t (id, "we""ird", n, f, at, ok, secret)')
    rows = [
        ("007", "", 2**53 + 1, "1.5", "2026-04-12T14:00:00+02:00", 1, 1),
        (5, "x", 5.0, 2, 1775995200, "false", 2),
        (5.0, None, "5", None, None, None, 3),
    ]
    database.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    types = {"at": "timestamp", "id": "text", 'we"ird': "text", "n": "integer", "f": "number", "ok": "boolean"}
    seen, found = read(tmp_path, file, types, table="t")
    assert [type_ for _, type_ in seen.columns] == ["TIMESTAMPTZ", "VARCHAR", "VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN"]
    noon = datetime(2026, 4, 12, 12, tzinfo=UTC)
    assert found == [
        (noon, "007", "", 2**53 + 1, 1.5, True),
        (noon, "5", "x", 5, 2.0, False),
        (None, "5.0", None, 5, None, None),
    ]


def test_columns_nobody_declared_have_the_type_of_the_values_that_are_there(
    tmp_path: Path, file: Path, database: sqlite3.Connection
) -> None:
    database.execute("CREATE TABLE t (i TEXT, r INTEGER, s INTEGER, mixed, none INTEGER, bytes)")
    database.execute("DROP TABLE t")
    database.execute("CREATE TABLE t (i, r, s, mixed, none INTEGER, bytes)")
    database.execute("INSERT INTO t VALUES (1, 1, '00123', 1, NULL, x'00ff')")
    database.execute("INSERT INTO t VALUES (-9223372036854775808, 1.5, '', 'x', NULL, NULL)")
    seen, rows = read(tmp_path, file, table="t")
    assert seen.columns == (
        ("i", "BIGINT"), ("r", "DOUBLE"), ("s", "VARCHAR"), ("mixed", "VARCHAR"), ("none", "VARCHAR"),
        ("bytes", "VARCHAR"),
    )  # fmt: skip
    assert rows == [(-(2**63), 1.5, "", "x", None, None), (1, 1.0, "00123", "1", None, "X'00FF'")]


values = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.text("\",\t\r\n \\'\x00null", max_size=6),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
)


@settings(max_examples=15)
@given(st.lists(st.tuples(values, values), max_size=5))
@example([("", None), (None, ""), ("null", "NULL")])
@example([("\r", "a\x00b"), ("\n", '"')])
def test_every_value_comes_back_and_null_stays_apart_from_an_empty_text(
    tmp_path: Path, table: list[tuple[Any, Any]]
) -> None:
    file = tmp_path / "x.sqlite"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE t (a, b)")
        database.executemany("INSERT INTO t VALUES (?, ?)", table)
        database.commit()
    expected = [tuple(None if value is None else str(value) for value in row) for row in table]
    assert sorted(rows_of(tmp_path, file, {"a": "text", "b": "text"}, table="t"), key=repr) == sorted(
        expected, key=repr
    )
    expected_first = [row[:1] for row in expected]
    assert sorted(rows_of(tmp_path, file, {"a": "text"}, table="t"), key=repr) == sorted(expected_first, key=repr)


def test_views_count_and_a_table_may_have_no_rows(tmp_path: Path, file: Path, database: sqlite3.Connection) -> None:
    database.execute('CREATE TABLE "my table" (a, b AS (a + 1))')
    database.execute('CREATE VIEW v AS SELECT b AS c FROM "my table"')
    assert read(tmp_path, file, table="v")[0].columns == (("c", "VARCHAR"),)
    assert rows_of(tmp_path, file, {"a": "integer"}, table="my table") == []
    database.execute('INSERT INTO "my table" VALUES (1)')
    assert rows_of(tmp_path, file, table="v") == rows_of(tmp_path, file, table="main.v") == [(2,)]
    assert rows_of(tmp_path, file, {"b": "text"}, table="my table") == [("2",)]


def test_a_table_that_is_not_there_is_named_beside_those_that_are(
    tmp_path: Path, file: Path, database: sqlite3.Connection
) -> None:
    database.execute("CREATE TABLE norms (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    database.execute("CREATE VIEW v AS SELECT 1")
    for table, said in [
        ("nope", "no table nope"),
        ("NORMS", "no table NORMS (did you mean norms?)"),
        ("", "say which table"),
        ("sqlite_sequence", "no table sqlite_sequence"),
    ]:
        assert str(refusal(tmp_path, file, table=table)) == f"{file}: {said}; there is norms, v"


def test_a_lost_column_and_a_value_that_does_not_fit_name_file_and_table(
    tmp_path: Path, file: Path, database: sqlite3.Connection
) -> None:
    database.execute("CREATE TABLE t (id, f)")
    database.execute("INSERT INTO t VALUES (x'3131', 9e999), (5, 1)")
    problem = refusal(tmp_path, file, {"ID": "text"}, table="t")
    assert isinstance(problem, ColumnsMissing)
    assert str(problem) == f"{file}, table t: no column ID (did you mean id?); it has id, f"
    for column, wanted, said in [("id", "integer", "\"X'3131'\" is not a whole"), ("f", "number", "'inf' is not a")]:
        assert str(refusal(tmp_path, file, {column: wanted}, table="t")).startswith(
            f"{file}, table t: column {column} is declared {wanted}, and {said}"
        )


def test_what_a_writer_has_not_yet_moved_into_the_file_is_read_too(
    tmp_path: Path, file: Path, database: sqlite3.Connection
) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE t (a)")
    database.execute("INSERT INTO t VALUES (1)")
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO t VALUES (2)")
    assert rows_of(tmp_path, file, table="t") == [(1,)]
    database.execute("COMMIT")
    seen, rows = read(tmp_path, file, table="t")
    assert rows == [(1,), (2,)]
    assert seen.files == (file,)
    assert seen.modified is not None


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\0" + b"x" * 200])
def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.sqlite").write_bytes(content)
    problem = refusal(tmp_path, tmp_path / "x.sqlite", table="t")
    assert isinstance(problem, TableUnreadable)
    assert str(problem) == f"{tmp_path}/x.sqlite, table t: file is not a database"


def test_an_empty_file_has_no_table(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"")
    assert str(refusal(tmp_path, tmp_path / "x.sqlite", table="t")) == f"{tmp_path}/x.sqlite: there is no table in it"


def test_text_that_is_no_utf_8_is_refused(tmp_path: Path, file: Path, database: sqlite3.Connection) -> None:
    database.execute("CREATE TABLE t (a)")
    database.execute("INSERT INTO t VALUES (CAST(x'ff' AS TEXT))")
    assert str(refusal(tmp_path, file, table="t")).startswith(
        f"{file}, table t: Could not decode to UTF-8 column 'a' with text"
    )


def test_nothing_is_written_to_the_file(tmp_path: Path, file: Path, database: sqlite3.Connection) -> None:
    database.execute("CREATE TABLE t (a)")
    before = file.read_bytes()
    file.chmod(0o400)
    assert rows_of(tmp_path, file, table="t") == []
    assert file.read_bytes() == before
    assert [other.name for other in file.parent.iterdir()] == ["a.sqlite"]

"""Rows of any kind made visible to SQL."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from heartbeat_assets.warehouse import QueryProblem, connect
from heartbeat_assets.warehouse.tables.problems import ColumnsMissing, TableUnreadable
from heartbeat_assets.warehouse.tables.rows import Raw, Rows, check_columns, show, store


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path) as opened:
        opened.execute("CREATE TABLE one AS SELECT * FROM (VALUES ('1', 'x'), (NULL, 'y')) AS t(a, b)")
        opened.execute("CREATE TABLE two AS SELECT * FROM (VALUES (true, '2')) AS t(c, a)")
        yield opened


ONE = Rows("one", {"a": Raw("a", "VARCHAR"), "b": Raw("b", "VARCHAR")}, "table one")
TWO = Rows("two", {"c": Raw("c", "BOOLEAN"), "a": Raw("a", "VARCHAR")}, "table two")


@pytest.mark.parametrize("make", [show, store])
def test_parts_are_joined_by_column_name(connection: duckdb.DuckDBPyConnection, make: type) -> None:
    make(connection, "all", [ONE, TWO], {})
    assert connection.execute('SELECT a, b, c FROM "all" ORDER BY a NULLS LAST').fetchall() == [
        ("1", "x", None),
        ("2", None, True),
        (None, "y", None),
    ]
    make(connection, "typed", [ONE, TWO], {"a": "integer"})
    assert connection.execute("FROM typed ORDER BY a NULLS LAST").fetchall() == [(1,), (2,), (None,)]


@pytest.mark.parametrize("make", [show, store])
def test_a_value_that_does_not_fit_is_found_when_the_table_is_made(
    connection: duckdb.DuckDBPyConnection, make: type
) -> None:
    connection.execute("INSERT INTO two VALUES (false, '5.5')")
    with pytest.raises(TableUnreadable, match=r"^table two: column a is declared integer, and '5\.5' is not a whole"):
        make(connection, "t", [ONE, TWO], {"a": "integer"})
    with pytest.raises(QueryProblem, match="does not exist"):
        make(connection, "u", [Rows("nowhere", ONE.columns, "here")], {})
    assert connection.execute("SELECT table_name FROM information_schema.tables ORDER BY ALL").fetchall() == [
        ("one",),
        ("two",),
    ]


def test_what_is_stored_stays_when_its_source_goes_and_what_is_shown_does_not(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    store(connection, "kept", [ONE], {})
    show(connection, "seen", [ONE], {})
    connection.execute("DELETE FROM one")
    assert connection.execute("SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM seen)").fetchall() == [(2, 0)]


def test_a_value_that_is_gone_when_it_is_asked_for_is_a_change(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE SEQUENCE s")
    changing = Rows(
        "(SELECT nextval('s') AS n)", {"a": Raw("CASE WHEN n < 2 THEN 'x' ELSE '1' END", "VARCHAR")}, "here"
    )
    with pytest.raises(TableUnreadable, match="here: changed while it was read; read it again"):
        store(connection, "t", [changing], {"a": "integer"})


def test_columns_are_checked_before_anything_is_read() -> None:
    check_columns("here", ["a"], ["b", "a", "A", ""])
    check_columns("here", [], ["b", "a"])
    for wanted, present, said in [
        (["a", "c"], ["a"], "here: no column c; it has a"),
        (["A", "a"], ["a", "A"], "here: SQL does not tell the columns A and a apart; rename one, or declare only"),
        ([], ["a", "A"], "here: SQL does not tell the columns a and A apart; rename one, or declare only"),
        ([], ["a", ""], "here: a column has no name; name it, or declare only the columns you need"),
    ]:
        with pytest.raises((ColumnsMissing, TableUnreadable)) as raised:
            check_columns("here", wanted, present)
        assert str(raised.value).startswith(said)

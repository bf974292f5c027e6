"""Tables and views in DuckDB files."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from heartbeat_assets.warehouse import connect
from heartbeat_assets.warehouse.tables import TableAt, add_table
from heartbeat_assets.warehouse.tables.problems import ColumnsMissing, TableUnreadable
from heartbeat_assets_tests.warehouse.table_reading import read, refusal, rows_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "it's [1]*" / "a.duckdb"
    place.parent.mkdir()
    with duckdb.connect(str(place)) as connection:
        connection.execute("CREATE TABLE norms (id INTEGER, title VARCHAR, score DECIMAL(5, 2))")
        connection.execute("INSERT INTO norms VALUES (1, '', 1.50), (2, NULL, NULL), (3, 'abc', 2)")
        connection.execute('CREATE SCHEMA law; CREATE TABLE law."the rights" (id VARCHAR)')
        connection.execute("INSERT INTO law.\"the rights\" VALUES ('007')")
        connection.execute("CREATE VIEW short AS SELECT id AS short_id FROM norms WHERE id < 3")
        connection.execute('CREATE TABLE "norms.old" (id INTEGER)')
    return place


def test_types_are_kept_when_nothing_is_declared(tmp_path: Path, file: Path) -> None:
    seen, rows = read(tmp_path, file, table="norms")
    assert seen.columns == (("id", "INTEGER"), ("title", "VARCHAR"), ("score", "DECIMAL(5,2)"))
    assert seen.files == (file,)
    assert [(id_, title) for id_, title, _ in rows] == [(1, ""), (2, None), (3, "abc")]


def test_declared_columns_come_typed_in_their_order_and_nothing_else_is_visible(tmp_path: Path, file: Path) -> None:
    seen, rows = read(tmp_path, file, {"score": "number", "id": "text"}, table="norms")
    assert seen.columns == (("score", "DOUBLE"), ("id", "VARCHAR"))
    assert rows == [(1.5, "1"), (2.0, "3"), (None, "2")]


@pytest.mark.parametrize(
    ("table", "rows"),
    [("law.the rights", [("007",)]), ("short", [(1,), (2,)]), ("main.short", [(1,), (2,)]), ("norms.old", [])],
)
def test_a_table_may_be_in_a_schema_or_a_view(tmp_path: Path, file: Path, table: str, rows: list[object]) -> None:
    assert rows_of(tmp_path, file, table=table) == rows


def test_a_table_that_is_not_there_is_named_beside_those_that_are(tmp_path: Path, file: Path) -> None:
    there = "norms, norms.old, short, 'law.the rights'"
    for table, said in [
        ("nope", "no table nope"),
        ("Norms", "no table Norms (did you mean norms?)"),
        ("", "say which table"),
    ]:
        assert str(refusal(tmp_path, file, table=table)) == f"{file}: {said}; there is {there}"


def test_a_lost_column_and_a_value_that_does_not_fit_name_file_and_table(tmp_path: Path, file: Path) -> None:
    problem = refusal(tmp_path, file, {"ID": "text"}, table="norms")
    assert isinstance(problem, ColumnsMissing)
    assert str(problem) == f"{file}, table norms: no column ID (did you mean id?); it has id, title, score"
    assert str(refusal(tmp_path, file, {"title": "number"}, table="norms")).startswith(
        f"{file}, table norms: column title is declared number, and '"
    )


def test_several_sources_may_be_in_the_same_file(tmp_path: Path, file: Path) -> None:
    with connect(tmp_path) as connection:
        for name, table in (("a", "norms"), ("b", "law.the rights")):
            add_table(connection, name, TableAt(str(file), table=table), {"id": "text"}, tmp_path)
        assert connection.execute("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)").fetchall() == [(3, 1)]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Path]:
    """A DuckDB file that another process has open for writing."""
    file = tmp_path / "busy.duckdb"
    program = (
        f"import duckdb, sys; c = duckdb.connect({str(file)!r}); c.execute('CREATE TABLE t AS SELECT 1 AS a');"
        "print('open', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield file
    finally:
        process.communicate()


def test_a_file_that_another_process_writes_says_so_and_what_to_do(tmp_path: Path, writer: Path) -> None:
    problem = refusal(tmp_path, writer, table="t")
    assert isinstance(problem, TableUnreadable)
    assert str(problem).startswith(
        f"{writer}: is open for writing elsewhere, and DuckDB lets nobody read it meanwhile; stop the writer, or read "
        "a copy or a Parquet export of the table (IO Error: Could not set lock on file"
    )


def test_a_file_that_this_process_writes_says_so_too(tmp_path: Path, file: Path) -> None:
    with duckdb.connect(str(file)):
        assert "is open for writing elsewhere" in str(refusal(tmp_path, file, table="norms"))
    assert rows_of(tmp_path, file, {"id": "integer"}, table="norms") == [(1,), (2,), (3,)]


@pytest.mark.parametrize("content", [b"", b"not a database", b"\0" * 8 + b"DUCK" + b"\0" * 5000])
def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.duckdb").write_bytes(content)
    problem = refusal(tmp_path, tmp_path / "x.duckdb", table="t")
    assert isinstance(problem, TableUnreadable)
    assert str(problem).startswith(f"{tmp_path}/x.duckdb: ")


def test_nothing_is_written_to_the_file(tmp_path: Path, file: Path) -> None:
    before = file.read_bytes()
    with connect(tmp_path) as connection:
        add_table(connection, "t", TableAt(str(file), table="norms"), {}, tmp_path)
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute('INSERT INTO "file of t".norms VALUES (9, NULL, NULL)')
    assert file.read_bytes() == before
    assert [other.name for other in file.parent.iterdir()] == ["a.duckdb"]

"""The one door to rows from anywhere."""

import gzip
import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from heartbeat_assets.warehouse import connect
from heartbeat_assets.warehouse.tables import (
    COLUMN_TYPES,
    FORMATS,
    TableAt,
    TableMissing,
    TableProblem,
    TableUnreadable,
    add_table,
    table_files,
)
from heartbeat_assets_tests.warehouse.table_reading import read, refusal, rows_of

ROWS = [("007", 5, 1.5), ("008", None, None)]
TYPES = {"id": "text", "n": "integer", "x": "number"}


def make_every_kind(folder: Path) -> dict[str, str]:
    """The same table in a file of each kind, by the file's name; the value is the table in it."""
    text = "id,n,x\n007,5,1.5\n008,,\n"
    objects = [dict(zip(TYPES, row, strict=True)) for row in ROWS]
    (folder / "t.csv").write_text(text)
    (folder / "t.tsv").write_text(text.replace(",", "\t"))
    (folder / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    (folder / "t.json").write_text(json.dumps(objects))
    (folder / "t.ndjson").write_text("\n".join(map(json.dumps, objects)))
    (folder / "t.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, objects)).encode()))
    with closing(sqlite3.connect(folder / "t.db")) as database:
        database.execute("CREATE TABLE t (id, n, x)")
        database.executemany("INSERT INTO t VALUES (?, ?, ?)", ROWS)
        database.commit()
    with duckdb.connect(folder / "u.db") as connection:
        connection.execute("CREATE TABLE t (id VARCHAR, n BIGINT, x DOUBLE)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ROWS)
        connection.execute(f"COPY t TO '{folder}/t.parquet' (FORMAT parquet)")
    (folder / "parquet without suffix").write_bytes((folder / "t.parquet").read_bytes())
    return {file.name: "t" if file.suffix == ".db" else "" for file in folder.iterdir()}


def test_every_kind_gives_the_same_table_declared_or_not(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    kinds = make_every_kind(folder)
    assert len(kinds) == 10
    for name, table in kinds.items():
        for columns in (TYPES, {}):
            seen, rows = read(tmp_path, folder / name, columns, table=table)
            assert seen.columns == (("id", "VARCHAR"), ("n", "BIGINT"), ("x", "DOUBLE")), name
            assert rows == ROWS, name
            assert seen.files == (folder / name,)
    assert [left.name for left in tmp_path.iterdir()] == ["data"]


def test_a_warehouse_may_be_a_file(tmp_path: Path) -> None:
    make_every_kind(tmp_path)
    for url in (f"sqlite://{tmp_path}/t.db", f"duckdb:///{tmp_path}/u.db", f"{tmp_path}/u.db", f"{tmp_path}/t.db"):
        at = TableAt(url, "warehouse", "t")
        assert rows_of(tmp_path, url, TYPES, format="warehouse", table="t") == ROWS
        assert [file.parent for file in table_files(at)] == [tmp_path]
    assert "the warehouse is a DuckDB or SQLite file or PostgreSQL" in str(
        refusal(tmp_path, tmp_path / "t.csv", format="warehouse", table="t")
    )
    with pytest.raises(TableMissing, match="no such file"):
        table_files(TableAt(f"duckdb://{tmp_path}/nope.duckdb", "warehouse", "t"))
    assert table_files(TableAt("postgresql://user:secret@nowhere/db", "warehouse", "t")) == []


def test_a_given_format_goes_before_name_and_content(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("a,b\n1,2\n")
    assert rows_of(tmp_path, tmp_path / "x.json", format="csv") == [(1, 2)]
    assert "holds neither an array" in str(refusal(tmp_path, tmp_path / "x.json"))


def test_a_database_is_a_single_file(tmp_path: Path) -> None:
    for name in ("1.sqlite", "2.sqlite"):
        with closing(sqlite3.connect(tmp_path / name)) as database:
            database.execute("CREATE TABLE t AS SELECT 1 AS a")
    assert rows_of(tmp_path, tmp_path / "1*", table="t") == [(1,)]
    problem = refusal(tmp_path, tmp_path / "*.sqlite", table="t")
    assert str(problem) == f"{tmp_path}/*.sqlite: 2 files fit, and a sqlite source is one; name it"


def test_the_newest_change_of_the_files_is_seen_in_utc(tmp_path: Path) -> None:
    for second, name in enumerate(("b.csv", "a.csv"), start=1_000_000):
        (tmp_path / name).write_text("a\n1\n")
        os.utime(tmp_path / name, (second, second))
    seen, _ = read(tmp_path, tmp_path)
    assert seen.modified == datetime.fromtimestamp(1_000_001, UTC)
    assert seen.files == (tmp_path / "a.csv", tmp_path / "b.csv")


def test_scratch_is_made_when_it_is_not_there_and_left_empty(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    with connect(tmp_path) as connection:
        add_table(connection, "t", TableAt(str(tmp_path / "x.csv")), {}, tmp_path / "new" / "scratch")
        assert connection.execute("SELECT a FROM t").fetchall() == [(1,)]
    assert list((tmp_path / "new" / "scratch").iterdir()) == []


def test_the_name_may_be_anything_and_must_be_free(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    at = TableAt(str(tmp_path / "x.csv"))
    with connect(tmp_path) as connection:
        for name in ('we"ird', "it's", "select", "a.b"):
            add_table(connection, name, at, {"a": "integer"}, tmp_path)
            quoted = '"' + name.replace('"', '""') + '"'
            assert connection.execute(f"SELECT a FROM {quoted}").fetchall() == [(1,)]
        with pytest.raises(TableUnreadable, match="already exists"):
            add_table(connection, "select", at, {}, tmp_path)


def test_a_type_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    problem = refusal(tmp_path, tmp_path / "x.csv", {"a": "varchar"})
    assert type(problem) is TableProblem
    assert str(problem) == f"column a: 'varchar' is no type; there is {', '.join(COLUMN_TYPES)}"


def test_a_disk_that_cannot_be_written_is_not_the_fault_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    with connect(tmp_path) as connection, pytest.raises(OSError, match="File exists"):
        add_table(connection, "t", TableAt(str(tmp_path / "x.csv")), {}, tmp_path / "x.csv")


def test_the_formats_that_can_be_asked_for() -> None:
    assert FORMATS == ("auto", "csv", "parquet", "json", "ndjson", "sqlite", "duckdb")

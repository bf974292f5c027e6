"""A new lane over rows somebody has: the columns with the types found, and KPIs that work."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from heartbeat_assets.errors import HeartbeatError, InputMissing, InputUnreadable
from heartbeat_assets.lanes.checking import check_lanes
from heartbeat_assets.lanes.sample import name_like
from heartbeat_assets.lanes.scaffold import new_lane
from heartbeat_assets_tests.own_project import OwnProject, own_project

ROWS = [
    {"id": "007", "amount": 10, "price": 1.5, "paid": True, "day": "2026-03-01", "at": "2026-03-01T10:00:00Z"},
    {"id": "008", "amount": 20, "price": 2.5, "paid": False, "day": "2026-03-02", "at": "2026-03-02T11:30:00Z"},
    {"id": "009", "amount": None, "price": 3, "paid": None, "day": None, "at": None},
]
TYPES = {"id": "text", "amount": "integer", "price": "number", "paid": "boolean", "day": "date", "at": "timestamp"}
# A database of SQLite has no type for these: they are numbers and text there.
SQLITE_TYPES = {**TYPES, "paid": "integer", "day": "text", "at": "text"}
TABLE = '(id VARCHAR, amount BIGINT, price DOUBLE, paid BOOLEAN, day DATE, "at" TIMESTAMPTZ)'


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    yield from own_project(tmp_path, monkeypatch)


def write_rows(folder: Path, kind: str) -> Path:
    """The same rows as a file of `kind`; a database has them as the table `sales`."""
    file = folder / f"sales.{kind}"
    if kind == "csv":
        lines = [",".join("" if value is None else str(value).lower() for value in row.values()) for row in ROWS]
        file.write_text("\n".join([",".join(TYPES), *lines]).replace("t1", "T1").replace("z", "Z"), encoding="utf-8")
    elif kind == "ndjson":
        file.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    elif kind == "json":
        file.write_text(json.dumps(ROWS), encoding="utf-8")
    elif kind == "sqlite":
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE sales (id, amount, price, paid, day, at)")
            connection.executemany("INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?)", [list(row.values()) for row in ROWS])
        connection.close()
    else:
        with duckdb.connect(str(file) if kind == "duckdb" else ":memory:") as engine:
            engine.execute(f"CREATE TABLE sales {TABLE}")
            engine.executemany("INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?)", [list(row.values()) for row in ROWS])
            if kind == "parquet":
                engine.execute(f"COPY sales TO '{file}' (FORMAT parquet)")
    return file


def attributes(own: OwnProject, lane: str) -> dict[str, Any]:
    document = yaml.safe_load((own.defs / lane / "defs.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = document["attributes"]
    return found


@pytest.mark.parametrize("kind", ["csv", "ndjson", "json", "parquet", "sqlite", "duckdb"])
def test_the_columns_are_those_of_the_file_with_the_types_found(own: OwnProject, kind: str) -> None:
    file = write_rows(own.folder, kind)
    table = "sales" if kind in ("sqlite", "duckdb") else ""
    new = new_lane(own.settings, "over_rows", rows=file, table=table)
    assert not (own.folder / "data").exists(), "the lane reads the file; it needs no rows of its own"
    assert len(new.files) == 3
    source = attributes(own, "over_rows")["sources"]["sales"]
    assert source["path"] == f"sales.{kind}"
    assert source.get("table", "") == table
    assert source["columns"] == (SQLITE_TYPES if kind == "sqlite" else TYPES)
    (check,) = check_lanes(own.settings)
    assert check.findings == []
    assert check.digest is not None
    assert check.digest["metrics"] == {"rows_total": 3, "amount_missing_rate": 0.333333}
    assert attributes(own, "over_rows")["kpis"][1]["max"] == 0.34


def test_where_nothing_is_missing_the_first_column_is_watched(own: OwnProject) -> None:
    own.write("data/full.csv", "a b,c\n1,2\n3,4\n")
    new_lane(own.settings, "full", rows=own.folder / "data" / "full.csv")
    assert attributes(own, "full")["kpis"][1] == {
        "name": "a_b_missing_rate",
        "description": "Share of the rows without a value in column a b.",
        "unit": "ratio",
        "max": 0.05,
        "missing": "failed",
    }


def test_a_folder_or_a_glob_of_files_will_do(own: OwnProject) -> None:
    for day in ("01", "02"):
        own.write(f"data/days/{day}.csv", f"n\n{day}\n")
    new_lane(own.settings, "by_folder", rows=own.folder / "data" / "days")
    new_lane(own.settings, "by_glob", rows=own.folder / "data" / "*" / "*.csv")
    assert attributes(own, "by_folder")["sources"]["days"]["path"] == "data/days"
    checks = check_lanes(own.settings)
    assert [check.findings for check in checks] == [[], []]
    assert [(check.digest or {})["metrics"]["rows_total"] for check in checks] == [2, 2]


def test_a_file_beside_the_project_is_named_in_full(own: OwnProject, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "rows.csv"
    file.write_text("a\n1\n", encoding="utf-8")
    new_lane(own.settings, "elsewhere", rows=file)
    assert attributes(own, "elsewhere")["sources"]["rows"]["path"] == str(file)


@pytest.mark.parametrize(
    ("header", "file"),
    [
        ('"yes","no: ""really"""', "order.csv"), ("select,from", "group.csv"), ("ä,#b", "2024.csv"),
        ("'q',- x", "digest.csv"), ("$name,{b}", "null.csv"), ("a\tb,c", "sources.csv"),
    ],
)  # fmt: skip
def test_names_that_mean_something_to_yaml_or_sql_are_taken_as_names(own: OwnProject, header: str, file: str) -> None:
    own.write(f"data/{file}", f"{header}\n1,\n,\n")
    new_lane(own.settings, "odd", rows=own.folder / "data" / file)
    (check,) = check_lanes(own.settings)
    assert check.findings == []


def test_a_table_is_asked_for_where_there_are_several(own: OwnProject) -> None:
    file = own.folder / "shop.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE orders (id)")
        connection.execute("CREATE TABLE items (id)")
    connection.close()
    with pytest.raises(
        InputUnreadable, match=r"shop\.sqlite: say which table; there is orders, items; name it by --from-table"
    ):
        new_lane(own.settings, "shop", rows=file)
    with pytest.raises(InputUnreadable, match=r"no table order; there is orders, items"):
        new_lane(own.settings, "shop", rows=file, table="order")
    assert not (own.defs / "shop").exists()


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (None, InputMissing, r"rows\.csv: no such file"),
        ("", InputUnreadable, r"rows\.csv"),
        ("a,a\n1,2\n", InputUnreadable, r"rows\.csv"),
    ],
)
def test_rows_that_cannot_be_read_are_a_sentence_and_leave_nothing(
    own: OwnProject, text: str | None, kind: type[HeartbeatError], words: str
) -> None:
    if text is not None:
        own.write("rows.csv", text)
    with pytest.raises(kind, match=words):
        new_lane(own.settings, "my_lane", rows=own.folder / "rows.csv")
    assert not list(own.defs.iterdir())


@pytest.mark.parametrize(
    ("text", "name"),
    [("Order ID", "order_id"), ("Größe (cm)", "groe_cm"), ("2024 sales", "sales"), ("日本", "other"), ("É", "e")],
)
def test_a_name_is_made_of_any_text(text: str, name: str) -> None:
    assert name_like(text, "other") == name

"""Which files a path means, and what format they have."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from heartbeat_assets.warehouse.tables.files import TableAt, file_format, format_by_name, matching_files, newest_change
from heartbeat_assets.warehouse.tables.problems import TableMissing, TableUnreadable


def make(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a\n1\n")


def found(folder: Path, path: str, format: str = "auto") -> list[str]:
    return [str(file.relative_to(folder)) for file in matching_files(TableAt(str(folder / path), format))]


def test_a_file_is_itself_whatever_its_name(tmp_path: Path) -> None:
    make(tmp_path, "x.csv", "_x", ".hidden.txt", "a[1]*.csv")
    for name in ("x.csv", "_x", ".hidden.txt", "a[1]*.csv"):
        assert found(tmp_path, name) == [name]


def test_a_folder_gives_its_files_of_rows_and_not_those_below_it(tmp_path: Path) -> None:
    make(
        tmp_path,
        "b.csv",
        "a.CSV.gz",
        "c.tsv",
        ".d.csv",
        "_e.csv",
        "README.md",
        "_SUCCESS",
        "below/f.csv",
        "g.parquet.gz",
    )
    assert found(tmp_path, ".") == ["a.CSV.gz", "b.csv", "c.tsv"]


def test_a_glob_gives_what_it_matches_also_far_below(tmp_path: Path) -> None:
    make(
        tmp_path,
        "d/2026/01/b.json",
        "d/2026/a.ndjson",
        "d/2026/_c.json",
        "d/_tmp/d.json",
        "d/.git/e.json",
        "d/notes.txt",
    )
    assert found(tmp_path, "d/**/*.*json") == ["d/2026/01/b.json", "d/2026/a.ndjson"]
    assert found(tmp_path, "d/*/*") == ["d/2026/a.ndjson"]


def test_a_glob_takes_any_name_where_the_format_is_given(tmp_path: Path) -> None:
    make(tmp_path, "part-1", "part-2", "_part-3", ".part-4")
    assert found(tmp_path, "*part-*", "parquet") == ["part-1", "part-2"]
    with pytest.raises(TableMissing, match=r"part-\*: no file fits; names end in \.csv"):
        found(tmp_path, "part-*")


def test_in_a_folder_a_given_format_picks_its_files(tmp_path: Path) -> None:
    make(tmp_path, "a.csv", "b.parquet", "c.json", "d.jsonl.gz")
    assert found(tmp_path, ".", "csv") == ["a.csv"]
    assert found(tmp_path, ".", "json") == found(tmp_path, ".", "ndjson") == ["c.json", "d.jsonl.gz"]


def test_several_formats_are_refused_by_name(tmp_path: Path) -> None:
    make(tmp_path, "a.csv", "b.parquet", "c.json")
    for path in (".", "*"):
        with pytest.raises(TableUnreadable, match=r"several formats: a\.csv is csv, c\.json is json, b\.parquet is"):
            found(tmp_path, path)


@pytest.mark.parametrize("folder", ["it's", "with blank", "a[1]", "a*", "q?"])
def test_a_folder_whose_name_looks_like_a_pattern_is_taken_by_its_name(tmp_path: Path, folder: str) -> None:
    make(tmp_path, f"{folder}/x.csv", f"{folder}/y.csv", "a1/z.csv", "ab/z.csv", "qq/z.csv")
    for path in (folder, f"{folder}/*.csv", f"{folder}/**/*"):
        assert found(tmp_path, path) == [f"{folder}/x.csv", f"{folder}/y.csv"]


def test_a_relative_glob_is_looked_for_where_the_process_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "x1.csv", "d/x2.csv")
    monkeypatch.chdir(tmp_path)
    assert matching_files(TableAt("*.csv")) == [Path("x1.csv")]
    assert matching_files(TableAt("d/x?.csv")) == [Path("d/x2.csv")]


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    make(tmp_path, "d/x.txt")
    for path, said in [
        ("d/x.csv", "d/x.csv: no such file"),
        ("nowhere/x.csv", "nowhere/x.csv: no such file"),
        ("d", "d: no file fits"),
        ("d/*.csv", r"d/\*.csv: no file fits"),
        ("nowhere/*.csv", r"nowhere/\*.csv: no file fits"),
        ("d/nul\0", "no such file"),
    ]:
        with pytest.raises(TableMissing, match=said):
            found(tmp_path, path)


def test_a_link_to_nowhere_is_missing(tmp_path: Path) -> None:
    (tmp_path / "x[1].csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(TableMissing, match="no such file"):
        found(tmp_path, "x[1].csv")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    make(tmp_path, "d/x.csv")
    with pytest.raises(TableUnreadable, match="is a pipe or a device, which can be read only once"):
        found(tmp_path, "pipe.csv")
    with pytest.raises(TableUnreadable, match="d: is a folder; name the sqlite file itself"):
        found(tmp_path, "d", "sqlite")
    with pytest.raises(TableUnreadable, match="File name too long"):
        found(tmp_path, "x" * 300)


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv")).write_text("a\n")
    with pytest.raises(TableUnreadable, match=r"\\xff.csv: its name is not UTF-8 text; rename the file"):
        found(tmp_path, ".")


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("x.csv", "csv"), ("x.tsv.gz", "csv"), ("X.CSV.GZ", "csv"), ("x.parquet", "parquet"), ("x.pq", "parquet"),
        ("x.json", "json"), ("x.ndjson", "ndjson"), ("x.jsonl.gz", "ndjson"), ("x.sqlite", "sqlite"),
        ("x.sqlite3", "sqlite"), ("x.duckdb", "duckdb"), ("x.ddb", "duckdb"),
        ("x.db", None), ("x", None), ("x.gz", None), ("x.parquet.gz", None), ("csv", None), ("x.csv.zip", None),
    ],
)  # fmt: skip
def test_the_suffix_says_the_format(name: str, format: str | None) -> None:
    assert format_by_name(Path(name)) == format


@pytest.mark.parametrize(
    ("start", "format"),
    [(b"SQLite format 3\0...", "sqlite"), (b"\1\2\3\4\5\6\7\x08DUCK\x40", "duckdb"), (b"PAR1\x15", "parquet")],
)
def test_where_the_suffix_says_nothing_the_first_bytes_do(tmp_path: Path, start: bytes, format: str) -> None:
    for name in ("x.db", "x"):
        (tmp_path / name).write_bytes(start)
        assert file_format(tmp_path / name) == format
    assert file_format(tmp_path / "x", "csv") == "csv"


@pytest.mark.parametrize("start", [b"", b"a,b\n1,2\n", b"DUCK", b"SQLite format 2\0"])
def test_a_file_that_says_nothing_needs_a_format(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "x.db").write_bytes(start)
    with pytest.raises(TableUnreadable, match="give a format: csv, parquet, json, ndjson, sqlite, duckdb"):
        file_format(tmp_path / "x.db")


def test_the_newest_change_counts_a_log_that_is_not_empty(tmp_path: Path) -> None:
    assert newest_change([]) is None
    make(tmp_path, "a.csv", "b.sqlite", "b.sqlite-wal", "c.duckdb", "c.duckdb.wal")
    for second, name in enumerate(("a.csv", "b.sqlite", "b.sqlite-wal", "c.duckdb", "c.duckdb.wal"), start=1):
        os.utime(tmp_path / name, (second, second))

    def newest(*names: str) -> datetime | None:
        return newest_change([tmp_path / name for name in names])

    assert newest("b.sqlite", "a.csv") == datetime.fromtimestamp(3, UTC)
    assert newest("c.duckdb") == datetime.fromtimestamp(5, UTC)
    (tmp_path / "b.sqlite-wal").write_bytes(b"")
    assert newest("a.csv", "b.sqlite") == datetime.fromtimestamp(2, UTC)

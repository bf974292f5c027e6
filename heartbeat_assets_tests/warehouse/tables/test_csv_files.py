"""CSV files as tables."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.warehouse.tables.csv_walk import LONGEST_RECORD_BYTES
from heartbeat_assets.warehouse.tables.problems import ColumnsMissing, TableUnreadable
from heartbeat_assets_tests.warehouse.table_reading import read, refusal, rows_of

ALL_TEXT = {"a": "text", "b": "text"}


def write(folder: Path, text: str | bytes, name: str = "x.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


# Everything that has a meaning in CSV, and text of any other kind.
values = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.text("\",;\t\r\n \\'#a\ufeff\x00", max_size=6),
)
tables = st.lists(st.tuples(values, values), max_size=5)


@settings(max_examples=40)
@given(tables, st.sampled_from(",;\t"), st.sampled_from(["\r\n", "\n"]), st.booleans(), st.sampled_from(["", "\ufeff"]))
@example([("", "")], ",", "\r\n", False, "")
@example([("\r", "x")], ",", "\n", True, "")
@example([('"', "\n"), ("\ufeff", "")], ";", "\n", False, "\ufeff")
def test_any_text_that_python_writes_comes_back_and_an_empty_one_is_null(
    tmp_path: Path, table: list[tuple[str, str]], delimiter: str, line_end: str, all_quoted: bool, mark: str
) -> None:
    out = io.StringIO()
    # Python 3.11 leaves a lone carriage return unquoted where lines end otherwise.
    quoting = csv.QUOTE_ALL if all_quoted or line_end == "\n" else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([("a", "b"), *table])
    file = write(tmp_path, mark + out.getvalue())
    expected = [(first or None, second or None) for first, second in table]
    assert sorted(rows_of(tmp_path, file, ALL_TEXT), key=repr) == sorted(expected, key=repr)


@settings(max_examples=20)
@given(st.lists(values, max_size=5))
@example(["", "x"])
def test_a_single_column_comes_back_too(tmp_path: Path, column: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([("a",), *((value,) for value in column)])
    found = rows_of(tmp_path, write(tmp_path, out.getvalue()), {"a": "text"})
    assert sorted(found, key=repr) == sorted([(value or None,) for value in column], key=repr)


def test_identifiers_keep_their_zeros_and_blank_text_is_not_null(tmp_path: Path) -> None:
    file = write(tmp_path, 'a,b\n00123,"  "\n1e5,""\n')
    assert rows_of(tmp_path, file, ALL_TEXT) == [("00123", "  "), ("1e5", None)]


def test_declared_columns_come_typed_in_their_order_and_nothing_else_is_visible(tmp_path: Path) -> None:
    file = write(tmp_path, "secret,n,id,at\nx,5.0,007,2026-04-12T14:00:00+02:00\ny,,,\n")
    seen, rows = read(tmp_path, file, {"id": "text", "n": "integer", "at": "timestamp"})
    assert seen.columns == (("id", "VARCHAR"), ("n", "BIGINT"), ("at", "TIMESTAMPTZ"))
    assert [(id_, n, at and at.isoformat()) for id_, n, at in rows] == [
        ("007", 5, "2026-04-12T12:00:00+00:00"),
        (None, None, None),
    ]


def test_columns_nobody_declared_get_the_types_that_all_their_values_fit(tmp_path: Path) -> None:
    lines = ["id,n,x,day,ok,empty,mixed"] + ["00123,5,1.5,2026-01-01,true,,1"] * 20_000 + ["1,-7,2,2026-01-02,false,,x"]
    seen, _ = read(tmp_path, write(tmp_path, "\n".join(lines)))
    assert dict(seen.columns) == {
        "id": "VARCHAR", "n": "BIGINT", "x": "DOUBLE", "day": "DATE", "ok": "BOOLEAN", "empty": "VARCHAR",
        "mixed": "VARCHAR",
    }  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str) -> None:
    file = write(tmp_path, f'"a"{delimiter}"b"\n"1,2;3\t4"{delimiter}5\n')
    assert rows_of(tmp_path, file, ALL_TEXT) == [("1,2;3\t4", "5")]
    assert rows_of(tmp_path, file) == [("1,2;3\t4", 5)]


def test_the_delimiter_that_gives_the_declared_columns_is_taken(tmp_path: Path) -> None:
    file = write(tmp_path, "a;x,y,z\n1;2,3,4\n")
    assert rows_of(tmp_path, file, {"x,y,z": "text"}) == [("2,3,4",)]
    assert rows_of(tmp_path, file, {"y": "text"}) == [("3",)]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\r1,2\r3,4",
        "a,b\r\n1,2\n3,4\r\n",
        "a,b\n1,2\r\n3,4\n",
        "\n \n,\n".replace(" \n,\n", "\n") + "a,b\n\n1,2\n\n3,4\n\n\n",
        "a,b,\n1,2,\n3,4,\n",
        "\ufeffa,b\n1,2\n3,4",
    ],
    ids=["carriage returns", "mixed line ends", "mixed the other way", "blank lines", "trailing comma", "marked"],
)
def test_other_spellings_of_the_same_rows(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, text)
    assert rows_of(tmp_path, file, ALL_TEXT) == [("1", "2"), ("3", "4")]


def test_a_blank_line_is_no_row_even_in_a_single_column(tmp_path: Path) -> None:
    assert rows_of(tmp_path, write(tmp_path, 'a\n1\n\n""\n2\n\n'), {"a": "text"}) == [("1",), ("2",), (None,)]


def test_a_table_may_have_no_rows(tmp_path: Path) -> None:
    for text in ("a,b", "a,b\n", "\ufeffa,b\r\n"):
        seen, rows = read(tmp_path, write(tmp_path, text), {"a": "integer", "b": "text"})
        assert (seen.columns, rows) == ((("a", "BIGINT"), ("b", "VARCHAR")), [])


def test_an_index_without_a_name_does_no_harm(tmp_path: Path) -> None:
    file = write(tmp_path, ",a,b\n0,1,2\n")
    assert rows_of(tmp_path, file, ALL_TEXT) == [("1", "2")]
    assert read(tmp_path, file)[0].columns == (("column0", "BIGINT"), ("a", "BIGINT"), ("b", "BIGINT"))


def test_a_packed_file_is_read_and_its_copy_is_gone_afterwards(tmp_path: Path) -> None:
    file = write(tmp_path, gzip.compress(b"a,b\n1,2\n"), "x.csv.gz")
    assert rows_of(tmp_path, file, ALL_TEXT) == [("1", "2")]
    assert [left.name for left in tmp_path.iterdir()] == ["x.csv.gz"]


def test_files_are_joined_by_column_name(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n1,2\n", "1.csv")
    write(tmp_path, "b;c;a\n4;x;3\n", "2.csv")
    write(tmp_path, gzip.compress(b"a,b\n5,6\n"), "3.csv.gz")
    assert rows_of(tmp_path, tmp_path / "*.csv*", {"b": "integer", "a": "text"}) == [(2, "1"), (4, "3"), (6, "5")]
    seen, rows = read(tmp_path, tmp_path / "*.csv*")
    assert seen.columns == (("a", "BIGINT"), ("b", "BIGINT"), ("c", "VARCHAR"))
    assert [file.name for file in seen.files] == ["1.csv", "2.csv", "3.csv.gz"]
    assert rows == [(1, 2, None), (3, 4, "x"), (5, 6, None)]


def test_a_type_nobody_declared_must_fit_in_every_file(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n1,1\n", "1.csv")
    write(tmp_path, "a,b,c\nx,2.5,\n", "2.csv")
    assert read(tmp_path, tmp_path / "*.csv")[0].columns == (("a", "VARCHAR"), ("b", "DOUBLE"), ("c", "VARCHAR"))


def test_the_file_that_lost_a_column_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n1,2\n", "1.csv")
    write(tmp_path, "a,B\n1,2\n", "2.csv")
    problem = refusal(tmp_path, tmp_path / "*.csv", ALL_TEXT)
    assert isinstance(problem, ColumnsMissing)
    assert str(problem) == f"{tmp_path}/2.csv: no column b (did you mean B?); it has a, B"
    assert (problem.missing, problem.present) == (("b",), ("a", "B"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": is empty; a CSV file starts with a line of column names"),
        ("\n\r\n", ": is empty; a CSV file starts with a line of column names"),
        ("a,b,a\n1,2,3\n", ", line 1: the header has a more than once"),
        ("\n\na,a\n1,2\n", ", line 3: the header has a more than once"),
        ("a,b\n1,2\n3\n", ", line 3: has 1 fields where the header has 2"),
        ('a,b\n"1\n1",2\n3,4,5\n', ", line 4: has 3 fields where the header has 2"),
        ('a,b\n1,2\n"3,4\n', ", line 3: a quoted value is not closed"),
        ('a,b\n5" x,2\n3,"4\n', ", line 3: a quoted value is not closed"),
        ('"a,b\n1,2\n', ", line 1: a quoted value is not closed"),
        (b"a,b\n1,\xe9\n", ", line 2: is not UTF-8 text; save the file as UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), ", line 1: is not UTF-8 text; save the file as UTF-8"),
        ("a,b\n" + "x" * (LONGEST_RECORD_BYTES + 1) + ",2\n", ", line 2: a value is longer than 16,777,216 bytes"),
    ],
    ids=[
        "empty", "blank", "twice", "twice below", "short", "long", "open quote", "open with another", "open header",
        "latin-1", "utf-16", "huge",
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    file = write(tmp_path, text)
    for columns in ({"a": "text"}, {"a": "number"}, {}):
        problem = refusal(tmp_path, file, columns)
        assert isinstance(problem, TableUnreadable)
        assert str(problem) == f"{file}{said}"


def test_a_value_that_does_not_fit_is_told_with_file_line_column_and_type(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n1,2\n", "1.csv")
    write(tmp_path, gzip.compress(b'b,a\n5,"x\ny"\n\nabc,1\n'), "2.csv.gz")
    problem = refusal(tmp_path, tmp_path / "*.csv*", {"a": "text", "b": "number"})
    assert str(problem) == (
        f"{tmp_path}/2.csv.gz, line 5: column b is declared number, and 'abc' is not a finite number; "
        "correct the value, or declare another type"
    )


def test_columns_that_sql_cannot_tell_apart_are_refused_unless_one_is_enough(tmp_path: Path) -> None:
    file = write(tmp_path, "a,A,b\n1,2,3\n")
    assert str(refusal(tmp_path, file)) == (
        f"{file}: SQL does not tell the columns a and A apart; rename one, or declare only the columns you need"
    )
    assert rows_of(tmp_path, file, {"A": "text", "b": "text"}) == [("2", "3")]
    write(tmp_path, "B\n1\n", "y.csv")
    assert "does not tell the columns" in str(refusal(tmp_path, file, {"a": "text", "A": "text"}))


def test_line_ends_inside_quotes_are_read_right_in_a_file_of_many_megabytes(tmp_path: Path) -> None:
    # Threads that share such a file would start inside a value and take it for rows.
    value = "1,2\r\n" * 1_000_000
    file = write(tmp_path, "a,b\r\n" + f'"{value}",x\r\n' * 4)
    assert rows_of(tmp_path, file, {"a": "text", "b": "text"}) == [(value, "x")] * 4


def test_a_column_may_be_called_anything(tmp_path: Path) -> None:
    names = ["file of the row", "filename", 'we"ird', "it's", "select", "c1", "a value does not fi", "rowid"]
    out = io.StringIO()
    csv.writer(out).writerows([names, range(len(names))])
    seen, rows = read(tmp_path, write(tmp_path, out.getvalue()), dict.fromkeys(reversed(names), "integer"))
    assert [name for name, _ in seen.columns] == names[::-1]
    assert rows == [tuple(reversed(range(len(names))))]

"""The slow and exact walk over CSV records."""

import csv
from pathlib import Path

import pytest

from heartbeat_assets.warehouse.tables.csv_walk import (
    LONGEST_RECORD_BYTES,
    CsvFault,
    even_copy,
    first_fault,
    line_with,
    names_twice,
    records,
)


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "x.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_each_record_comes_with_the_line_where_it_starts(tmp_path: Path) -> None:
    file = write(tmp_path, '\ufeff\n\na,b\r\n"x\ny\r\nz",2\n\n3,""\r5,6')
    assert list(records(file, ",")) == [(3, ["a", "b"]), (4, ["x\ny\r\nz", "2"]), (8, ["3", ""]), (9, ["5", "6"])]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a,b\n1,2\n3\n", 3, "has 1 fields where the header has 2"),
        ('a,b\n"1\n2",2\n3,4,5\n', 4, "has 3 fields where the header has 2"),
        ('a,b\n1,2\n"3,4\n5,6\n', 3, "a quoted value is not closed"),
        ('a,b\n"3"x,4\n', 2, "is not CSV: ',' expected after '\"'"),
        (b"a,b\n1,2\n\xe9,3\n", 3, "is not UTF-8 text; save the file as UTF-8"),
        (f"a,b\n1,2\n{'x' * (LONGEST_RECORD_BYTES + 1)},3\n", 3, "a value is longer than 16,777,216 bytes"),
    ],
    ids=["short", "long", "open quote", "text behind a quote", "latin-1", "huge"],
)
def test_the_first_fault_is_found_with_its_line(tmp_path: Path, text: str | bytes, line: int, said: str) -> None:
    fault = first_fault(write(tmp_path, text), ",", 2)
    assert fault is not None
    assert (fault.line, str(fault)) == (line, said)


def test_fields_too_many_that_are_empty_are_no_fault(tmp_path: Path) -> None:
    assert first_fault(write(tmp_path, "a,b\n1,2,\n3,4,,\n"), ",", 2) is None


def test_a_value_is_found_in_its_line_and_its_column(tmp_path: Path) -> None:
    file = write(tmp_path, 'abc;abc\n1;2\n"x\ny";abc\nabc;4\n')
    assert line_with(file, ";", 0, "abc") == 5
    assert line_with(file, ";", 1, "abc") == 3
    assert line_with(file, ";", 0, "x\ny") == 3
    assert line_with(file, ";", 0, "nope") is None


def test_a_copy_has_even_line_ends_no_blank_lines_and_the_same_records(tmp_path: Path) -> None:
    file = write(tmp_path, '\ufeff\na;b\r\n1;"2;\n3"\n\n"";4;\r"5";6')
    even_copy(file, ";", 2, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b'a;b\r\n1;"2;\n3"\r\n;4\r\n5;6\r\n'
    with pytest.raises(CsvFault):
        even_copy(write(tmp_path, 'a\n"'), ",", 1, tmp_path / "copy")


def test_the_limit_of_the_process_is_put_back(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    assert first_fault(write(tmp_path, "a\n" + "x" * (before + 1) + "\n"), ",", 1) is None
    assert csv.field_size_limit() == before


def test_names_that_are_twice_are_found_once() -> None:
    assert names_twice(["a", "b", "a", "a", "", "", "A", "b"]) == ["a", "b"]

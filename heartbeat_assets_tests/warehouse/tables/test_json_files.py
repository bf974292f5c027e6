"""JSON files as tables."""

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.warehouse.tables.json_faults import LONGEST_OBJECT_BYTES
from heartbeat_assets.warehouse.tables.problems import ColumnsMissing, TableUnreadable
from heartbeat_assets_tests.warehouse.table_reading import read, refusal, rows_of

BOTH = {"a": "text", "b": "text"}


def write(folder: Path, content: object, name: str = "x.json") -> Path:
    file = folder / name
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def lines(objects: Sequence[object]) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


OBJECTS = [{"a": "x", "b": "1"}, {"b": None, "a": ""}, {"a": "z"}]
ROWS = [("", None), ("x", "1"), ("z", None)]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("name", ["x.json", "x.ndjson", "x.jsonl", "x"])
@pytest.mark.parametrize(
    "text", [json.dumps(OBJECTS, indent=1), lines(OBJECTS), lines(OBJECTS).replace("\n", "\r\n\n")]
)
def test_an_array_of_objects_and_an_object_a_line_are_the_same_table(
    tmp_path: Path, text: str, name: str, pack: Any, mark: str
) -> None:
    file = write(tmp_path, pack((mark + text).encode()), name)
    assert rows_of(tmp_path, file, BOTH, format="auto" if "." in name else "json") == ROWS
    assert [left.name for left in tmp_path.iterdir()] == [name]


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@settings(max_examples=15)
@given(
    st.lists(st.fixed_dictionaries({"a": texts | st.none() | st.integers() | st.booleans(), "b": texts}), max_size=5)
)
@example([{"a": 2**70, "b": "\x00"}, {"a": "null", "b": ""}])
def test_any_text_and_any_integer_comes_back(tmp_path: Path, objects: list[dict[str, Any]]) -> None:
    def as_text(value: object) -> str | None:
        return value if isinstance(value, str | None) else json.dumps(value)

    expected = sorted([(as_text(one["a"]), one["b"]) for one in objects], key=repr)
    for text in (json.dumps(objects), lines(objects)):
        found = rows_of(tmp_path, write(tmp_path, text, "x.ndjson"), BOTH)
        assert sorted(found, key=repr) == expected


def test_declared_columns_come_typed_in_their_order_and_nothing_else_is_visible(tmp_path: Path) -> None:
    content = [
        {"n": "5.0", "at": "2026-04-12T14:00:00+02:00", "o": {"x": [1, None]}, "id": 7, "secret": 1, "f": 1.5},
        {"n": 9007199254740993, "at": 1775995200000, "o": [], "id": 7.0, "f": "2"},
        {"n": None, "at": None, "id": "007", "f": None},
    ]
    types = {"id": "text", "n": "integer", "f": "number", "at": "timestamp", "o": "json"}
    seen, rows = read(tmp_path, write(tmp_path, content), types)
    assert seen.columns == (
        ("id", "VARCHAR"), ("n", "BIGINT"), ("f", "DOUBLE"), ("at", "TIMESTAMPTZ"), ("o", "JSON")
    )  # fmt: skip
    noon = datetime(2026, 4, 12, 12, tzinfo=UTC)
    assert rows == [
        ("007", None, None, None, None),
        ("7", 5, 1.5, noon, '{"x":[1,null]}'),
        ("7.0", 9007199254740993, 2.0, noon, "[]"),
    ]


def test_columns_nobody_declared_are_all_keys_with_the_types_they_have(tmp_path: Path) -> None:
    content = [
        {"i": 1, "f": 2, "s": "5", "ok": True, "at": "2026-01-01T00:00:00+02:00", "day": "2026-01-01", "o": {"x": 1}},
        {"i": 2, "f": 2.5, "s": "6", "late": None, "m": 1},
        {"m": "x", "day": None},
    ]
    seen, rows = read(tmp_path, write(tmp_path, content))
    assert dict(seen.columns) == {
        "i": "BIGINT", "f": "DOUBLE", "s": "VARCHAR", "ok": "BOOLEAN", "at": "TIMESTAMPTZ", "day": "DATE", "o": "JSON",
        "late": "VARCHAR", "m": "VARCHAR",
    }  # fmt: skip
    first = dict(zip([name for name, _ in seen.columns], rows[0], strict=True))
    assert first["at"] == datetime(2025, 12, 31, 22, tzinfo=UTC)
    assert (first["s"], first["o"], first["m"]) == ("5", '{"x":1}', None)


def test_files_of_both_shapes_are_joined_by_key(tmp_path: Path) -> None:
    write(tmp_path, [{"a": 1, "b": "x"}], "1.json")
    write(tmp_path, lines([{"b": "y", "c": True, "a": 2}]), "2.ndjson")
    write(tmp_path, gzip.compress(lines([{"a": 3.5, "b": None}]).encode()), "3.json.gz")
    assert rows_of(tmp_path, tmp_path, {"b": "text", "a": "number"}) == [("x", 1.0), ("y", 2.0), (None, 3.5)]
    seen, rows = read(tmp_path, tmp_path)
    assert seen.columns == (("a", "DOUBLE"), ("b", "VARCHAR"), ("c", "BOOLEAN"))
    assert rows == [(1.0, "x", None), (2.0, "y", True), (3.5, None, None)]


@pytest.mark.parametrize(
    ("text", "name"), [("[]", "x.json"), ("", "x.ndjson"), ("\n \n", "x.jsonl"), (" [ ] ", "x.json")]
)
def test_a_table_may_have_no_rows_when_its_columns_are_declared(tmp_path: Path, text: str, name: str) -> None:
    file = write(tmp_path, text, name)
    seen, rows = read(tmp_path, file, {"a": "integer"})
    assert (seen.columns, rows) == ((("a", "BIGINT"),), [])
    assert str(refusal(tmp_path, file)) == f"{file}: holds no rows, so its columns are not known; declare the columns"


def test_a_key_may_be_null_everywhere_or_turn_up_late_but_must_be_there(tmp_path: Path) -> None:
    file = write(tmp_path, lines([{"a": None}] * 1500 + [{"b": None}]), "x.ndjson")
    assert rows_of(tmp_path, file, BOTH) == [(None, None)] * 1501
    problem = refusal(tmp_path, file, {"a": "text", "B": "text", "c": "text"})
    assert isinstance(problem, ColumnsMissing)
    assert str(problem) == f"{file}: no column B (did you mean b?), c; it has a, b"


def test_the_file_that_lost_a_key_is_named(tmp_path: Path) -> None:
    write(tmp_path, [{"a": 1, "b": 2}], "1.json")
    write(tmp_path, [{"a": 1}, {}], "2.json")
    assert str(refusal(tmp_path, tmp_path, BOTH)) == f"{tmp_path}/2.json: no column b; it has a"


HUGE = '{"a": "' + "x" * (LONGEST_OBJECT_BYTES + 1) + '"}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1}\n\n{"a": \n', ", line 3: is not a whole JSON object: Expecting value (column 1)"),
        ('{"a": 1}\n{"a": 2} {"a": 3}\n', ", line 2: is not a whole JSON object: Extra data (column 10)"),
        ('{"a": 1}\n5\n', ", line 2: is no object; write an array of objects, or an object a line"),
        (b'{"a": 1}\n{"a": "\xe9"}\n', ", line 2: is not UTF-8 text; save the file as UTF-8"),
        ('{"a": 1}\n' + HUGE, ", line 2: is longer than 16,777,216 bytes"),
        ('[{"a": 1},\n {"a" 2}]', ", line 2, column 7: not JSON: Expecting ':' delimiter"),
        ('[{"a": 1}] [{"a": 2}]', ", line 1, column 12: not JSON: Extra data"),
        (b'[{"a": "\xe9"}]', ": is not UTF-8 text (byte 8); save the file as UTF-8"),
        ('[{"a": 1}, 5]', ": entry 2 of the array is no object"),
        ('[{"a": 1},', ": the array ends too early; copy the file again"),
        ('[{"a": 1}', ": the array ends too early; copy the file again"),
        ("", ": is empty; a JSON table without rows is []"),
        ("a,b\n1,2\n", ": holds neither an array of objects nor an object a line"),
        ('"x"', ": holds neither an array of objects nor an object a line"),
        ("[", ": is not JSON"),
        ("{", ": is not JSON"),
    ],
    ids=[
        "cut line", "two on a line", "a number", "latin-1", "huge", "no colon", "two arrays", "latin-1 in an array",
        "a number in an array", "cut behind a comma", "cut array", "empty", "csv", "text", "a bracket", "a brace",
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    file = write(tmp_path, text)
    for columns in ({"a": "text"}, {}):
        problem = refusal(tmp_path, file, columns)
        assert isinstance(problem, TableUnreadable)
        assert str(problem) == f"{file}{said}"


@pytest.mark.parametrize(
    "text",
    ['{"rows": [{"a": 1}]}', '{"rows": [{"a": 1}]}\n\n', '{\n "meta": {}, "rows": [\n{"a": 1}\n]}', '{ "rows": [\n]}'],
)
def test_a_single_object_that_holds_the_rows_is_refused(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, text)
    for columns in ({"rows": "json"}, {}):
        assert str(refusal(tmp_path, file, columns)) == (
            f"{file}: holds a single object; its rows may be under rows; write an array of objects, or an object a line"
        )


def test_a_single_object_over_several_lines_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, '{\n"a": 1\n}')
    assert str(refusal(tmp_path, file)) == (
        f"{file}: holds a single object; write an array of objects, or an object a line"
    )


def test_a_single_line_is_a_row(tmp_path: Path) -> None:
    assert rows_of(tmp_path, write(tmp_path, '{"a": [1], "b": 2}'), {"b": "text"}) == [("2",)]
    assert rows_of(tmp_path, write(tmp_path, '{"a": 1}'), {"a": "text"}) == [("1",)]


def test_what_only_the_engine_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    problem = refusal(tmp_path, write(tmp_path, '{"a": 1, "a": 2}\n{"a": 1}\n'), {"a": "text"})
    assert 'has duplicate key "a"' in str(problem)
    assert str(tmp_path / "x.json") in str(problem)


def test_a_value_that_does_not_fit_is_told_with_file_column_and_type(tmp_path: Path) -> None:
    write(tmp_path, [{"a": 1}], "1.json")
    write(tmp_path, gzip.compress(b'{"a": 2}\n{"a": [5.5]}\n'), "2.json.gz")
    assert str(refusal(tmp_path, tmp_path, {"a": "integer"})) == (
        f"{tmp_path}/2.json.gz: column a is declared integer, and '[5.5]' is not a whole number of at most 64 bits; "
        "correct the value, or declare another type"
    )


def test_a_key_may_be_called_anything(tmp_path: Path) -> None:
    names = ["filename", 'we"ird', "it's", "a.b", "$", "select", "json", "keys"]
    row = {name: place for place, name in enumerate(names)}
    seen, rows = read(tmp_path, write(tmp_path, [row]), dict.fromkeys(reversed(names), "integer"))
    assert [name for name, _ in seen.columns] == names[::-1]
    assert rows == [tuple(range(len(names)))[::-1]]
    assert read(tmp_path, write(tmp_path, [row]))[1] == [tuple(range(len(names)))]
    assert "no column a" in str(refusal(tmp_path, tmp_path / "x.json", {"a": "text"}))
    assert "'x' is not" in str(refusal(tmp_path, write(tmp_path, [{"filename": "x"}]), {"filename": "number"}))


def test_keys_that_sql_cannot_tell_apart_are_refused_unless_one_is_enough(tmp_path: Path) -> None:
    file = write(tmp_path, [{"a": 1, "A": 2, "": 3}])
    assert "does not tell the columns a and A apart" in str(refusal(tmp_path, file))
    assert rows_of(tmp_path, file, {"A": "text"}) == [("2",)]
    assert "a column has no name" in str(refusal(tmp_path, write(tmp_path, [{"": 1}])))

"""Tests of inputs: finding and reading what SQL reads."""

import json
from pathlib import Path

import pytest

from heartbeat_assets.errors import InputMissing, InputUnreadable, UsageProblem
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.sources.inputs import read_document, resolve_inputs
from heartbeat_assets_tests.lanes.histories import ROOT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "document.json"


def test_without_anything_given_every_source_that_is_there_is_read(lane: Lane) -> None:
    shipped = ROOT / "data" / "citizen_product"

    assert resolve_inputs(lane) == {"events": shipped / "events", "snapshot": shipped / "snapshot.json"}


def test_with_a_source_given_optional_ones_that_are_not_are_left_out(lane: Lane, file: Path) -> None:
    file.write_text("{}")

    assert resolve_inputs(lane, {"summary": str(file)}) == {
        "snapshot": ROOT / "data" / "citizen_product" / "snapshot.json",
        "summary": file,
    }


def test_a_source_that_was_given_must_be_there(lane: Lane, tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"input summary: .*nowhere\.json: no such file"):
        resolve_inputs(lane, {"summary": str(tmp_path / "nowhere.json")})
    with pytest.raises(InputMissing, match=r"input events: .*no event files there"):
        resolve_inputs(lane, {"events": str(tmp_path)})


def test_an_unknown_source_is_wrong_usage(lane: Lane) -> None:
    with pytest.raises(UsageProblem, match="--input x: lane citizen_product has the inputs events, snapshot, summary"):
        resolve_inputs(lane, {"x": "y"})


@pytest.mark.parametrize(
    ("content", "document"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": NaN, "b": -Infinity, "c": 1e400, "d": 0.5}', {"a": None, "b": None, "c": None, "d": 0.5}),
        ('{"a": "né"}'.encode(), {"a": "né"}),
        (b'{"a": "\\ud800"}', {"a": "?"}),
    ],
)
def test_a_document_becomes_text_that_every_reader_takes(file: Path, content: bytes, document: object) -> None:
    file.write_bytes(content)

    assert json.loads(read_document("snapshot", file)) == document


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1, column 1: not JSON"),
        (b'{\n  "a": }', "line 2, column 8: not JSON"),
        (b"[1]", "holds a list; a JSON object is expected"),
        (b'"x"', "holds a text"),
        (b"null", "holds null"),
        (b"5", "holds a single value"),
        (b'{"a": "\xff"}', r"not UTF-8 text \(byte 7\)"),
        (b"\x1f\x8b\x08", "not UTF-8 text"),
        (b'{"a":' + b"[" * 200_000, "not JSON that can be read"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "not JSON that can be read"),
    ],
)
def test_a_document_that_cannot_be_read_says_where_and_why(file: Path, content: bytes, words: str) -> None:
    file.write_bytes(content)

    with pytest.raises(InputUnreadable, match=words) as raised:
        read_document("snapshot", file)

    assert str(file) in str(raised.value)


def test_a_folder_in_the_place_of_a_document_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="is a folder; give the JSON file itself"):
        read_document("snapshot", tmp_path)

"""Tests of yaml_file: a YAML file as the documents in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.specs.yaml_file import documents_in


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "defs.yaml"


def problem_of(file: Path) -> str:
    with pytest.raises(SpecProblem) as raised:
        documents_in(file)
    assert raised.value.file == str(file)
    (problem,) = raised.value.problems
    return problem


def test_every_document_is_read_and_a_date_stays_as_it_is_written(file: Path) -> None:
    file.write_text("a: 1\n---\nstart: 2026-01-01\n", encoding="utf-8")

    assert documents_in(file) == [{"a": 1}, {"start": "2026-01-01"}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"a: 1\na: 2\n", "line 2, column 1: 'a' is given twice; take one out"),
        (b"a: b: c\n", "put text that holds a colon in quotes"),
        (b"a:\n  b: 1\n\tc: 2\n", "indent with blanks"),
        (b"a: *b\n", "put text that starts with * in quotes"),
        (b"a: [1, 2\n", "look at the indentation and the brackets"),
        (b"a: @b\n", "put text that starts with this sign in quotes"),
        (b"a: \xff\n", "is not UTF-8 text"),
    ],
)
def test_what_is_no_yaml_says_where_and_what_to_do(file: Path, text: bytes, words: str) -> None:
    file.write_bytes(text)

    assert words in problem_of(file)


def test_a_file_that_cannot_be_read_says_why(file: Path) -> None:
    assert problem_of(file) == "cannot be read: No such file or directory"

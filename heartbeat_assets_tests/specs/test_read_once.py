"""Tests of read_once: a file is read again only when it has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.specs.read_once import ReadOnce


def test_a_file_is_read_once_until_it_changes(tmp_path: Path) -> None:
    read: list[str] = []

    def reading(file: Path) -> str:
        read.append(file.read_text(encoding="utf-8"))
        return read[-1]

    file, once = tmp_path / "a.yaml", ReadOnce(reading)
    file.write_text("one", encoding="utf-8")
    assert (once(file), once(file)) == ("one", "one")
    file.write_text("two", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert once(file) == "two"
    assert read == ["one", "two"]


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpecProblem, match=r"gone\.yaml: cannot be read: No such file"):
        ReadOnce(Path.read_text)(tmp_path / "gone.yaml")


def test_what_could_not_be_read_is_tried_again(tmp_path: Path) -> None:
    def reading(file: Path) -> str:
        text = file.read_text(encoding="utf-8")
        if text == "bad":
            raise SpecProblem(str(file), ["is bad"])
        return text

    file, once = tmp_path / "a.yaml", ReadOnce(reading)
    file.write_text("bad", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(SpecProblem, match="is bad"):
            once(file)

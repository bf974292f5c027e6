"""A manifest is believed when it is whole and everything it names is there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from heartbeat_assets.telemetry.manifest import MANIFEST, Manifest, Part, load_manifest

WHOLE = Part("part-a", start=0, end=100, rows=5, bad=1, line_ends=6)
GROWN = Part("part-b", start=100, end=150, rows=2, bad=0, line_ends=2)
TAIL = Part("part-c", start=150, end=160, rows=1, bad=0, line_ends=0, tail=True)
KNOWN = Manifest("day 1's.jsonl", 160, 1_700_000_000_000_000_001, "mark", False, (WHOLE, GROWN, TAIL))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("part-a.parquet", "part-a.quarantine.jsonl", "part-b.parquet", "part-c.parquet"):
        (tmp_path / name).write_bytes(b"")
    KNOWN.save(tmp_path)
    return tmp_path


def test_a_manifest_is_read_back_as_it_was_saved(folder: Path) -> None:
    assert load_manifest(folder) == KNOWN
    assert not list(folder.glob("*.partial"))


def test_its_sums_are_over_its_parts_and_whole_bytes_leave_the_tail_out() -> None:
    assert (KNOWN.rows, KNOWN.bad, KNOWN.whole_bytes) == (8, 1, 150)
    assert KNOWN.whole_parts == (WHOLE, GROWN)
    nothing = replace(KNOWN, parts=())
    assert (nothing.rows, nothing.bad, nothing.whole_bytes) == (0, 0, 0)


@pytest.mark.parametrize("name", ["part-b.parquet", "part-a.quarantine.jsonl", MANIFEST])
def test_one_that_names_what_is_gone_is_not_believed(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert load_manifest(folder) is None


def other_version() -> str:
    return json.dumps({"version": 99, "file": "x", "size": 0, "mtime_ns": 0, "mark": "", "packed": False, "parts": []})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "7",
        "{}",
        '{"version": 1}',
        '{"version": 1, "parts": 3}',
        "\udcff",
        other_version(),
    ],
)
def test_one_that_is_damaged_or_of_another_version_is_not_believed(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_bytes(content.encode("utf-8", "surrogateescape"))
    assert load_manifest(folder) is None


def test_a_folder_without_a_manifest_knows_nothing(tmp_path: Path) -> None:
    assert load_manifest(tmp_path / "nowhere") is None

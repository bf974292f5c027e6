"""Tests of releases: files that change together; those of a lane's report are tested with `lanes.publish` as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.releases import release, releasing


def test_a_release_replaces_all_files_of_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "published" / "shop"
    release(target, {"a.txt": "1", "b.txt": "1"}, "report")
    release(target, {"a.txt": "2"}, "report")
    assert {file.name: file.read_text(encoding="utf-8") for file in target.iterdir()} == {"a.txt": "2"}


def test_the_release_before_stays_for_who_is_reading_it_and_older_ones_go(tmp_path: Path) -> None:
    target = tmp_path / "shop"
    for number in range(4):
        before = target.resolve()
        release(target, {"a.txt": str(number)}, "report")
    assert (before / "a.txt").read_text(encoding="utf-8") == "2"
    assert len([path for path in (tmp_path / ".releases" / "shop").iterdir() if path.is_dir()]) == 2


def test_who_holds_the_lock_may_release(tmp_path: Path) -> None:
    target = tmp_path / "shop"
    with releasing(target), releasing(target):
        release(target, {"a.txt": "1"}, "report")
    assert (target / "a.txt").is_file()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(HeartbeatError, match=r"\.releases.*cannot be written"):
        release(tmp_path / "file" / "shop", {"a.txt": "1"}, "report")

"""Tests of files: files that are either the old one or the new one, never half of it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from heartbeat_assets.files import write_atomically, write_chunks_atomically, write_new


def test_a_file_is_written_with_the_folders_it_needs(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "file", "né")

    assert (tmp_path / "a" / "b" / "file").read_bytes() == "né".encode()
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["file"]


def test_others_may_read_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"x")

    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644


def test_a_failure_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", "old")

    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_chunks_atomically(tmp_path / "file", chunks())

    assert (tmp_path / "file").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_reader_has_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", "old")
    seen = []

    def chunks() -> Iterator[bytes]:
        for chunk in (b"n", b"e", b"w"):
            seen.append((tmp_path / "file").read_text())
            yield chunk

    write_chunks_atomically(tmp_path / "file", chunks())

    assert seen == ["old"] * 3
    assert (tmp_path / "file").read_text() == "new"


def test_it_is_on_disk_before_it_is_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (steps.append("sync"), sync(descriptor)))
    monkeypatch.setattr(Path, "replace", lambda self, target: (steps.append("replace"), replace(self, target))[1])

    write_atomically(tmp_path / "file", "x")

    # The content, the rename, and the folder that the rename changed.
    assert steps == ["sync", "replace", "sync"]


def test_a_folder_in_its_place_is_an_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()

    with pytest.raises(OSError, match="directory"):
        write_atomically(tmp_path / "file", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_new_file_is_never_written_over_another(tmp_path: Path) -> None:
    write_new(tmp_path / "a" / "file", "né")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a" / "file", "other")

    assert (tmp_path / "a" / "file").read_bytes() == "né".encode()
    assert stat.S_IMODE((tmp_path / "a" / "file").stat().st_mode) == 0o644
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["file"]


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "file").symlink_to(tmp_path / "gone")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "file", "x")

    assert not (tmp_path / "gone").exists()

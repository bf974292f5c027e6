"""A store covers exactly the files that are there, each once, whoever reads and whatever breaks."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
import zstandard

from heartbeat_assets.errors import HeartbeatError, InputMissing, InputUnreadable
from heartbeat_assets.telemetry import store as stores
from heartbeat_assets.telemetry.store import TelemetryStore
from heartbeat_assets_tests.telemetry.events import (
    event,
    ingest,
    leftovers,
    stored,
)

WEIRD = (
    "sp ace.jsonl",
    "it's.jsonl",
    "ünï\u4e16.jsonl",
    "100%20.jsonl",
    "a[1]*?.jsonl",
    "new\nline.jsonl",
    "x=y/z.jsonl",
)


def sessions(store: TelemetryStore) -> list[str]:
    return sorted(str(row[0]) for row in stored(store))


def test_every_file_of_a_folder_is_read_whatever_its_name_and_packing(source: Path, store: TelemetryStore) -> None:
    contents = {name: event(name) + b"oops\n" for name in WEIRD}
    contents |= {"p.jsonl.gz": gzip.compress(event("gz")), "p.jsonl.zst": zstandard.compress(event("zst"))}
    contents |= {"empty.jsonl": b"", "nothing.jsonl.gz": gzip.compress(b""), ".hidden.jsonl": event("hidden")}
    for name, content in contents.items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_bytes(content)
    (source / "folder.jsonl").mkdir()
    (source / "a1.jsonl").write_bytes(event("a1"))
    report = ingest(store, source)
    assert sessions(store) == sorted(["gz", "zst", "a1", *WEIRD, *["None"] * len(WEIRD)])
    assert (report.files, report.files_read) == (len(WEIRD) + 5, len(WEIRD) + 3)
    assert (report.events_total, report.parse_errors) == (len(WEIRD) * 2 + 3, len(WEIRD))
    assert sorted({line["file"] for line in store.quarantined()}) == sorted(WEIRD)
    assert leftovers(store) == []
    again = ingest(store, source)
    assert (again.files_read, again.new_events, again.bytes_read) == (0, 0, 0)
    assert again.events_total == report.events_total


def test_files_that_left_are_forgotten_and_a_renamed_one_counts_once(source: Path, store: TelemetryStore) -> None:
    for name in "abc":
        (source / f"{name}.jsonl").write_bytes(event(name) + b"bad\n")
    ingest(store, source)
    (source / "a.jsonl").unlink()
    (source / "b.jsonl").rename(source / "moved.jsonl")
    report = ingest(store, source)
    assert sessions(store) == ["None", "None", "b", "c"]
    assert (report.files_forgotten, report.events_total, report.parse_errors) == (2, 4, 2)
    assert sorted(line["file"] for line in store.quarantined()) == ["c.jsonl", "moved.jsonl"]
    for file in source.iterdir():
        file.unlink()
    assert ingest(store, source).files_forgotten == 2
    assert (stored(store), list(store.quarantined()), leftovers(store)) == ([], [], [])


def test_a_pattern_and_a_single_file_are_sources_too(source: Path, store: TelemetryStore) -> None:
    for name in ("a1", "a2", "b1"):
        (source / f"{name}.jsonl").write_bytes(event(name))
    ingest(store, source / "a*.jsonl")
    assert sessions(store) == ["a1", "a2"]
    ingest(store, source / "b1.jsonl")
    assert sessions(store) == ["b1"]


def test_a_source_that_is_not_there_changes_nothing(source: Path, store: TelemetryStore) -> None:
    (source / "a.jsonl").write_bytes(event("a"))
    ingest(store, source)
    with pytest.raises(InputMissing, match="elsewhere: no such file or folder"):
        ingest(store, source / "elsewhere")
    assert sessions(store) == ["a"]


def test_damaged_files_are_named_together_the_others_are_read_and_their_own_earlier_state_stays(
    source: Path, store: TelemetryStore
) -> None:
    (source / "b.jsonl.gz").write_bytes(gzip.compress(event("b")))
    ingest(store, source)
    (source / "a.jsonl").write_bytes(event("a"))
    (source / "b.jsonl.gz").write_bytes(gzip.compress(event("b") * 9)[:-4])
    (source / "c.jsonl.zst").write_bytes(zstandard.compress(event("c"))[:-2])
    (source / os.fsdecode(b"d\xff.jsonl")).write_bytes(event("d"))
    (source / "z.jsonl").write_bytes(event("z"))
    with pytest.raises(InputUnreadable) as raised:
        ingest(store, source)
    for said in ("b.jsonl.gz: the gzip stream", "c.jsonl.zst: the zstd stream", "d\\xff.jsonl: its name is not UTF-8"):
        assert said in str(raised.value)
    assert sessions(store) == ["a", "b", "z"]
    (source / "c.jsonl.zst").write_bytes(zstandard.compress(event("c")))
    (source / "b.jsonl.gz").unlink()
    (source / os.fsdecode(b"d\xff.jsonl")).unlink()
    ingest(store, source)
    assert sessions(store) == ["a", "c", "z"]


def test_a_file_that_cannot_be_opened_is_named(
    source: Path, store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (source / f"{name}.jsonl").write_bytes(event(name))
    opened = Path.open

    def guarded(path: Path, *arguments: object, **named: object) -> object:
        if path.name == "a.jsonl":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", guarded)
    with pytest.raises(InputUnreadable, match=r"a\.jsonl: Permission denied"):
        ingest(store, source)
    assert sessions(store) == ["b"]


@pytest.mark.parametrize("manifest", ["", "[]", "{}"])
def test_a_store_whose_manifest_is_damaged_reads_that_file_anew(
    source: Path, store: TelemetryStore, manifest: str
) -> None:
    (source / "a.jsonl").write_bytes(event("a") + b"bad\n")
    ingest(store, source)
    (kept,) = store.folder.glob("*/manifest.json")
    kept.write_text(manifest)
    assert ingest(store, source).events_total == 2
    assert (sessions(store), leftovers(store)) == (["None", "a"], [])


def read_only(*_: object, **__: object) -> None:
    raise OSError(30, "Read-only file system")


def test_a_home_that_cannot_be_written_is_named(
    source: Path, store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "a.jsonl").write_bytes(event("a"))
    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(HeartbeatError) as raised:
        ingest(store, source)
    assert str(raised.value) == (
        f"{store.folder}: cannot be written (Read-only file system); check the disk, or set HEARTBEAT_HOME"
    )


def test_a_home_that_is_a_file_is_named(source: Path, store: TelemetryStore) -> None:
    store.folder.parent.mkdir(parents=True)
    store.folder.write_bytes(b"")
    with pytest.raises(HeartbeatError, match=f"{store.folder}: cannot be written"):
        ingest(store, source)


def test_a_file_that_cannot_be_forgotten_is_an_error_and_does_not_count(
    two_days: Path, store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    (two_days / "day1.jsonl").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(stores.shutil, "rmtree", read_only)
        with pytest.raises(HeartbeatError, match=f"{store.folder}: cannot be written"):
            ingest(store, two_days)
        assert [manifest.file for manifest in store.manifests()] == ["day2.jsonl"]
    ingest(store, two_days)
    assert leftovers(store) == []

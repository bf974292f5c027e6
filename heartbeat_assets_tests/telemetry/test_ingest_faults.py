"""A file read while it changes, a process that dies and a disk that is full: nothing is lost or counted twice."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest

from heartbeat_assets.errors import HeartbeatError, InputUnreadable
from heartbeat_assets.telemetry import ingest as ingesting
from heartbeat_assets.telemetry.manifest import Manifest
from heartbeat_assets.telemetry.store import TelemetryStore
from heartbeat_assets_tests.telemetry.events import (
    assert_holds,
    event,
    ingest,
    quarantine_by_oracle,
    quarantined,
    read_by_oracle,
    same,
    stored,
    write_later,
)

ORIGINAL = event("a", ts=1) + b"oops\n" + event("b")


def test_a_file_replaced_while_it_is_read_is_read_anew_at_the_next_look(
    source: Path, store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, read = source / "x.jsonl", ingesting.write_part
    later = event("z") * 50
    write_later(file, ORIGINAL)

    def replaced(*arguments: object, **named: object) -> object:
        part = read(*arguments, **named)  # type: ignore[arg-type]
        monkeypatch.setattr(ingesting, "write_part", read)
        write_later(file, later)
        return part

    monkeypatch.setattr(ingesting, "write_part", replaced)
    ingest(store, source)
    ingest(store, source)
    assert_holds(store, later)


def test_a_file_that_grows_while_it_is_read_loses_nothing(
    source: Path, store: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, read = source / "x.jsonl", ingesting.write_part
    write_later(file, ORIGINAL)

    def growing(*arguments: object, **named: object) -> object:
        write_later(file, file.read_bytes() + event("more"))
        return read(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(ingesting, "write_part", growing)
    ingest(store, source)
    assert_holds(store, ORIGINAL)
    monkeypatch.setattr(ingesting, "write_part", read)
    ingest(store, source)
    assert_holds(store, file.read_bytes())


def interruptions(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Makes the `step`-th change to the disk fail as if the process had died there."""
    count = itertools.count(1)

    def dying(change: object) -> object:
        def instead(*arguments: object, **named: object) -> object:
            if next(count) >= step:
                raise KeyboardInterrupt
            return change(*arguments, **named)  # type: ignore[operator]

        return instead

    for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "mkdir"), (Manifest, "save")):
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))


BEFORE, AFTER = ORIGINAL + b'{"session', ORIGINAL + event("c") + b"oops\n" + b'{"sess'


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `kept` with a source and a store that has read it where they were, in the folder `tried` beside."""
    folder = tmp_path_factory.mktemp("read_once")
    source = folder / "tried" / "source"
    source.mkdir(parents=True)
    write_later(source / "x.jsonl", BEFORE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingesting, "_MERGE_ABOVE", 1)
        ingest(TelemetryStore(folder / "tried" / "store"), source)
    return (folder / "tried").rename(folder / "kept")


@pytest.mark.parametrize("step", range(1, 34))
def test_after_a_crash_at_any_step_the_store_is_as_before_and_the_next_look_completes_it(
    read_once: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    tried = read_once.with_name("tried")
    shutil.rmtree(tried, ignore_errors=True)
    shutil.copytree(read_once, tried)
    source, store = tried / "source", TelemetryStore(tried / "store")
    monkeypatch.setattr(ingesting, "_MERGE_ABOVE", 1)
    write_later(source / "x.jsonl", AFTER)
    with monkeypatch.context() as patch:
        interruptions(patch, step)
        try:
            ingest(store, source)
        except KeyboardInterrupt:
            known = BEFORE if store.manifests()[0].size == len(BEFORE) else AFTER
            assert same(stored(store), read_by_oracle(known))
            assert quarantined(store) == quarantine_by_oracle(known)
    ingest(store, source)
    assert_holds(store, AFTER)
    assert [path for path in store.scratch.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("call", ["write_chunks_atomically", "write_part"])
def test_a_disk_that_cannot_be_written_is_not_blamed_on_the_input(
    source: Path, store: TelemetryStore, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    write_later(source / "x.jsonl", event("a"))
    ingest(store, source)
    write_later(source / "x.jsonl", event("a") + event("b"))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ingesting, call, full)
        with pytest.raises(HeartbeatError, match=f"{store.folder}: cannot be written .No space left") as raised:
            ingest(store, source)
    assert not isinstance(raised.value, InputUnreadable)
    assert_holds(store, event("a"))
    ingest(store, source)
    assert_holds(store, event("a") + event("b"))

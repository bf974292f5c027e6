"""Several processes at one store, and one that is killed: every line is read once, nothing half done is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.telemetry.store import TelemetryStore
from heartbeat_assets_tests.telemetry import worker
from heartbeat_assets_tests.telemetry.events import (
    event,
    ingest,
    leftovers,
    quarantined,
    read_by_oracle,
    roll_up,
    rolled_up,
    same,
    stored,
)


@pytest.mark.parametrize("moment", ["parquet", "manifest", "rollup"])
def test_after_a_kill_the_next_look_completes_what_was_begun_and_nothing_is_left(
    source: Path, store: TelemetryStore, moment: str
) -> None:
    contents = {f"day{number}.jsonl": event(f"s{number}") * 3 + b"bad\n" for number in range(3)}
    for name, content in contents.items():
        (source / name).write_bytes(content)
    process = worker.start(store.folder, source, moment)
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    process.kill()
    process.communicate()
    # What it leaves is not counted before anyone mends it either.
    complete = [manifest.file for manifest in store.manifests()]
    assert complete == (sorted(contents) if moment == "rollup" else ["day0.jsonl"])
    assert same(stored(store), [row for name in complete for row in read_by_oracle(contents[name])])

    report = ingest(store, source)
    assert (report.events_total, report.parse_errors, report.files) == (12, 3, 3)
    assert same(stored(store), [row for content in contents.values() for row in read_by_oracle(content)])
    assert quarantined(store) == [(4, b"bad")] * 3
    rollups = roll_up(store, {}, worker.SQL.replace("lines", "lines, 0 AS drilled"))
    assert sum(row[1] for row in rolled_up(rollups)) == 12
    assert leftovers(store) == sorted(str(path.relative_to(store.folder)) for path in rollups)


def test_two_processes_at_once_read_every_line_once(source: Path, store: TelemetryStore) -> None:
    for number in range(6):
        (source / f"day{number}.jsonl").write_bytes(event(f"s{number}") * 200 + b"bad\n")
    processes = [worker.start(store.folder, source) for _ in range(2)]
    said = [[int(count) for count in process.communicate()[0].split()] for process in processes]
    assert [total for total, _ in said] == [1206, 1206]
    assert sorted(new for _, new in said) == [0, 1206]
    assert len(stored(store)) == 1206

"""Tests of publish: the last known-good report of a lane."""

import dataclasses
import json
import threading
from pathlib import Path

import pytest

from heartbeat_assets import releases as publishing
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.publish import FILES, may_publish, publish, published_report
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets_tests.lanes.histories import NOW, digest_of, spec_with


def publish_day(lane: Lane, day: int) -> Path:
    digest = digest_of(day)
    append_to_ledger(lane, digest, now=NOW)
    return publish(lane, digest, judge_ledger(lane, now=NOW), now=NOW)


def published_days(folder: Path) -> set[str]:
    """The run that each of the three files is about; one day when they belong together."""
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    markdown = (folder / "report.md").read_text(encoding="utf-8")
    assert (folder / "badge.svg").read_text(encoding="utf-8").startswith("<svg")
    return {report["digest"]["generated_at"][:10], markdown.split("run of ")[1][:10]}


def releases(lane: Lane) -> list[Path]:
    return [path for path in (lane.published.parent / ".releases" / lane.name).iterdir() if path.is_dir()]


def test_a_report_is_three_files(lane: Lane) -> None:
    folder = publish_day(lane, 1)

    assert folder == lane.published
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert published_days(folder) == {"2026-01-02"}
    assert published_report(lane) is not None


def test_a_new_report_takes_the_place_of_the_old_one_and_older_ones_go(lane: Lane) -> None:
    for day in range(5):
        publish_day(lane, day)

    assert published_days(lane.published) == {"2026-01-05"}
    assert len(releases(lane)) == 2


def test_a_reader_in_the_report_before_can_finish(lane: Lane) -> None:
    reader = publish_day(lane, 1).resolve()
    publish_day(lane, 2)

    assert published_days(reader) == {"2026-01-02"}


def test_a_reader_sees_one_report_or_the_other_never_a_half(lane: Lane) -> None:
    publish_day(lane, 0)
    seen: list[set[str]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            # As a web server does it that resolves the folder once for a page.
            seen.append(published_days(lane.published.resolve()))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for day in range(1, 8):
            publish_day(lane, day)
    finally:
        done.set()
        reader.join()

    assert seen
    assert {len(days) for days in seen} == {1}


@pytest.mark.parametrize("fails_at", ["report.json", "report.md", "badge.svg"])
def test_a_failure_in_the_middle_leaves_the_old_report(
    lane: Lane, monkeypatch: pytest.MonkeyPatch, fails_at: str
) -> None:
    publish_day(lane, 1)
    write = publishing.write_atomically

    def failing(path: Path, content: str | bytes) -> None:
        if path.name == fails_at:
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(publishing, "write_atomically", failing)
    with pytest.raises(HeartbeatError, match="No space left on device; the one before stays"):
        publish_day(lane, 2)

    assert published_days(lane.published) == {"2026-01-02"}
    assert len(releases(lane)) == 1


def test_a_failure_after_the_swap_does_not_take_the_new_report_away(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_day(lane, 1)

    def failing(folder: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(publishing, "sync_folder", failing)
    with pytest.raises(HeartbeatError):
        publish_day(lane, 2)

    assert published_days(lane.published) == {"2026-01-03"}


def test_a_lane_does_not_clean_up_after_another(lane: Lane) -> None:
    longer = dataclasses.replace(lane, name=f"{lane.name}-nightly")
    publish_day(longer, 1)
    for day in range(2, 6):
        publish_day(lane, day)

    assert published_days(longer.published) == {"2026-01-02"}


def test_a_folder_in_the_place_of_the_link_is_a_clear_error(lane: Lane) -> None:
    (lane.published / "mine").mkdir(parents=True)

    with pytest.raises(HeartbeatError, match="cannot be written"):
        publish_day(lane, 1)

    assert (lane.published / "mine").is_dir()
    assert [path.name for path in lane.published.parent.iterdir() if path.name.endswith(".link")] == []


def test_nothing_is_published_yet_or_it_cannot_be_read(lane: Lane) -> None:
    assert published_report(lane) is None

    publish_day(lane, 1)
    (lane.published / "report.json").write_text("{")

    assert published_report(lane) is None


def test_a_broken_rule_blocks_unless_it_only_warns(lane: Lane) -> None:
    append_to_ledger(lane, digest_of(1, drilldown=0.1), now=NOW)
    checks = judge_ledger(lane, now=NOW).report["checks"]
    severity = {check: "warn" for check, passed in checks.items() if not passed}
    lenient = dataclasses.replace(
        lane, spec=spec_with(window={"limits": lane.spec.window.limits, "severity": severity})
    )

    assert not may_publish(judge_ledger(lane, now=NOW))
    assert may_publish(judge_ledger(lenient, now=NOW))

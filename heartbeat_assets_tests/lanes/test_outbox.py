"""Tests of outbox: digests on their way into the history."""

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes import outbox
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.report import gate_rows, gates_summary
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.lanes import gate_histories
from heartbeat_assets_tests.lanes.histories import NOW, digest_of, spec_with


def record_all(lane: Lane) -> list[dict[str, Any]]:
    return outbox.record_all(lane, lambda digest: append_to_ledger(lane, digest, now=NOW))


def recorded_days(lane: Lane) -> list[str]:
    return [row.run_at[:10] for row in judge_ledger(lane, now=NOW).rows]


def test_digests_that_wait_are_recorded_by_the_next_run_in_the_order_they_came(lane: Lane) -> None:
    # Twelve, so that numbers of two digits are among them; the clock runs backwards.
    days = [9, 8, 8, 7, 6, 5, 4, 3, 2, 1, 0, 20]
    for number, day in enumerate(days):
        outbox.put(lane, digest_of(day, wait=float(number)))

    reports = record_all(lane)

    assert [report["heartbeat"]["time_to_first_answer_seconds"] for report in reports] == [
        float(number) for number in range(len(days))
    ]
    assert recorded_days(lane)[0] == "2026-01-10"


def test_a_crash_before_the_row_is_written_loses_nothing(lane: Lane) -> None:
    outbox.put(lane, digest_of(1))

    def crash(digest: dict[str, Any]) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.record_all(lane, crash)
    outbox.put(lane, digest_of(2))
    record_all(lane)

    assert recorded_days(lane) == ["2026-01-02", "2026-01-03"]


def test_a_crash_after_the_row_was_written_records_nothing_twice(lane: Lane) -> None:
    outbox.put(lane, digest_of(1))
    append_to_ledger(lane, digest_of(1), now=NOW)

    reports = record_all(lane)

    assert [report["duplicate_detected"] for report in reports] == [True]
    assert recorded_days(lane) == ["2026-01-02"]


def test_without_a_waiting_digest_the_newest_one_is_found_to_be_a_duplicate(lane: Lane) -> None:
    outbox.put(lane, digest_of(1))
    record_all(lane)

    reports = record_all(lane)

    assert [report["duplicate_detected"] for report in reports] == [True]


def test_without_any_digest_the_error_says_what_to_do(lane: Lane) -> None:
    with pytest.raises(HeartbeatError, match="no digest yet; materialize citizen_product/digest"):
        record_all(lane)


def test_a_refused_digest_is_kept_and_does_not_come_again(lane: Lane) -> None:
    refused = {**digest_of(1), "metrics": {"unknown_rate": 7}}
    path = outbox.put(lane, refused)
    outbox.put(lane, digest_of(2))

    reports = record_all(lane)

    assert reports[0]["validation_errors"] == ["invalid_unknown_rate"]
    assert (outbox.refused_folder(lane) / path.name).is_file()
    assert recorded_days(lane) == ["2026-01-03"]
    assert [report["duplicate_detected"] for report in record_all(lane)] == [True]


@pytest.mark.parametrize("text", ["{", "[1]", "\ud800"])
def test_a_waiting_file_that_holds_no_digest_is_named(lane: Lane, text: str) -> None:
    path = outbox.put(lane, digest_of(1))
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    with pytest.raises(HeartbeatError, match=r"\.json: .*remove it and run again"):
        record_all(lane)


def test_two_runs_at_once_record_every_digest_once_and_end_with_the_newest(lane: Lane) -> None:
    for day in range(6):
        outbox.put(lane, digest_of(day))
    # Made beforehand, so that the threads meet at the outbox and not at the first opening of the ledger.
    append_to_ledger(lane, digest_of(0), now=NOW)

    with ThreadPoolExecutor(2) as runs:
        for run in [runs.submit(record_all, lane) for _ in range(2)]:
            run.result()

    assert recorded_days(lane) == [f"2026-01-0{day}" for day in range(1, 7)]
    newest = json.loads((lane.home / "digest.json").read_text(encoding="utf-8"))
    assert newest == digest_of(5)


def test_the_digest_of_the_newest_row_is_whole_where_it_is_at_hand(lane: Lane) -> None:
    digest = {**digest_of(1), "telemetry": {"sessions_total": 2}}
    outbox.put(lane, digest)
    record_all(lane)

    assert outbox.digest_of_newest(lane, judge_ledger(lane, now=NOW)) == digest


def test_the_digest_of_a_newest_row_from_elsewhere_is_what_the_row_holds(lane: Lane) -> None:
    outbox.put(lane, digest_of(1))
    record_all(lane)
    append_to_ledger(lane, digest_of(2, drilldown=0.3), now=NOW)

    digest = outbox.digest_of_newest(lane, judge_ledger(lane, now=NOW))

    assert digest == {key: value for key, value in digest_of(2, drilldown=0.3).items() if key != "telemetry_sources"}


def test_a_digest_that_cannot_be_written_down_says_where(lane: Lane) -> None:
    lane.home.mkdir(parents=True)
    (lane.home / "outbox").write_text("in the way")

    with pytest.raises(HeartbeatError, match="HEARTBEAT_HOME"):
        outbox.put(lane, digest_of())


def test_the_digest_in_a_row_of_gates_tells_their_figures_as_the_whole_one_does(settings: Settings) -> None:
    lane = find_lane(settings, "liberty_restrictions")
    whole = gate_histories.digest_of(1, coverage__norms_classified_pct=0.5)
    append_to_ledger(lane, whole, now=NOW)

    digest = outbox.digest_of_newest(lane, judge_ledger(lane, now=NOW))

    assert gate_rows(lane, digest) == gate_rows(lane, whole)
    assert gates_summary(lane, digest) == "8 of 9 gates passed"
    assert {name: digest[name] for name in ("totals", "coverage", "focus_gate")} == {
        name: whole[name] for name in ("totals", "coverage", "focus_gate")
    }
    assert digest["focus_gate"] == {"passed": False, "failed_gates": ["norms_classified_gate"]}
    assert "recorded" not in digest


def daily(lane: Lane, last: int) -> Lane:
    partitions = {"by": "day", "start": "2026-01-01"}
    spec = spec_with(sensor=None, partitions=partitions, window={"last": last})
    return dataclasses.replace(lane, spec=spec, name="daily")


def of_period(day: int) -> dict[str, Any]:
    return digest_of(day) | {"period": {"key": f"2026-01-{day:02}"}, "events_in_period": day}


def test_the_digest_in_a_row_of_a_period_tells_the_period_and_what_failed(lane: Lane) -> None:
    lane = daily(lane, last=3)
    append_to_ledger(lane, of_period(1) | {"error": "no such file"}, now=NOW)

    digest = outbox.digest_of_newest(lane, judge_ledger(lane, now=NOW))

    assert (digest["period"], digest["events_in_period"]) == ({"key": "2026-01-01"}, 1)
    assert (digest["revision"], digest["error"]) == (1, "no such file")


def test_digests_of_periods_are_kept_for_as_many_as_a_window_has(lane: Lane) -> None:
    lane = daily(lane, last=3)
    for day in (5, 1, 2, 3, 4):
        outbox.put(lane, of_period(day))
    record_all(lane)

    assert sorted(file.stem for file in (lane.home / "periods").iterdir()) == ["2026-01-03", "2026-01-04", "2026-01-05"]
    newest = outbox.digest_of_newest(lane, judge_ledger(lane, now=NOW))
    assert newest["telemetry_sources"] == []
    assert newest["period"] == {"key": "2026-01-05"}

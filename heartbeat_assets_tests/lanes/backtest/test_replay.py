"""Tests of backtest: a lane's history replayed under a proposed policy, against the current one."""

import dataclasses
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.backtest import backtest, since_instant
from heartbeat_assets.lanes.history import import_entries
from heartbeat_assets.lanes.judging import blocked_since, lane_rules
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.values import instant
from heartbeat_assets.lanes.window import judge
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets_tests.lanes.histories import (
    NOW,
    SPEC,
    another,
    at,
    digest_of,
    histories,
    row_of,
    rows_of,
    spec_with,
)
from heartbeat_assets_tests.lanes.policies import policies

LENIENT = {"max_failed": "1", "max_failed_rate_pct": "50", "max_contract_incomplete": "1"} | {
    "max_contract_incomplete_rate_pct": "50", "max_drilldown_violations": "1", "max_drilldown_violation_rate_pct": "50"
}  # fmt: skip
KEYS = [
    "lane", "generated_at", "since", "rows_replayed", "first_run_at", "last_run_at", "window", "changed_limits",
    "current", "proposed", "differences", "verdict", "episodes",
]  # fmt: skip


def recorded(lane: Lane, lines: list[bytes]) -> Lane:
    """A lane like `lane` under a new name, with this history in the ledger."""
    lane = another(lane)
    open_ledger(lane.settings.ledger_url).import_entries(lane.name, import_entries(rows_of(lines)))
    return lane


def days(kinds: str) -> list[bytes]:
    """A row a day: `o` is ok, `f` breaks drilldown's minimum, `x` is no row."""
    return [
        b"not json" if kind == "x" else json.dumps(row_of(day, drilldown=0.05 if kind == "f" else 0.5)).encode()
        for day, kind in enumerate(kinds)
    ]


def day(number: int) -> str:
    return at(number).isoformat()


def naive(lane: Lane, lines: list[bytes], last: int, limits: dict[str, Any], since: datetime | None) -> dict[str, Any]:
    """Rows blocked, and by what, judging the window at every row from scratch; whatever has an age is left out."""
    rules, rows = lane_rules(lane, limits), rows_of(lines)
    clock, counted, blocked, reasons = None, 0, [], Counter[str]()
    for end, row in enumerate(rows, start=1):
        clock = instant(row.run_at) or clock
        if since is not None and (clock is None or clock < since):
            continue
        counted += 1
        window = rows[max(0, end - last) : end]
        verdict = judge(lane.spec, window, rules=rules, last=last, entries_total=end, now=clock or NOW)
        if verdict.blocking:
            blocked.append(end)
            reasons.update(finding.rule.reason for finding in verdict.blocking)
    return {"rows": counted, "blocked": blocked, "by_reason": reasons}


@settings(max_examples=30)
@given(histories(), st.integers(1, 30), policies(SPEC), st.none() | st.just(datetime(2026, 2, 2, tzinfo=UTC)))
def test_both_policies_are_judged_as_a_verdict_at_every_row_would(
    lane: Lane, history: list[bytes], last: int, limits: dict[str, Any], since: datetime | None
) -> None:
    lane = recorded(lane, history)
    written = {name: str(limit) for name, limit in limits.items()}

    document = backtest(lane, last=last, limits=written, since=since, now=NOW).document

    # The ledger drops a line it has already; what it holds is what is replayed.
    lines = [entry.line for entry in open_ledger(lane.settings.ledger_url).entries(lane.name)]
    for name, count, changed in (("current", lane.spec.window.last, {}), ("proposed", last, written)):
        expected = naive(lane, lines, count, changed, since)
        found = document[name]
        assert document["rows_replayed"] == expected["rows"]
        assert found["rows_blocked"] == len(expected["blocked"])
        assert {reason: rows for reason, rows in found["by_reason"].items() if rows} == expected["by_reason"]
        assert sum(episode["rows"] for episode in document["episodes"][name]) == found["rows_blocked"]
    before, after = (
        set(naive(lane, lines, count, changed, since)["blocked"])
        for count, changed in ((lane.spec.window.last, {}), (last, written))
    )
    assert document["differences"]["newly_blocked_rows"] == len(after - before)
    assert document["differences"]["newly_passed_rows"] == len(before - after)
    json.dumps(document, allow_nan=False)


@settings(max_examples=30)
@given(histories(), st.integers(1, 30))
def test_what_blocks_now_has_blocked_since_the_same_row_as_everywhere_else(
    lane: Lane, history: list[bytes], last: int
) -> None:
    # Rows in order of time, each with an instant of its own.
    dated = [
        json.dumps({**json.loads(line), "run_at": day(number), "n": number}).encode()
        for number, line in enumerate(history)
        if line.startswith(b'{"') and line.endswith(b"}") and line != b"{}{}"
    ]
    lane = recorded(lane, dated)

    episodes = backtest(lane, now=at(100)).document["episodes"]["current"]

    since = [episode["from_run_at"] for episode in episodes if episode["ongoing"]]
    assert since == [one for one in [blocked_since(lane)] if one]


def test_the_document_says_what_each_policy_would_have_done(lane: Lane) -> None:
    lane = recorded(lane, days("ooofooooof"))

    document = backtest(lane, last=4, limits=LENIENT, now=at(10)).document

    assert list(document) == KEYS
    assert document["window"] == {"current": 20, "proposed": 4}
    assert document["changed_limits"]["max_failed_rate_pct"] == {"current": 0, "proposed": 50}
    assert set(document["changed_limits"]) == set(LENIENT)
    assert document["proposed"]["limits"]["max_failed"] == 1
    assert (document["first_run_at"], document["last_run_at"]) == (day(0), day(9))
    current, proposed = document["current"], document["proposed"]
    assert (current["rows_blocked"], current["blocked_pct"], current["blocked_seconds"]) == (7, 70.0, 7 * 86400)
    assert (proposed["rows_blocked"], proposed["blocked_pct"], proposed["blocked_seconds"]) == (2, 20.0, 2 * 86400)
    assert document["episodes"]["current"] == [
        {"from_run_at": day(3), "until_run_at": None, "rows": 7, "seconds": 7 * 86400,
         "reasons": current["by_reason"], "ongoing": True},
    ]  # fmt: skip
    latest = {"latest_status_failed": 1, "latest_contract_incomplete": 1, "latest_threshold_violation": 1}
    assert document["episodes"]["proposed"] == [
        {"from_run_at": day(3), "until_run_at": day(4), "rows": 1, "seconds": 86400, "reasons": latest,
         "ongoing": False},
        {"from_run_at": day(9), "until_run_at": None, "rows": 1, "seconds": 86400, "reasons": latest, "ongoing": True},
    ]  # fmt: skip
    assert document["differences"] == {
        "newly_blocked_rows": 0, "newly_passed_rows": 5, "newly_blocked_seconds": 0, "newly_passed_seconds": 5 * 86400,
    }  # fmt: skip
    assert document["verdict"] == (
        "Under the proposed policy publishing would have been blocked twice for 48 h in all, mostly by "
        "latest_threshold_violation; the current policy blocked it once for 7 d. It is blocked now under both."
    )


def test_without_a_proposal_the_current_policy_is_replayed_alone(lane: Lane) -> None:
    found = backtest(recorded(lane, days("oof")), now=at(3))

    assert found.proposed is found.current
    assert found.document["proposed"] == found.document["current"]
    assert found.document["changed_limits"] == {}
    assert "No other policy was proposed." in found.document["verdict"]


def test_a_limit_that_is_the_current_one_is_no_proposal(lane: Lane) -> None:
    found = backtest(recorded(lane, days("oof")), last=20, limits={"max_failed": "0"}, now=at(3))

    assert found.proposed is found.current


def test_a_proposal_that_other_rules_undo_changes_nothing(lane: Lane) -> None:
    document = backtest(recorded(lane, days("oofo")), limits={"max_failed": "5"}, now=at(4)).document

    assert document["proposed"]["by_reason"] != document["current"]["by_reason"]
    assert document["verdict"].startswith("The proposed policy changes nothing: under both publishing was blocked once")


def test_a_shorter_age_shows_where_the_producer_had_stopped(lane: Lane) -> None:
    lines = [line for number, line in enumerate(days("o" * 10)) if number not in (4, 5, 6)]

    document = backtest(recorded(lane, lines), limits={"max_age": "36h"}, now=at(9)).document

    assert document["episodes"]["proposed"] == [
        {"from_run_at": (at(4) + timedelta(hours=12)).isoformat(), "until_run_at": day(7), "rows": 0,
         "seconds": 60 * 3600, "reasons": {"latest_stale": 1}, "ongoing": False},
    ]  # fmt: skip
    assert document["changed_limits"] == {"max_age": {"current": None, "proposed": 129600}}
    assert document["differences"]["newly_blocked_seconds"] == 60 * 3600
    assert "blocked once for 60 h, mostly by latest_stale; the current policy never" in document["verdict"]


def test_only_what_happened_since_is_reported_while_windows_look_further_back(lane: Lane) -> None:
    document = backtest(recorded(lane, days("ffooooo")), since=at(3), now=at(7)).document

    assert (document["since"], document["rows_replayed"], document["first_run_at"]) == (day(3), 4, day(3))
    assert document["current"]["rows_blocked"] == 4
    assert document["episodes"]["current"][0]["from_run_at"] == day(3)
    assert document["current"]["by_reason"] == {
        "max_failed_exceeded": 4, "max_failed_rate_exceeded": 4,
        "max_contract_incomplete_exceeded": 4, "max_contract_incomplete_rate_exceeded": 4,
        "max_drilldown_violations_exceeded": 4, "max_drilldown_violation_rate_exceeded": 4,
    }  # fmt: skip


def test_a_lane_without_a_history_is_told_so(lane: Lane) -> None:
    document = backtest(another(lane), limits={"max_failed": "1"}, now=NOW).document

    assert (document["rows_replayed"], document["first_run_at"], document["current"]["blocked_pct"]) == (0, None, 0.0)
    assert document["verdict"].endswith(
        "has no heartbeat yet: run the lane once, then there is a history to try a policy on."
    )


def test_a_time_since_which_nothing_ran_is_told(lane: Lane) -> None:
    document = backtest(recorded(lane, days("of")), since=at(5), now=at(6)).document

    assert document["verdict"].startswith("No heartbeat of ")
    # The row before goes on blocking.
    assert document["episodes"]["current"][0]["seconds"] == 86400


def test_a_limit_the_lane_cannot_have_is_wrong_usage(lane: Lane) -> None:
    with pytest.raises(UsageProblem, match="--limit max_fialed: this lane has no such limit"):
        backtest(lane, limits={"max_fialed": "1"})


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=25), st.integers(1, 6))
def test_of_a_partitioned_lane_each_period_is_replayed_in_its_order_by_its_newest_revision(
    lane: Lane, runs: list[tuple[int, bool]], last: int
) -> None:
    partitioned = dataclasses.replace(
        lane, spec=spec_with(sensor=None, partitions={"by": "day", "start": "2026-01-01"}), name="partitioned"
    )
    lane = another(partitioned)
    newest: dict[int, bool] = {}
    for number, (day, good) in enumerate(runs):
        period = {"key": f"2026-01-{day:02}"}
        digest = digest_of(day, drilldown=0.5 if good else 0.05) | {"events_in_period": number, "period": period}
        append_to_ledger(lane, digest, now=NOW)
        newest[day] = good

    found = backtest(lane, last=last, limits={"max_age": "60h"}, now=at(13), with_curves=True)

    document = found.document
    assert [len(curve.columns) for curve in found.curves.curves] == [len(newest)] * 3
    rows = [json.dumps(row_of(day, drilldown=0.5 if newest[day] else 0.05)).encode() for day in sorted(newest)]
    expected = naive(lane, rows, last, {"max_age": "60h"}, None)
    assert document["rows_replayed"] == len(newest)
    assert document["proposed"]["rows_blocked"] == len(expected["blocked"])
    since = [episode["from_run_at"] for episode in document["episodes"]["current"] if episode["ongoing"]]
    assert since == [one for one in [blocked_since(lane)] if one]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2026-02-23", datetime(2026, 2, 23, tzinfo=UTC)),
        ("2026-02-23T14:31:00Z", datetime(2026, 2, 23, 14, 31, tzinfo=UTC)),
        (" 2026-02-23 14:31:00+02:00", datetime(2026, 2, 23, 12, 31, tzinfo=UTC)),
    ],
)
def test_since_is_a_date_or_an_instant_in_utc(written: str, found: datetime) -> None:
    assert since_instant(written) == found


@pytest.mark.parametrize("written", ["yesterday", "", "20260223", "1776011082151", "2026-13-01", "2026-02-30T00:00"])
def test_since_anything_else_is_wrong_usage(written: str) -> None:
    with pytest.raises(UsageProblem, match=f"--since {written}: write a date or an instant"):
        since_instant(written)


def test_a_long_history_is_replayed_as_a_verdict_at_each_row_would(lane: Lane) -> None:
    rng = random.Random(5)
    kinds = "".join(rng.choices("ofx", (60, 1, 0.2), k=5_000))
    start = datetime(2020, 1, 1, tzinfo=UTC)
    lines = []
    for number, line in enumerate(days(kinds)):
        run_at = (start + timedelta(minutes=number)).isoformat()
        # A line that is no row is told from the others by its length.
        lines.append(line + b" " * number if line == b"not json" else _dated(line, run_at))
    lane = recorded(lane, lines)

    found = backtest(lane, last=50, limits=LENIENT, now=start + timedelta(days=5), with_curves=True)

    expected, proposed = naive(lane, lines, 50, LENIENT, None), found.document["proposed"]
    assert (proposed["rows_blocked"], proposed["by_reason"]) == (len(expected["blocked"]), expected["by_reason"])
    assert 1_000 < proposed["rows_blocked"] < 4_000
    assert [len(curve.columns) > 400 for curve in found.curves.curves] == [True] * 3


def _dated(line: bytes, run_at: str) -> bytes:
    return json.dumps({**json.loads(line), "run_at": run_at, "heartbeat_id": run_at}).encode()

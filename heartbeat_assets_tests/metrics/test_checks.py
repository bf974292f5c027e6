"""Tests of checks: unverified metrics warn, verified and owned ones block, and each finding is a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from heartbeat_assets.ledger import MetricValue
from heartbeat_assets.metrics.checks import CHECKS, FRESH, WITHIN_ALERT, WITHIN_NORM, MetricFinding, metric_findings
from heartbeat_assets.metrics.service_spec import CheckSeverities
from heartbeat_assets.metrics.state import state_of
from heartbeat_assets_tests.metrics.timed_shop import HOUR, LAST_ORDER, NEWEST, NOW, TimedShop

ERROR = CheckSeverities()
STANDS_BEHIND = " ana@example.org stands behind it; what depends on it is held."
ONLY_WARNS = " Nobody has verified it, so it only warns."


def value(number: float | None, status: str, **changes: Any) -> MetricValue:
    found = MetricValue("orders_day", NEWEST, number, status, NOW, LAST_ORDER, "0" * 64, None, 1, 1)  # type: ignore[arg-type]
    return replace(found, **changes)


def findings(
    shop: TimedShop, newest: MetricValue | None, severities: CheckSeverities = ERROR, **header: str | None
) -> dict[str, MetricFinding]:
    shop.write_count(**header)
    shop.compute(only=[])
    row = shop.store.row("orders_day")
    assert row is not None
    found = metric_findings(shop.file("orders_day"), state_of(row), newest, severities, NOW)
    assert tuple(finding.check for finding in found) == CHECKS
    return {finding.check: finding for finding in found}


def test_a_good_value_passes_all_three(timed: TimedShop) -> None:
    found = findings(timed, value(24.0, "green"))
    assert all(finding.passed for finding in found.values())
    assert {name: finding.sentence for name, finding in found.items()} == {
        WITHIN_ALERT: "orders_day was 24 orders at 2026-02-23 14:00 UTC, within its alert minimum 10 orders.",
        WITHIN_NORM: "orders_day was 24 orders at 2026-02-23 14:00 UTC, within its norm minimum 20 orders.",
        FRESH: "The sources of orders_day were 10 min old at 2026-02-23 14:00 UTC (3 h are allowed).",
    }


def test_an_unverified_metric_only_ever_warns(timed: TimedShop) -> None:
    for newest in (value(5.0, "red"), value(None, "no_data"), None):
        found = findings(timed, newest)
        assert {finding.severity for finding in found.values() if not finding.passed} == {"warn"}
        assert not any(finding.blocks for finding in found.values())
    assert findings(timed, value(5.0, "red"))[WITHIN_ALERT].sentence == (
        f"orders_day was 5 orders at 2026-02-23 14:00 UTC, beyond its alert minimum 10 orders.{ONLY_WARNS}"
    )


def test_an_owner_alone_does_not_make_it_block(timed: TimedShop) -> None:
    findings(timed, None)
    timed.change(owner="ana@example.org")
    assert not any(finding.blocks for finding in findings(timed, value(5.0, "red")).values())


def test_a_verified_metric_with_an_owner_blocks(timed: TimedShop) -> None:
    findings(timed, None)
    timed.verify()
    found = findings(timed, value(5.0, "red"))
    assert [name for name, finding in found.items() if finding.blocks] == [WITHIN_ALERT, WITHIN_NORM]
    assert found[WITHIN_ALERT].sentence.endswith(f"beyond its alert minimum 10 orders.{STANDS_BEHIND}")
    assert [name for name, one in findings(timed, value(15.0, "amber")).items() if one.blocks] == [WITHIN_NORM]
    timed.change(verification_state="unverified")
    assert not any(finding.blocks for finding in findings(timed, value(5.0, "red")).values())


def test_the_service_may_make_a_check_warn(timed: TimedShop) -> None:
    findings(timed, None)
    timed.verify()
    found = findings(timed, value(5.0, "red"), CheckSeverities(within_norm="warn"))
    assert [name for name, finding in found.items() if finding.blocks] == [WITHIN_ALERT]


def test_without_data_only_freshness_blocks(timed: TimedShop) -> None:
    findings(timed, None)
    timed.verify()
    found = findings(timed, value(None, "no_data", error="orders_day.sql, line 12: out of order"))
    assert [name for name, finding in found.items() if finding.blocks] == [FRESH]
    assert found[FRESH].sentence == (
        "orders_day has no data at 2026-02-23 14:00 UTC: orders_day.sql, line 12: out of order."
    )
    assert found[WITHIN_ALERT].sentence == ("orders_day has no value to judge: orders_day.sql, line 12: out of order.")
    assert findings(timed, None)[FRESH].sentence == "orders_day has no value yet."


@pytest.mark.parametrize(
    ("changes", "passed", "said"),
    [
        ({"source_as_of": NEWEST - 3 * HOUR}, True, "were 3 h old at 2026-02-23 14:00 UTC (3 h are allowed)."),
        ({"source_as_of": NEWEST - 4 * HOUR}, False, "were 4 h old at 2026-02-23 14:00 UTC (3 h are allowed)."),
        ({"source_as_of": None}, True, "orders_day is of 2026-02-23 14:00 UTC; its sources are undated."),
        ({"tick": NEWEST - 3 * HOUR, "source_as_of": NEWEST - 3 * HOUR}, True, "were 0 min old"),
        ({"tick": NEWEST - 4 * HOUR}, False, "was last computed for 2026-02-23 10:00 UTC; look whether its schedule"),
    ],
)
def test_fresh_is_about_sources_and_about_the_schedule(
    timed: TimedShop, changes: dict[str, Any], passed: bool, said: str
) -> None:
    finding = findings(timed, value(24.0, "green", **changes))[FRESH]
    assert finding.passed is passed
    assert said in finding.sentence


def test_fresh_within_of_the_file_is_kept(timed: TimedShop) -> None:
    old = value(24.0, "green", source_as_of=NEWEST - timedelta(days=1))
    assert findings(timed, old, fresh_within="36h")[FRESH].passed
    assert not findings(timed, old, fresh_within="90m")[FRESH].passed


def test_a_breach_that_its_recovery_value_keeps_open_does_not_pass(timed: TimedShop) -> None:
    found = findings(timed, value(15.0, "red"), recovery_value="18")
    assert not found[WITHIN_ALERT].passed
    assert found[WITHIN_ALERT].sentence == (
        "orders_day was 15 orders at 2026-02-23 14:00 UTC: back within its alert minimum 10 orders, but not yet at its "
        f"recovery value 18 orders.{ONLY_WARNS}"
    )


def test_a_check_is_by_the_thresholds_of_this_moment(timed: TimedShop) -> None:
    findings(timed, None)
    timed.change(norm_value=30.0)
    assert not findings(timed, value(24.0, "green"))[WITHIN_NORM].passed


def test_lower_may_be_better(timed: TimedShop) -> None:
    header = {"direction": "lower_is_better", "norm_value": "20", "alert_value": "30"}
    assert findings(timed, value(25.0, "amber"), **header)[WITHIN_NORM].sentence == (
        f"orders_day was 25 orders at 2026-02-23 14:00 UTC, beyond its norm maximum 20 orders.{ONLY_WARNS}"
    )


def test_without_a_threshold_a_check_passes_and_says_so(timed: TimedShop) -> None:
    found = findings(timed, value(5.0, "green"), norm_value=None, alert_value=None)
    assert found[WITHIN_ALERT].passed
    assert found[WITHIN_ALERT].sentence.endswith("at 2026-02-23 14:00 UTC; it has no alert_value.")

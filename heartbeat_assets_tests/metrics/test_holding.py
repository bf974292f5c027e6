"""Tests of holding: which failing checks hold back what depends on metrics, whose they are, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.metrics.holding import Hold, findings_now, held_sentence, holds_now, metrics_of_service
from heartbeat_assets_tests.metrics.timed_shop import HOUR, NEWEST, NOW, TimedShop, hours


def holds(shop: TimedShop, *ids: str, after: timedelta = timedelta()) -> list[Hold]:
    return holds_now(shop.catalog, shop.store, ids or ("orders_day",), NOW + after)


@pytest.fixture
def red(timed: TimedShop) -> TimedShop:
    """Verified; green until the orders stopped six hours ago, then amber, and red for the newest two ticks."""
    timed.write_count(norm_value="20", alert_value="18")
    timed.write("data/orders.csv", "order_id,amount,ordered_at\n" + "".join(
        f"A{hour},1,{NEWEST - hour * HOUR - timedelta(minutes=10):%Y-%m-%d %H:%M:%S}\n" for hour in range(7, 200)
    ))  # fmt: skip
    timed.compute(ticks=hours(12))
    timed.verify()
    return timed


def test_nothing_is_held_by_a_metric_nobody_verified(timed: TimedShop) -> None:
    timed.write_count(alert_value="50", norm_value="60")
    timed.compute()
    assert timed.newest().status == "red"
    assert holds(timed) == []


def test_a_breach_holds_since_the_tick_it_began_at(red: TimedShop) -> None:
    assert [(value.tick, value.status) for value in red.values()[-5:]] == [
        (NEWEST - 4 * HOUR, "green"), (NEWEST - 3 * HOUR, "green"), (NEWEST - 2 * HOUR, "amber"),
        (NEWEST - HOUR, "amber"), (NEWEST, "red"),
    ]  # fmt: skip
    found = {hold.finding.check: hold for hold in holds(red)}
    assert {check: (hold.owner, hold.since) for check, hold in found.items() if check != "fresh"} == {
        "within_alert": ("ana@example.org", NEWEST),
        "within_norm": ("ana@example.org", NEWEST - 2 * HOUR),
    }
    assert found["within_norm"].sentence == (
        "orders_day was 17 orders at 2026-02-23 14:00 UTC, beyond its norm minimum 20 orders. ana@example.org stands "
        "behind it; what depends on it is held. So since 2026-02-23 12:00 UTC."
    )


def test_old_sources_hold_since_they_were_too_old_and_name_the_owner(red: TimedShop) -> None:
    (hold,) = [hold for hold in holds(red) if hold.finding.check == "fresh"]
    assert hold.since == NEWEST - 4 * HOUR
    assert hold.sentence == (
        "The sources of orders_day were 7 h 10 min old at 2026-02-23 14:00 UTC (3 h are allowed). ana@example.org "
        "stands behind it. So since 2026-02-23 10:00 UTC."
    )


def test_a_metric_that_is_no_longer_computed_holds_since_its_newest_tick(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    timed.verify()
    assert holds(timed) == []
    (hold,) = holds(timed, after=6 * HOUR)
    assert (hold.finding.check, hold.since) == ("fresh", NEWEST)
    assert "look whether its schedule runs" in hold.sentence


def test_a_breach_is_not_interrupted_by_ticks_without_data(timed: TimedShop) -> None:
    timed.write_count(alert_value="50", norm_value="60")
    timed.compute(ticks=hours(3)[:1])
    away = (timed.folder / "data" / "orders.csv").rename(timed.folder / "away.csv")
    timed.compute(ticks=hours(3)[1:2])
    away.rename(timed.folder / "data" / "orders.csv")
    timed.compute(ticks=hours(3)[2:])
    timed.verify()
    assert [value.status for value in timed.values()] == ["red", "no_data", "red"]
    assert {hold.since for hold in holds(timed)} == {hours(3)[0]}


def test_a_verification_that_has_run_out_holds_nothing(timed: TimedShop) -> None:
    timed.write_count(alert_value="50", norm_value="60", verify_every="1d")
    timed.compute()
    from heartbeat_assets.metrics.changes import change_metric
    from heartbeat_assets_tests.metrics.projects import PERSON

    change_metric(
        timed.store, "orders_day", {"owner": "ana@example.org", "verification_state": "verified"},
        actor=PERSON, reason="a test", verify_every=timedelta(days=1), now=NOW,
    )  # fmt: skip
    assert holds(timed)
    found = findings_now(timed.catalog, timed.store, ["orders_day"], NOW + timedelta(days=2))
    assert {finding.severity for finding in found["orders_day"] if not finding.passed} == {"warn"}


def test_a_verified_metric_whose_file_is_wrong_holds_and_says_so(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    timed.verify()
    file = timed.write_count(direction="upwards")
    (hold,) = holds(timed)
    assert hold.finding.check == "fresh"
    assert f"orders_day has no value: its file is wrong: {file}: line " in hold.sentence


def test_an_id_that_is_no_metric_is_a_mistake_of_whoever_asks(timed: TimedShop) -> None:
    file = timed.write_count()
    timed.compute()
    with pytest.raises(UsageProblem, match="no metric 'orders'; look at `heartbeat metrics`"):
        holds(timed, "orders_day", "orders")
    file.unlink()
    timed.compute()
    with pytest.raises(UsageProblem, match="the metric 'orders_day' is retired; depend on another one"):
        holds(timed)
    assert list(metrics_of_service(timed.store, "shop")) == []


def test_a_metric_that_is_there_and_not_registered_yet_holds_nothing(timed: TimedShop) -> None:
    timed.write_count()
    assert holds(timed) == []
    found = findings_now(timed.catalog, timed.store, ["orders_day"], NOW)["orders_day"]
    assert {finding.sentence for finding in found} == {"orders_day has no value: it is not registered yet."}
    refused = findings_now(timed.catalog, timed.store, ["orders_day"], NOW, refused={"orders_day": "it came back"})
    assert {finding.sentence for finding in refused["orders_day"]} == {
        "orders_day has no value: its file was not registered: it came back."
    }


def test_many_holds_are_told_shortly(red: TimedShop) -> None:
    found = holds(red)
    assert len(found) == 3
    said = held_sentence(found, shown=1)
    assert said == f"{found[0].sentence} And 2 more."
    assert held_sentence(found) == " ".join(hold.sentence for hold in found)

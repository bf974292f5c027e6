"""The KPIs of the marketplace on tables made by hand: the same numbers as metrics, by crosscheck, and in the lane.

The definitions, windows and sources are those of the operations document that the KPIs come from.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from heartbeat_assets.lanes.checked_run import CheckOptions, check_lane
from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.metrics.catalog import load_catalog
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.settings import load_settings
from heartbeat_assets.warehouse import one_row, one_value
from heartbeat_assets_tests.copied_project import ROOT, CopiedProject
from heartbeat_assets_tests.defs.market_tables import (
    DIGEST_SQL,
    NOW,
    SPEC,
    ago,
    deal,
    fill,
    listing,
    offer,
    report,
    request,
    vote,
)

KPIS = [kpi.name for kpi in SPEC.kpis]
Rows = list[dict[str, Any]]
Kpi = Callable[..., float | None]
Kpis = Callable[..., dict[str, float | None]]


@pytest.fixture(scope="module")
def metrics() -> dict[str, MetricFile]:
    """The metrics of the service."""
    files = load_catalog(load_settings(ROOT)).of_service("marketplace_app")
    return {file.metric_id: file for file in files}


def as_of(connection: duckdb.DuckDBPyConnection, file: MetricFile, at: datetime) -> float | None:
    """The value of a metric at an instant, which its crosscheck must come to as well."""
    value = one_value(connection, file.sql, {"as_of": at})
    assert file.crosscheck is not None
    rebuilt = one_value(connection, file.crosscheck, {"as_of": at})
    assert value == (rebuilt if rebuilt is None else pytest.approx(rebuilt, rel=1e-12))
    return value


def digest(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The lane's digest of what is in the tables."""
    return build_digest(SPEC, one_row(connection, DIGEST_SQL), generated_at=NOW)


@pytest.fixture
def kpis(connection: duckdb.DuckDBPyConnection, metrics: dict[str, MetricFile]) -> Kpis:
    """Fills the tables, and returns every KPI now, upon which metric, crosscheck and lane agree."""

    def values(**tables: Rows) -> dict[str, float | None]:
        # The lane measures at its newest row: a request that is no write makes that now.
        tables["audit_logs"] = [*tables.get("audit_logs", []), request(NOW, "GET")]
        fill(connection, **tables)
        found = {name: as_of(connection, metrics[name], NOW) for name in KPIS}
        in_lane = digest(connection)["metrics"]
        for name, value in found.items():
            assert in_lane[name] == (value if value is None else pytest.approx(value, abs=1e-6)), name
        return found

    return values


@pytest.fixture
def kpi(kpis: Kpis) -> Kpi:
    """The same for one KPI."""
    return lambda name, **tables: kpis(**tables)[name]


def test_the_five_kpis_are_metrics_and_one_lane(metrics: dict[str, MetricFile]) -> None:
    assert set(KPIS) <= set(metrics)
    headers = {name: metrics[name].header for name in KPIS}
    assert {name: (header.sources, header.period) for name, header in headers.items()} == {
        "deals_per_day": (("deals",), "rolling 24 hours"),
        "votes_per_deal": (("deals", "deal_votes"), "rolling 7 days"),
        "listing_to_offer_rate": (("listings", "offers"), "rolling 7 days"),
        "offer_to_accept_rate": (("offers",), "rolling 7 days"),
        "reports_per_1000_actions": (("reports", "audit_logs"), "rolling 7 days"),
    }


# --- Deals a day ------------------------------------------------------------------------------------------


def test_deals_per_day_counts_those_in_state_new(kpi: Kpi) -> None:
    deals = [
        deal("a", "NEW", ago(hours=1)),
        deal("b", "NEW", ago(hours=20)),
        deal("c", "ACTIVE", ago(hours=20), ago(hours=2)),
        deal("d", "REJECTED", ago(hours=3), None, ago(hours=1)),
        deal("e", "NEW", ago(hours=40)),
    ]
    assert kpi("deals_per_day", deals=deals) == 2


def test_a_window_begins_after_its_first_instant_and_holds_its_last(kpi: Kpi) -> None:
    assert kpi("deals_per_day", deals=[deal("a", "NEW", ago(1))]) == 0
    assert kpi("deals_per_day", deals=[deal("a", "NEW", ago(1, microseconds=-1))]) == 1
    assert kpi("deals_per_day", deals=[deal("a", "NEW", NOW)]) == 1


def test_no_deal_in_a_day_is_0_and_no_deal_ever_is_no_value(kpi: Kpi) -> None:
    assert kpi("deals_per_day", deals=[deal("a", "ACTIVE", ago(9), ago(8))]) == 0
    assert kpi("deals_per_day") is None


# --- Votes per deal ---------------------------------------------------------------------------------------


def test_votes_per_deal_is_the_mean_over_active_deals_of_the_votes_up_and_down(kpi: Kpi) -> None:
    deals = [
        deal("a", "ACTIVE", ago(9), ago(8)),
        deal("b", "ACTIVE", ago(3), ago(2)),
        deal("nobody voted", "ACTIVE", ago(3), ago(2)),
        deal("new", "NEW", ago(1)),
        deal("over", "EXPIRED", ago(20), ago(18), ago(1)),
    ]
    votes = [
        vote("a", ago(7)),  # the instant before the window
        vote("a", ago(7, microseconds=-1)),
        vote("a", ago(1), "down"),
        vote("a", NOW),
        vote("b", ago(2), "down"),
        vote("new", ago(1)),
        vote("over", ago(2)),
        vote("unknown", ago(2)),
    ]
    assert kpi("votes_per_deal", deals=deals, deal_votes=votes) == pytest.approx(4 / 3)


def test_without_an_active_deal_there_is_no_value_and_without_a_vote_it_is_0(kpi: Kpi) -> None:
    assert kpi("votes_per_deal", deals=[deal("a", "NEW", ago(1))], deal_votes=[vote("a", ago(1))]) is None
    assert kpi("votes_per_deal", deals=[deal("a", "ACTIVE", ago(3), ago(2))]) == 0


# --- Listings with an offer -------------------------------------------------------------------------------


def test_listing_to_offer_rate_is_a_percentage_of_the_live_listings(kpi: Kpi) -> None:
    listings = [
        listing("two offers", "LIVE", ago(9), ago(9)),
        listing("old offer", "LIVE", ago(20), ago(20)),
        listing("no offer", "LIVE", ago(9), ago(9)),
        listing("last instant", "LIVE", ago(9), ago(9)),
        listing("sold", "SOLD", ago(9), ago(9), ago(1)),
        listing("waiting", "PENDING", ago(1)),
    ]
    offers = [
        offer("two offers", ago(3)),
        offer("two offers", ago(2)),
        offer("old offer", ago(7)),
        offer("last instant", NOW),
        offer("sold", ago(2), "ACCEPTED", ago(1)),
        offer("unknown", ago(2)),
    ]
    assert kpi("listing_to_offer_rate", listings=listings, offers=offers) == 50.0


def test_without_a_live_listing_there_is_no_value_and_without_an_offer_it_is_0(kpi: Kpi) -> None:
    sold = listing("a", "SOLD", ago(9), ago(9), ago(1))
    assert kpi("listing_to_offer_rate", listings=[sold], offers=[offer("a", ago(2))]) is None
    assert kpi("listing_to_offer_rate", listings=[listing("a", "LIVE", ago(9), ago(9))]) == 0


# --- Offers accepted --------------------------------------------------------------------------------------


def test_offer_to_accept_rate_is_a_percentage_of_the_offers_made_in_the_window(kpi: Kpi) -> None:
    offers = [
        offer("a", ago(1), "ACCEPTED", ago(hours=2)),
        offer("b", ago(2), "DECLINED", ago(1)),
        offer("c", ago(3)),
        offer("d", ago(7), "ACCEPTED", ago(6)),  # made before the window, accepted in it
        offer("e", ago(7, microseconds=-1), "ACCEPTED", ago(6)),
        offer("f", NOW),
    ]
    assert kpi("offer_to_accept_rate", offers=offers) == pytest.approx(40.0)


def test_without_an_offer_in_the_window_there_is_no_value(kpi: Kpi) -> None:
    assert kpi("offer_to_accept_rate") is None
    assert kpi("offer_to_accept_rate", offers=[offer("a", ago(8), "ACCEPTED", ago(1))]) is None
    assert kpi("offer_to_accept_rate", offers=[offer("a", ago(2))]) == 0


# --- Reports per 1000 actions -----------------------------------------------------------------------------


def test_reports_are_per_1000_write_requests_whatever_became_of_them(kpi: Kpi) -> None:
    writes = [request(ago(day), method) for day in (1, 2, 6) for method in ("POST", "PATCH", "PUT", "DELETE")]
    others = [request(ago(1), "GET"), request(ago(1), "HEAD"), request(ago(7), "POST")]
    edge = [request(ago(7, microseconds=-1), "PUT"), request(NOW, "POST", "failure"), request(ago(1), "post")]
    reports = [report(ago(7)), report(ago(7, microseconds=-1)), report(ago(3)), report(NOW)]
    value = kpi("reports_per_1000_actions", reports=reports, audit_logs=[*writes, *others, *edge])
    assert value == pytest.approx(1000 * 3 / 14)


def test_without_a_write_there_is_no_value_and_without_a_report_it_is_0(kpi: Kpi) -> None:
    assert kpi("reports_per_1000_actions", reports=[report(ago(1))], audit_logs=[request(ago(1), "GET")]) is None
    assert kpi("reports_per_1000_actions", audit_logs=[request(ago(1))]) == 0


# --- The past ---------------------------------------------------------------------------------------------


def test_what_a_status_is_now_does_not_change_what_it_was_then(
    connection: duckdb.DuckDBPyConnection, metrics: dict[str, MetricFile]
) -> None:
    fill(
        connection,
        deals=[deal("a", "EXPIRED", ago(9), ago(8), ago(1)), deal("b", "REJECTED", ago(9), None, ago(8, hours=12))],
        deal_votes=[vote("a", ago(8, hours=1)), vote("a", ago(4))],
        listings=[listing("l", "SOLD", ago(9), ago(8), ago(1))],
        offers=[offer("l", ago(5), "ACCEPTED", ago(1))],
    )

    def at(name: str, *instants: datetime) -> list[float | None]:
        return [as_of(connection, metrics[name], instant) for instant in instants]

    assert at("deals_per_day", ago(10), ago(9), ago(8, hours=13), ago(8, hours=12), ago(8)) == [None, 2, 2, 1, 0]
    assert at("votes_per_deal", ago(8, microseconds=1), ago(8), ago(4), ago(1, microseconds=1), ago(1)) == [
        None, 1, 2, 1, None,
    ]  # fmt: skip
    assert at("listing_to_offer_rate", ago(8, microseconds=1), ago(8), ago(5), ago(1)) == [None, 0, 100, None]
    assert at("offer_to_accept_rate", ago(6), ago(5), ago(1, microseconds=1), ago(1), NOW) == [None, 0, 0, 100, 100]


def test_a_table_without_the_times_of_a_status_is_told_by_the_status(kpi: Kpi) -> None:
    deals = [deal("a", "ACTIVE", ago(3)), deal("b", "EXPIRED", ago(3)), deal("c", "NEW", ago(hours=1))]
    assert kpi("deals_per_day", deals=[*deals, deal("d", "ACTIVE", ago(hours=1))]) == 1
    assert kpi("votes_per_deal", deals=deals, deal_votes=[vote("a", ago(1)), vote("b", ago(1))]) == 1
    listings = [listing("a", "LIVE", ago(3)), listing("b", "SOLD", ago(3))]
    assert kpi("listing_to_offer_rate", listings=listings, offers=[offer("b", ago(1))]) == 0
    assert kpi("offer_to_accept_rate", offers=[offer("a", ago(1), "ACCEPTED"), offer("b", ago(1))]) == 50


def test_metric_crosscheck_and_lane_agree_on_tables_drawn_by_chance(kpis: Kpis) -> None:
    draw = random.Random(20260208)

    def some(kinds: list[str]) -> Rows:
        made = []
        for number in range(draw.randrange(8)):
            created = ago(draw.choice([0, 0.5, 1, 3, 7, 9]))
            second = draw.choice([None, created])
            over = draw.choice([None, NOW]) if second else None
            made.append({"name": f"n{number}", "status": draw.choice(kinds), "times": (created, second, over)})
        return made

    values = []
    for _ in range(25):
        deals = [
            deal(one["name"], one["status"], *one["times"]) for one in some(["NEW", "ACTIVE", "EXPIRED", "REJECTED"])
        ]
        listings = [listing(one["name"], one["status"], *one["times"]) for one in some(["PENDING", "LIVE", "SOLD"])]
        near = [(f"n{draw.randrange(8)}", ago(draw.choice([0, 2, 6.9, 7, 8]))) for _ in range(draw.randrange(12))]
        values.append(
            kpis(
                deals=deals,
                deal_votes=[vote(*one) for one in near],
                listings=listings,
                offers=[offer(name, at, draw.choice(["PENDING", "ACCEPTED"])) for name, at in near],
                reports=[report(at) for _, at in near],
                audit_logs=[request(at, draw.choice(["GET", "POST"])) for _, at in near],
            )
        )
    # The draw was no idle one: every KPI was something and was nothing.
    for name in KPIS:
        assert {value[name] is None for value in values} == {True, False}
        assert len({value[name] for value in values}) > 3


# --- The lane ---------------------------------------------------------------------------------------------


def test_empty_tables_are_a_digest_without_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    fill(connection)
    empty = digest(connection)
    assert empty["metrics"] == dict.fromkeys(KPIS)
    assert (empty["status"], sorted(empty["missing_metrics"])) == ("degraded", sorted(KPIS))


def test_the_lane_passes_blocks_on_a_wave_of_reports_and_says_why(project: CopiedProject) -> None:
    lane = project.add_shipped_lane("marketplace")
    good = check_lane(lane, CheckOptions(strict=True))
    assert good.digest is not None
    assert (good.digest["status"], good.reasons) == ("ok", [])
    assert good.digest["metrics"] == {
        "deals_per_day": 44.0,
        "votes_per_deal": 4.483146,
        "listing_to_offer_rate": 47.95082,
        "offer_to_accept_rate": 21.111111,
        "reports_per_1000_actions": 13.924514,
    }
    until = good.digest["measured"]["until_epoch_seconds"]
    assert datetime.fromtimestamp(until, UTC).date().isoformat() == "2026-02-07"

    broken = str(ROOT / "data" / "marketplace" / "broken" / "reports.csv.gz")
    bad = check_lane(lane, CheckOptions(inputs={"reports": broken}, strict=True))
    assert bad.digest is not None
    assert bad.digest["failure_reasons"] == ["reports_per_1000_actions_above_threshold"]
    assert "max_reports_per_1000_actions_violations_exceeded" in bad.reasons
    report = judge_ledger(lane).report
    assert (report["entries_total"], report["latest"]["status"]) == (2, "failed")

"""The SLOs that ship, measured over the committed 60 days: the figures are those of counting the files by hand."""

from __future__ import annotations

import csv
import gzip
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from heartbeat_assets.components import ServiceObjectives
from heartbeat_assets.components.objective_group import ObjectivesGroup
from heartbeat_assets.metrics.service import find_services
from heartbeat_assets.objectives.measure import Measured, measure
from heartbeat_assets.objectives.objectives_file import objectives_in
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.copied_project import ROOT, SHIPPED_DEFS

DATA = ROOT / "data" / "marketplace"
END = datetime(2026, 2, 8, tzinfo=UTC)
WRITES = ("POST", "PATCH", "PUT", "DELETE")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A project with the marketplace's service and SLOs over the committed data."""
    folder = tmp_path_factory.mktemp("marketplace")
    for name in ("marketplace_app", "marketplace_objectives"):
        shutil.copytree(SHIPPED_DEFS / name, folder / "defs" / name)
    target = folder / "data" / "services" / "marketplace"
    target.mkdir(parents=True)
    for file in DATA.glob("*.csv.gz"):
        shutil.copy(file, target)
    return Settings(folder, folder / "defs", folder / "home", str(folder / "home" / "ledger.sqlite"))


@pytest.fixture(scope="module")
def measured(settings: Settings) -> dict[datetime, dict[str, Measured]]:
    """Every SLO at the end of the data, and at the end of January."""
    slos = [slo for _, slo in objectives_in(settings.defs).slos()]
    instants = {END: 90, datetime(2026, 1, 31, 23, 59, tzinfo=UTC): 1}
    return {at: {one.slo.name: one for one in measure(slos, settings, at, days=days)} for at, days in instants.items()}


@cache
def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def requests(methods: tuple[str, ...], start: datetime, end: datetime) -> tuple[int, int]:
    """Good and all requests from `start` up to `end`, counted in Python."""
    good = total = 0
    for row in rows("audit_logs"):
        if row["request.method"] in methods and start <= datetime.fromisoformat(row["occurred_at"]) < end:
            good, total = good + (row["outcome"] == "success"), total + 1
    return good, total


@pytest.mark.parametrize(
    ("name", "methods", "target"),
    [("api-read-availability", ("GET",), 0.995), ("api-write-availability", WRITES, 0.99)],
)
def test_availability_is_what_counting_the_log_of_the_month_comes_to(
    measured: dict[datetime, dict[str, Measured]], name: str, methods: tuple[str, ...], target: float
) -> None:
    for at, found in measured.items():
        verdict = found[name].verdict
        assert verdict is not None
        good, total = requests(methods, at.replace(day=1, hour=0, minute=0), at)
        budget = verdict.corrected
        assert (budget.good, budget.total) == (good, total)
        assert total > 300
        assert budget.consumed == pytest.approx((total - good) / (total * (1 - target)))
        # With nights as quiet as declared all of the time but its very end was measured.
        assert verdict.coverage.fraction == pytest.approx(1, abs=0.02)


def test_the_delay_holds_each_event_of_seven_days_against_five_seconds(
    measured: dict[datetime, dict[str, Measured]],
) -> None:
    for at, found in measured.items():
        verdict = found["sse-delivery-delay"].verdict
        assert verdict is not None
        good = total = 0
        for row in rows("sse_events"):
            enqueued = datetime.fromisoformat(row["enqueued_at"])
            if not at - timedelta(days=7) <= enqueued < at:
                continue
            received = datetime.fromisoformat(row["received_at"]) if row["received_at"] else None
            waited = (received or at) - enqueued
            if received is None and waited <= timedelta(seconds=5):
                continue
            good, total = good + (waited <= timedelta(seconds=5)), total + 1
        assert (verdict.corrected.good, verdict.corrected.total) == (good, total)
        assert total > 2000


def test_the_days_add_up_to_all_there_is(measured: dict[datetime, dict[str, Measured]]) -> None:
    days = measured[END]["api-read-availability"].days
    assert (len(days), sum(day.total for day in days)) == (90, requests(("GET",), END - timedelta(days=90), END)[1])
    known = [day for day in days if day.total]
    # The last of the 90 days is the one that begins at the end of the data.
    assert (len(known), known[0].day.isoformat(), known[-1].day.isoformat()) == (60, "2025-12-10", "2026-02-07")


def test_in_dagster_they_lie_downstream_of_the_tables_they_read(settings: Settings) -> None:
    folder = objectives_in(settings.defs).folders["marketplace_objectives"]
    definitions = ServiceObjectives(ObjectivesGroup(folder, settings, find_services(settings))).definitions()
    specs = {spec.key.path[-1]: spec for spec in definitions.resolve_all_asset_specs()}
    upstream = {name: [dep.asset_key.path[-1] for dep in specs[name].deps] for name in specs if specs[name].deps}
    assert upstream == {
        "api_read_availability": ["audit_logs"],
        "api_write_availability": ["audit_logs"],
        "sse_delivery_delay": ["sse_events"],
    }

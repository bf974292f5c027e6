"""The shipped metrics: well-formed, over data that is there, each the same number in two ways, and of some use.

They are computed over the generated past of the services, in a copy of the project.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.metrics.measuring import Measuring, measuring
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.thresholds import judge
from heartbeat_assets.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEFS = ROOT / "heartbeat_assets" / "defs"
SERVICES = ("citizen_app", "legal_register", "marketplace_app")
METRICS = sorted(file.stem for service in SERVICES for file in (DEFS / service / "metrics").glob("*.sql"))
UNTIL = datetime(2026, 5, 4, 14, tzinfo=UTC)
DAYS = 64
# Every hour of the day on any day of the week, in seven weeks; a daily metric could be asked for at each of them too.
INSTANTS = [UNTIL - timedelta(hours=hours) for hours in (*range(0, 1150, 49), 3, 5, 14, 38)]
EARLIER = UNTIL - timedelta(days=14, hours=2)


class Shipped:
    """The shipped services in a copy of the project, opened for measuring."""

    def __init__(self, catalog: Catalog, stack: ExitStack) -> None:
        self.catalog = catalog
        self._open: dict[str, Measuring] = {
            name: stack.enter_context(measuring(service, catalog.of_service(name)))
            for name, service in catalog.services.items()
        }
        self._measured: dict[tuple[str, datetime], float | None] = {}

    def file(self, metric_id: str) -> MetricFile:
        return self.catalog.files[metric_id]

    def value(self, metric_id: str, at: datetime) -> float | None:
        """The value of a metric as the schedule would have it, computed when it is first asked for."""
        if (metric_id, at) not in self._measured:
            measured = self._open[self.file(metric_id).service].measure(self.file(metric_id), at)
            assert measured.error is None
            self._measured[metric_id, at] = measured.value
        return self._measured[metric_id, at]

    def rebuilt(self, metric_id: str, at: datetime) -> float | None:
        """The same number by the crosscheck."""
        file = self.file(metric_id)
        assert file.crosscheck is not None
        return self._open[file.service].value_of(file.crosscheck, at, uses_as_of=file.crosscheck_uses_as_of)

    def ages(self, metric_id: str, at: datetime) -> dict[str, datetime | None]:
        return self._open[self.file(metric_id).service].ages(self.file(metric_id), at)


def make_the_past(folder: Path, until: datetime) -> None:
    """The tables of the services in `folder` up to `until`, from the same first day whenever they end."""
    services = folder / "data" / "services"
    days = DAYS - (UNTIL - until).days
    # Seven weeks of the marketplace tell as much as nine, and are made sooner.
    parts = (("make_services.py", services, days), ("make_marketplace.py", services / "marketplace", days - 20))
    for script, out, of_days in parts:
        command = [sys.executable, str(ROOT / "data" / script), "--until", until.isoformat(), "--days", str(of_days)]
        subprocess.run([*command, "--out", str(out)], capture_output=True, check=True)


class Earlier(NamedTuple):
    """A project whose tables end at EARLIER, and what every metric was then."""

    settings: Settings
    values: dict[str, float | None]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Earlier:
    """The shipped services in a copy of the project, as they were at EARLIER. The fixture `shipped` goes on from it."""
    folder = tmp_path_factory.mktemp("project")
    for name in SERVICES:
        shutil.copytree(DEFS / name, folder / "defs" / name)
    shutil.copytree(ROOT / "data" / "liberty_restrictions", folder / "data" / "liberty_restrictions")
    make_the_past(folder, EARLIER)
    settings = Settings(folder, folder / "defs", folder / "home", str(folder / "home" / "ledger.sqlite"))
    with ExitStack() as stack:
        then = Shipped(load_catalog(settings), stack)
        return Earlier(settings, {metric_id: then.value(metric_id, EARLIER) for metric_id in METRICS})


@pytest.fixture(scope="module")
def shipped(earlier: Earlier) -> Iterator[Shipped]:
    """The same project when its tables end at UNTIL."""
    make_the_past(earlier.settings.project, UNTIL)
    with ExitStack() as stack:
        yield Shipped(load_catalog(earlier.settings), stack)


def test_every_file_is_read_without_a_mistake_and_there_are_twelve_or_more_in_three_services(shipped: Shipped) -> None:
    assert shipped.catalog.problems == []
    assert sorted(shipped.catalog.files) == METRICS
    assert len(METRICS) >= 12
    assert min(len(shipped.catalog.of_service(name)) for name in SERVICES) >= 5


def test_the_codes_are_unique_and_the_texts_say_something(shipped: Shipped) -> None:
    headers = [file.header for file in shipped.catalog.files.values()]
    assert len({header.code for header in headers}) == len({header.name for header in headers}) == len(headers)
    for header in headers:
        assert header.tags
        assert len(header.how_to_read) > 80
        assert len(header.methodology) > 80


@pytest.mark.parametrize("metric_id", METRICS)
def test_both_queries_are_one_select_that_looks_at_the_instant(shipped: Shipped, metric_id: str) -> None:
    file = shipped.file(metric_id)
    assert file.sql_problems() == []
    assert file.uses_as_of
    assert file.crosscheck is None or file.crosscheck_uses_as_of


@pytest.mark.parametrize("metric_id", METRICS)
def test_the_crosscheck_comes_to_the_same_number_at_every_instant(shipped: Shipped, metric_id: str) -> None:
    values = 0
    for at in INSTANTS:
        value, rebuilt = shipped.value(metric_id, at), shipped.rebuilt(metric_id, at)
        assert (value is None) is (rebuilt is None), at
        if value is not None and rebuilt is not None:
            assert value == pytest.approx(rebuilt, rel=1e-9, abs=1e-12), at
            values += 1
    assert values > 20


@pytest.mark.parametrize("metric_id", METRICS)
def test_before_there_is_anything_there_is_no_value(shipped: Shipped, metric_id: str) -> None:
    before = datetime(2019, 1, 1, tzinfo=UTC)
    if {"legal_norms", "legal_norm_fragments"} & set(shipped.file(metric_id).header.sources):
        assert shipped.value(metric_id, before) == shipped.rebuilt(metric_id, before) == 0
    else:
        assert shipped.value(metric_id, before) is None
        assert shipped.rebuilt(metric_id, before) is None


def test_what_happens_later_changes_no_value_of_the_past(earlier: Earlier, shipped: Shipped) -> None:
    for metric_id in METRICS:
        assert shipped.value(metric_id, EARLIER) == earlier.values[metric_id], metric_id


def test_most_are_green_and_some_are_not(shipped: Shipped) -> None:
    """Judged without memory at every instant of seven weeks: a wall of red, or of green, would tell nothing."""
    counts = []
    for at in INSTANTS:
        statuses = [
            judge(file.header.thresholds, shipped.value(name, at)) for name, file in shipped.catalog.files.items()
        ]
        counts.append(sum(status in ("amber", "red") for status in statuses))
    assert 1 <= sum(counts) / len(counts) <= 4
    assert max(counts) < len(METRICS) / 2


def test_the_sources_are_as_fresh_as_the_metrics_ask(shipped: Shipped) -> None:
    for metric_id in METRICS:
        oldest = UNTIL - shipped.file(metric_id).header.fresh_within_duration
        for name, age in shipped.ages(metric_id, UNTIL).items():
            assert age is not None, name
            assert age >= oldest, name


def test_they_show_what_metrics_can_be(shipped: Shipped) -> None:
    headers = [file.header for file in shipped.catalog.files.values()]
    assert {header.direction for header in headers} == {"higher_is_better", "lower_is_better"}
    assert {header.every for header in headers} == {"hour", "day"}
    assert any(header.recovery_value is not None for header in headers)
    assert any(header.norm_value is None and header.alert_value is None for header in headers)

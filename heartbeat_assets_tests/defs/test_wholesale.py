"""The shipped service over KPI events: its source is the ledger, and its metric is right over the generated past."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heartbeat_assets.governance.kpi_file import import_events
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.metrics.discover import discover
from heartbeat_assets.metrics.measuring import measuring
from heartbeat_assets.metrics.thresholds import judge
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.copied_project import ROOT, SHIPPED_DEFS

UNTIL = datetime(2026, 5, 4, 14, tzinfo=UTC)
METRIC = "contracts_closed"


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kpi")
    command = [sys.executable, str(ROOT / "data" / "make_kpi_events.py"), "--until", UNTIL.isoformat()]
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)
    return out / "past.ndjson"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A project with that service alone, and an empty ledger."""
    shutil.copytree(SHIPPED_DEFS / "wholesale", tmp_path / "defs" / "wholesale")
    made = Settings(tmp_path, tmp_path / "defs", tmp_path / "home", str(tmp_path / "home" / "ledger.sqlite"))
    yield made
    open_ledger(made.ledger_url).close()


@pytest.fixture
def catalog(settings: Settings) -> Catalog:
    loaded = load_catalog(settings)
    assert loaded.problems == []
    return loaded


def test_both_queries_come_to_the_same_share_which_is_green_at_every_instant(
    settings: Settings, catalog: Catalog, past: Path
) -> None:
    import_events(open_ledger(settings.ledger_url).events, past)
    file = catalog.files[METRIC]
    assert file.crosscheck is not None
    with measuring(catalog.services["wholesale"], [file]) as sources:
        for hours in range(0, 1200, 61):
            at = UNTIL - timedelta(hours=hours)
            measured = sources.measure(file, at)
            assert measured.error is None
            assert judge(file.header.thresholds, measured.value) == "green"
            assert measured.value == pytest.approx(sources.value_of(file.crosscheck, at, uses_as_of=True), rel=1e-12)
        newest = sources.measure(file, UNTIL).source_as_of
    assert newest is not None
    assert timedelta(0) <= UNTIL - newest < timedelta(hours=6)


def test_before_the_first_event_there_is_no_value(settings: Settings, catalog: Catalog, past: Path) -> None:
    import_events(open_ledger(settings.ledger_url).events, past)
    file = catalog.files[METRIC]
    with measuring(catalog.services["wholesale"], [file]) as sources:
        measured = sources.measure(file, datetime(2019, 1, 1, tzinfo=UTC))
    assert (measured.value, measured.error, measured.source_as_of) == (None, None, None)


def test_without_an_event_the_metric_says_how_to_emit_one(settings: Settings, catalog: Catalog) -> None:
    file = catalog.files[METRIC]
    with measuring(catalog.services["wholesale"], [file]) as sources:
        measured = sources.measure(file, UNTIL)
    assert measured.value is None
    assert "there is no KPI event of WHOLESALE in the ledger yet; emit one as `heartbeat kpi emit" in str(
        measured.error
    )


def test_discover_shows_the_events_with_their_span(settings: Settings, catalog: Catalog, past: Path) -> None:
    ledger = open_ledger(settings.ledger_url)
    import_events(ledger.events, past)
    ((source,),) = [service["sources"] for service in discover(catalog, ledger.metrics, UNTIL)["services"]]
    assert (source["kind"], source["used_by"], source["problem"]) == ("kpi_events", [METRIC], None)
    assert source["rows"] > 1000
    assert (source["first"][:10], source["last"][:10]) == ("2026-03-05", "2026-05-04")
    assert source["as_of"] == source["last"]

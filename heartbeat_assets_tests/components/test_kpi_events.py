"""KPI events in Dagster: a day of a series is a partition, silence warns, and what nobody lists is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from heartbeat_assets.components.kpi_days_assets import KpiGroup
from heartbeat_assets.components.kpi_events import KpiEvents
from heartbeat_assets.governance.kpi_spec import checked_kpi_events
from heartbeat_assets.ledger import EventStore, NewKpiEvent, open_ledger
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.components.run_results import QUIET

# Dagster warns of a beta parameter that it passes to itself when it rebuilds the checks of a component.
pytestmark = pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")

FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)
SOLD, RETURNED, MARGIN = (dg.AssetKey(["sales", "shop", name]) for name in ("sold", "returned", "margin"))
SERIES = dg.AssetKey(["sales", "series"])


class Sales:
    """Three series of a shop as definitions, and a ledger of their own."""

    def __init__(self, folder: Path, ledger_url: str) -> None:
        self.settings = Settings(folder, folder / "defs", folder / "home", ledger_url)
        spec = checked_kpi_events({"series": ["SHOP.sold", "SHOP.returned", "SHOP.margin"]}, "defs.yaml")
        self.definitions = KpiEvents(KpiGroup("sales", spec, self.settings)).definitions()

    @property
    def store(self) -> EventStore:
        return open_ledger(self.settings.ledger_url).events

    def emit(self, metric: str, *outcomes: bool | float, at: datetime = FRIDAY) -> None:
        self.store.append(
            [
                NewKpiEvent("SHOP", metric, success=one, duration_ms=100.0 * place, at=at)
                if isinstance(one, bool)
                else NewKpiEvent("SHOP", metric, value=one, at=at)
                for place, one in enumerate(outcomes, start=1)
            ]
        )

    def run(
        self, *keys: dg.AssetKey, day: str | None = "2026-03-06", to: str | None = None
    ) -> dg.ExecuteInProcessResult:
        """One run of `keys`, of a day or of the days up to `to`."""
        job = self.definitions.resolve_implicit_global_asset_job_def()
        tags = {"dagster/asset_partition_range_start": day or "", "dagster/asset_partition_range_end": to} if to else {}
        with dg.DagsterInstance.ephemeral() as instance:
            return job.execute_in_process(
                instance=instance,
                asset_selection=list(keys),
                partition_key=None if to else day,
                tags=tags,
                run_config=QUIET,
                raise_on_error=False,
            )


@pytest.fixture
def sales(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sales]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    made = Sales(tmp_path / "project", sqlite_url)
    yield made
    open_ledger(sqlite_url).close()


def shown(result: dg.ExecuteInProcessResult, key: dg.AssetKey, partition: str | None = None) -> dict[str, Any]:
    """The metadata of the one materialization of `key` (of `partition`)."""
    assert result.success
    found = [
        event.materialization
        for event in result.get_asset_materialization_events()
        if event.asset_key == key and partition in (None, event.partition)
    ]
    (materialization,) = found
    return {name: value.value for name, value in materialization.metadata.items()}


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}


def test_a_day_is_numbers_to_plot_a_table_and_a_file(sales: Sales) -> None:
    sales.emit("sold", True, True, True, False)
    sales.emit("sold", True, at=FRIDAY - timedelta(days=1))
    sales.run(SOLD, day="2026-03-05")
    friday = shown(sales.run(SOLD), SOLD)
    assert (friday["events"], friday["successes"], friday["failures"], friday["success_rate"]) == (4, 3, 1, 0.75)
    assert (friday["p50_ms"], friday["p95_ms"]) == (200.0, 400.0)
    assert "mean" not in friday, "a plot must have a gap, and no 0"
    table = friday["last_days"].splitlines()
    assert [line.split("|")[1].strip() for line in table[2:]] == ["2026-03-06", "2026-03-05"]
    document = json.loads(Path(friday["file"]).read_text(encoding="utf-8"))
    assert [(one["day"], one["events"]) for one in document["days"]] == [("2026-03-05", 1), ("2026-03-06", 4)]
    assert Path(friday["file"]) == sales.settings.home / "kpi_events" / "SHOP.sold.json"


def test_numbers_have_a_mean(sales: Sales) -> None:
    sales.emit("margin", 1.0, 2.0, 6.0)
    assert shown(sales.run(MARGIN), MARGIN)["mean"] == 3.0


def test_any_part_of_the_series_may_run_in_one_step(sales: Sales) -> None:
    sales.emit("sold", True)
    result = sales.run(SOLD, MARGIN)
    assert {event.asset_key for event in result.get_asset_materialization_events()} == {SOLD, MARGIN}
    assert len({event.step_key for event in result.all_events if event.is_step_success}) == 1


def test_silence_warns_and_blocks_nothing(sales: Sales) -> None:
    sales.emit("sold", True)
    result = sales.run(SOLD, RETURNED)
    assert result.success
    found = checks(result)
    assert (found["sold"].passed, found["sold"].description) == (True, "SHOP.sold: 1 event.")
    assert (found["returned"].passed, found["returned"].severity) == (False, dg.AssetCheckSeverity.WARN)
    assert str(found["returned"].description).startswith("SHOP.returned: no event on 2026-03-06.")
    assert not any(spec.blocking for asset in sales.definitions.assets or [] for spec in _specs_of(asset))


def _specs_of(asset: Any) -> Sequence[dg.AssetCheckSpec]:
    return list(asset.check_specs)


def test_a_backfill_is_one_run_with_a_materialization_a_day(sales: Sales) -> None:
    for day in range(3):
        sales.emit("sold", *[True] * (day + 1), at=FRIDAY - timedelta(days=day))
    result = sales.run(SOLD, day="2026-03-03", to="2026-03-06")
    events = {day: shown(result, SOLD, f"2026-03-0{day}")["events"] for day in range(3, 7)}
    assert events == {3: 0, 4: 3, 5: 2, 6: 1}
    assert "no event on 2026-03-03" in str(checks(result)["sold"].description)


def test_a_series_that_nobody_lists_is_told(sales: Sales) -> None:
    sales.emit("sold", True)
    assert checks(sales.run(SERIES, day=None))["series"].passed
    sales.emit("stolen", True)
    result = sales.run(SERIES, day=None)
    check = checks(result)["series"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert str(check.description).startswith("Not listed: SHOP.stolen. Add them to `series`")
    assert "| SHOP.stolen | no | 2026-03-06 12:00 |" in shown(result, SERIES)["all"]


def test_the_schedule_asks_for_yesterday(sales: Sales) -> None:
    (schedule,) = sales.definitions.schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.cron_schedule, schedule.default_status) == ("7 0 * * *", dg.DefaultScheduleStatus.RUNNING)
    repository = sales.definitions.get_repository_def()
    for at, key in ((FRIDAY, "2026-03-05"), (datetime(2026, 1, 1, 0, 7, tzinfo=UTC), None)):
        with dg.build_schedule_context(scheduled_execution_time=at, repository_def=repository) as context:
            asked = schedule.evaluate_tick(context).run_requests or []
        assert [request.partition_key for request in asked] == ([key] if key else [])


def test_a_job_of_series_and_a_day_runs_as_a_whole(sales: Sales) -> None:
    sales.emit("sold", True)
    job = sales.definitions.resolve_job_def("sales_job")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, partition_key="2026-03-06", run_config=QUIET)
    assert result.success
    assert len({event.asset_key for event in result.get_asset_materialization_events()}) == 4


def test_a_ledger_that_is_away_fails_the_step_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "ledger.sqlite").write_text("no database" * 500, encoding="utf-8")
    result = Sales(tmp_path / "project", f"sqlite:///{tmp_path / 'ledger.sqlite'}").run(SOLD)
    assert not result.success
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert "not a SQLite database" in str(failed.step_failure_data.error)

"""Loading a service, its registry and its benchmark as assets, and what starts its runs."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from heartbeat_assets.components import MetricService
from heartbeat_assets.components.metric_assets import ServiceMetrics
from heartbeat_assets.metrics.scorecard import published_scorecard
from heartbeat_assets.metrics.service import find_service
from heartbeat_assets_tests.components.metric_running import (
    COUNT,
    MEAN,
    SERVICE,
    Shop,
    checks_of,
    key,
    materialized,
    metadata_of,
    newest_key,
    run,
    run_unpartitioned,
)
from heartbeat_assets_tests.components.run_results import failed_steps
from heartbeat_assets_tests.own_project import sentences_of

PROJECT = '[tool.dg]\ndirectory_type = "project"\n\n[tool.dg.project]\nroot_module = "shop_project"\n'


# --- Loading ------------------------------------------------------------------------------------------------------


@pytest.fixture
def loaded(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The shop as a Dagster project of its own, whose package is called `shop_project`."""
    package = tmp_path / "whole" / "shop_project"
    package.mkdir(parents=True)
    (shop.settings.defs).rename(package / "defs")
    (package.parent / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setenv("HEARTBEAT_HOME", str(tmp_path / "home"))
    for name in ("HEARTBEAT_PROJECT", "HEARTBEAT_LEDGER_URL"):
        monkeypatch.delenv(name, raising=False)
    return shop


def load(tmp_path: Path) -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=tmp_path / "whole" / "shop_project" / "defs")


def attributes_of(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    file = tmp_path / "whole" / "shop_project" / "defs" / "shop" / "defs.yaml"
    return file, yaml.safe_load(file.read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")
def test_the_component_loader_builds_the_service(loaded: Shop, tmp_path: Path) -> None:
    jobs = {job.name for job in load(tmp_path).get_repository_def().get_all_jobs()}
    assert jobs >= {"shop_metrics_job", "shop_registry_job", "shop_benchmark_job"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": {}}, "unknown field 'source'"),
        ({"sources": {}}, "sources:"),
        ({"schedule": {"cron": "61 * * * *"}}, "schedule.cron: '61 * * * *'"),
        ({"checks": {"fresh": "fatal"}}, "checks.fresh"),
        ({"history": {"start": "yesterday"}}, "history.start"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_file_and_field(
    loaded: Shop, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    file, document = attributes_of(tmp_path)
    document["attributes"] |= change
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(Exception) as caught:  # noqa: PT011
        load(tmp_path)
    refused = sentences_of(caught.value)
    assert f"{file}: " in refused
    assert said in refused


def test_a_folder_whose_name_is_no_name_is_refused(loaded: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "whole" / "shop_project" / "defs"
    (folder / "shop").rename(folder / "My-Shop")
    with pytest.raises(Exception) as caught:  # noqa: PT011
        load(tmp_path)
    assert "the folder's name 'My-Shop' cannot be a service's" in str(caught.value.__cause__ or caught.value)


def test_a_service_without_a_metric_loads_and_runs(shop: Shop, instance: dg.DagsterInstance) -> None:
    definitions = shop.definitions()
    result = run_unpartitioned(definitions, instance, "metrics_job")
    assert failed_steps(result) == {}
    assert materialized(result) == {"orders", "registry", "scorecard"}
    assert published_scorecard(find_service(shop.settings, "shop")) is not None


def test_a_subclass_may_build_other_assets(shop: Shop, instance: dg.DagsterInstance) -> None:
    class WithoutScorecard(MetricService):
        def build_assets(self, metrics: ServiceMetrics) -> list[dg.AssetsDefinition]:
            return [one for one in super().build_assets(metrics) if key("scorecard") not in one.keys]

    shop.write_metric("orders_a_day", COUNT)
    definitions = WithoutScorecard(find_service(shop.settings, "shop")).definitions()
    assert materialized(run(definitions, instance)) == {"orders", "registry", "orders_a_day"}
    assert [sensor.name for sensor in definitions.get_repository_def().sensor_defs] == ["shop_registry_files"]


# --- Registry and benchmark -----------------------------------------------------------------------------------------


def test_a_new_file_gets_its_first_value_before_definitions_are_reloaded(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    definitions = shop.definitions()
    shop.write_metric("orders_a_day", COUNT, unit="orders")
    result = run_unpartitioned(definitions, instance, "registry_job")
    assert failed_steps(result) == {}
    shown = metadata_of(result, "registry")
    assert (shown["registered"], shown["retired"], shown["problems"]) == (1, 0, 0)
    assert "| `orders_a_day` | registered | 24 orders at " in shown["changes"]
    assert shop.newest("orders_a_day").value == 24
    assert checks_of(result, "registry")["files_readable"].passed


def test_a_metric_that_somebody_else_registered_gets_its_first_value_too(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    from heartbeat_assets.metrics.registry import sync
    from heartbeat_assets_tests.metrics.projects import PROGRAM

    shop.write_metric("orders_a_day", COUNT)
    sync(shop.catalog, shop.store, actor=PROGRAM)
    shown = metadata_of(run_unpartitioned(shop.definitions(), instance, "registry_job"), "registry")
    assert "| `orders_a_day` | computed | 24 " in shown["changes"]


def test_a_changed_query_gets_its_value_at_once_and_a_second_look_changes_nothing(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.write_metric("orders_a_day", COUNT)
    definitions = shop.definitions()
    run_unpartitioned(definitions, instance, "registry_job")
    shop.write_metric("orders_a_day", COUNT.replace("count(*)", "2 * count(*)"))
    shown = metadata_of(run_unpartitioned(definitions, instance, "registry_job"), "registry")
    assert shown["changed"] == 1
    value = shop.newest("orders_a_day")
    assert (value.value, value.revision) == (48, 2)
    marks = shop.store.marks()
    again = metadata_of(run_unpartitioned(definitions, instance, "registry_job"), "registry")
    assert again["changes"] == "Nothing has changed."
    assert shop.store.marks() == marks


def test_a_removed_file_is_retired_and_its_history_stays(shop: Shop, instance: dg.DagsterInstance) -> None:
    file = shop.write_metric("orders_a_day", COUNT)
    definitions = shop.definitions()
    run_unpartitioned(definitions, instance, "registry_job")
    file.unlink()
    shown = metadata_of(run_unpartitioned(definitions, instance, "registry_job"), "registry")
    assert "| `orders_a_day` | retired | its file is gone |" in shown["changes"]
    assert [value.value for value in shop.store.values("orders_a_day")] == [24]


def test_a_mistake_in_a_file_fails_the_check_with_its_sentence_and_not_the_step(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.write_metric("orders_a_day", COUNT)
    file = shop.write_metric("mean_order", MEAN, unit=None)
    result = run_unpartitioned(shop.definitions(), instance, "registry_job")
    assert failed_steps(result) == {}
    check = checks_of(result, "registry")["files_readable"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert f"{file}: " in str(check.description)
    assert "unit" in str(check.description)
    assert "| mean_order.sql |" in metadata_of(result, "registry")["mistakes"]
    assert shop.newest("orders_a_day").value == 24


def test_a_service_whose_yaml_broke_since_loading_fails_its_runs_with_the_sentence(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.write_metric("orders_a_day", COUNT)
    definitions = shop.definitions()
    run(definitions, instance)
    shop.write_service(yaml=SERVICE + "  shedule: {}\n")
    said = failed_steps(run_unpartitioned(definitions, instance, "registry_job"))["shop__registry"]
    assert "unknown field 'shedule'" in said
    assert shop.store.rows()["orders_a_day"].registration == "registered"


def test_the_benchmark_is_a_table_of_what_is_normal_and_changes_no_threshold(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.write_metric("orders_a_day", COUNT, unit="orders")
    run(shop.definitions(), instance, ["orders_a_day"], back=5)
    before = shop.store.row("orders_a_day")
    result = run_unpartitioned(shop.definitions(), instance, "benchmark_job")
    assert failed_steps(result) == {}
    shown = metadata_of(result, "benchmark")
    assert shown["metrics"] == 1
    assert "| `orders_a_day` | 24 orders | 0 orders | 24 orders | 0 orders | 6 | 30 days |" in shown["normal"]
    assert shop.store.newest_benchmarks()["orders_a_day"].count == 6
    assert shop.store.row("orders_a_day") == before


# --- Triggers -------------------------------------------------------------------------------------------------------


def test_a_service_has_its_schedules_and_sensors_and_they_run_at_once(shop: Shop) -> None:
    shop.write_metric("orders_a_day", COUNT)
    shop.write_metric("mean_order", MEAN, every="day")
    repository = shop.definitions().get_repository_def()
    assert {schedule.name: schedule.cron_schedule for schedule in repository.schedule_defs} == {
        "shop_metrics_schedule": "17 * * * *",
        "shop_daily_schedule": "17 0 * * *",
        "shop_benchmark_schedule": "23 4 * * *",
    }
    assert {schedule.default_status for schedule in repository.schedule_defs} == {dg.DefaultScheduleStatus.RUNNING}
    assert {sensor.name for sensor in repository.sensor_defs} == {"shop_automation", "shop_registry_files"}
    assert {sensor.default_status for sensor in repository.sensor_defs} == {dg.DefaultSensorStatus.RUNNING}
    tags = {job.name: job.tags.get("heartbeat/service") for job in repository.get_all_jobs() if "__" not in job.name}
    # The registry does not wait for a long run of the metrics.
    assert tags == {
        "shop_metrics_job": "shop", "shop_daily_job": "shop", "shop_benchmark_job": "shop", "shop_registry_job": None
    }  # fmt: skip


def test_crons_are_the_services_and_schedules_may_be_off(shop: Shop) -> None:
    shop.write_metric("orders_a_day", COUNT)
    schedule = '{cron: "5 * * * *", benchmark_cron: "1 2 * * *", enabled: false}'
    shop.write_service(yaml=SERVICE + f"  schedule: {schedule}\n")
    schedules = {one.name: one for one in shop.definitions().get_repository_def().schedule_defs}
    assert {name: one.cron_schedule for name, one in schedules.items()} == {
        "shop_metrics_schedule": "5 * * * *", "shop_benchmark_schedule": "1 2 * * *"
    }  # fmt: skip
    assert {one.default_status for one in schedules.values()} == {dg.DefaultScheduleStatus.STOPPED}


@pytest.mark.parametrize(
    ("schedule", "at", "partition"),
    [
        ("shop_metrics_schedule", datetime(2026, 2, 23, 14, 17, tzinfo=UTC), "2026-02-23-13:00"),
        ("shop_metrics_schedule", datetime(2026, 2, 23, 0, 17, tzinfo=UTC), "2026-02-22-23:00"),
        ("shop_daily_schedule", datetime(2026, 2, 23, 0, 17, tzinfo=UTC), "2026-02-22"),
    ],
)
def test_a_schedule_asks_for_the_newest_partition_that_is_over(
    shop: Shop, instance: dg.DagsterInstance, schedule: str, at: datetime, partition: str
) -> None:
    shop.write_metric("orders_a_day", COUNT)
    shop.write_metric("mean_order", MEAN, every="day")
    definitions = shop.definitions()
    context = dg.build_schedule_context(
        instance=instance, repository_def=definitions.get_repository_def(), scheduled_execution_time=at
    )
    (request,) = definitions.resolve_schedule_def(schedule).evaluate_tick(context).run_requests or []
    assert request.partition_key == partition


def test_before_the_history_begins_a_schedule_says_so(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT)
    shop.write_service(yaml=SERVICE + '  history: {start: "2026-02-23"}\n')
    at = datetime(2026, 2, 23, 0, 17, tzinfo=UTC)
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at)
    tick = shop.definitions().resolve_schedule_def("shop_metrics_schedule").evaluate_tick(context)
    assert str(tick.skip_message).startswith("no hour since 2026-02-23, where the history of shop begins, is over yet")


class Looks:
    """The registry sensor's looks at the files, each with the cursor that the one before left."""

    def __init__(self, shop: Shop) -> None:
        self.sensor = shop.definitions().resolve_sensor_def("shop_registry_files")
        self.cursor: str | None = None

    def __call__(self) -> tuple[list[str | None], str | None]:
        with dg.DagsterInstance.ephemeral() as instance:
            data = self.sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=self.cursor))
        if data.cursor is not None:
            self.cursor = data.cursor
        return [request.run_key for request in data.run_requests or []], data.skip_message


def settle(file: Path, age: float = 60) -> Path:
    then = time.time() - age
    os.utime(file, (then, then))
    return file


def test_the_sensor_asks_for_one_run_when_files_are_new_changed_or_gone(shop: Shop) -> None:
    settle(shop.write_metric("orders_a_day", COUNT))
    look = Looks(shop)
    assert len(look()[0]) == 1
    assert look() == ([], f"Nothing new: 1 files in {shop.settings.defs / 'shop' / 'metrics'}.")
    for number in range(5):
        settle(shop.write_metric(f"more_{number}", COUNT))
    assert len(look()[0]) == 1
    changed = settle(shop.write_metric("orders_a_day", MEAN), age=30)
    assert len(look()[0]) == 1
    changed.unlink()
    assert len(look()[0]) == 1
    assert look()[0] == []


def test_the_sensor_waits_for_a_file_that_is_still_being_written(shop: Shop) -> None:
    look = Looks(shop)
    look()
    file = shop.write_metric("orders_a_day", COUNT)
    assert look() == ([], "A file is still being written.")
    settle(file)
    assert len(look()[0]) == 1


def test_a_file_taken_away_and_put_back_asks_each_time(shop: Shop) -> None:
    file = settle(shop.write_metric("orders_a_day", COUNT))
    away = shop.folder / "away.sql"
    look = Looks(shop)
    keys = list(look()[0])
    for _ in range(2):
        file.rename(away)
        keys += look()[0]
        away.rename(file)
        keys += look()[0]
    # Dagster drops a request whose key it has seen.
    assert len(set(keys)) == 5


@pytest.mark.parametrize("cursor", ["{", "[]", "7", json.dumps({"files": "x", "requests": "many"})])
def test_a_cursor_that_cannot_be_read_is_as_good_as_none(shop: Shop, cursor: str) -> None:
    look = Looks(shop)
    look.cursor = cursor
    assert len(look()[0]) == 1
    assert look()[0] == []


def test_what_the_schedule_asks_for_can_be_run(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT)
    definitions = shop.definitions()
    now = datetime.now(UTC)
    context = dg.build_schedule_context(
        instance=instance, repository_def=definitions.get_repository_def(), scheduled_execution_time=now
    )
    (request,) = definitions.resolve_schedule_def("shop_metrics_schedule").evaluate_tick(context).run_requests or []
    assert request.partition_key == newest_key()
    assert failed_steps(run(definitions, instance, partition=request.partition_key)) == {}
    assert now - shop.newest("orders_a_day").tick < timedelta(hours=1)


# --- Sources --------------------------------------------------------------------------------------------------------


def test_telemetry_of_a_service_is_read_and_shown_as_that_of_a_lane(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_service(yaml=SERVICE + "    visits: {kind: events, path: data/visits, event_sets: {answer: [answer]}}\n")
    now = datetime.now(UTC) - timedelta(minutes=1)
    shop.write("data/visits/today.jsonl", f'{{"session_id": "s", "event": "answer", "ts": "{now.isoformat()}"}}\nbad\n')
    sql = "SELECT count(*) FROM visits WHERE answer AND ts_us <= epoch_us($as_of) + 3600000000"
    shop.write_metric("answers", sql, sources="visits")
    result = run(shop.definitions(), instance)
    assert failed_steps(result) == {}
    shown = metadata_of(result, "visits")
    assert (shown["dagster/row_count"], shown["parse_errors"]) == (2, 1)
    assert "answer" in [column.name for column in shown["dagster/column_schema"].columns]
    assert checks_of(result, "visits")["readable"].passed
    assert shop.newest("answers").value == 1


def test_a_source_that_cannot_be_read_fails_its_check_and_the_metrics_that_read_it_alone(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.write_service(yaml=SERVICE + "    prices: {kind: table, path: data/prices.csv}\n")
    shop.write_metric("orders_a_day", COUNT)
    shop.write_metric("mean_price", "SELECT avg(price) FROM prices", sources="prices")
    result = run(shop.definitions(), instance)
    assert failed_steps(result) == {}
    check = checks_of(result, "prices")["readable"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "prices.csv" in str(check.description)
    assert (shop.newest("orders_a_day").value, shop.newest("mean_price").status) == (24, "no_data")
    assert "scorecard" in materialized(result)

"""Metrics as assets: which there are, what a run of them records and shows, and what a broken one leaves alone."""

from __future__ import annotations

from typing import Any

import dagster as dg

from heartbeat_assets.metrics.ticks import tick_of
from heartbeat_assets_tests.components.metric_running import (
    COUNT,
    HOUR,
    LAST_DAY,
    MEAN,
    SERVICE,
    Shop,
    checks_of,
    key,
    materialized,
    metadata_of,
    newest_key,
    newest_ticks,
    run,
)
from heartbeat_assets_tests.components.run_results import failed_steps


def specs_of(shop: Shop) -> dict[str, dg.AssetSpec]:
    return {spec.key.path[-1]: spec for spec in shop.definitions().resolve_all_asset_specs()}


def test_a_service_becomes_its_sources_its_metrics_and_what_every_service_has(shop: Shop) -> None:
    shop.write_metric("orders_a_day", COUNT)
    specs = specs_of(shop)
    assert set(specs) == {"orders", "registry", "orders_a_day", "benchmark", "scorecard"}
    assert {spec.group_name for spec in specs.values()} == {"shop"}
    assert {spec.tags["heartbeat/service"] for spec in specs.values()} == {"shop"}
    assert {name for name, spec in specs.items() if spec.owners} == {"orders", "registry", "benchmark", "scorecard"}


def test_a_metric_is_described_by_its_file(shop: Shop) -> None:
    file = shop.write_metric("orders_a_day", COUNT, tags="growth, sales", code="ORDR")
    spec = specs_of(shop)["orders_a_day"]
    assert [dep.asset_key for dep in spec.deps] == [key("orders")]
    assert spec.description is not None
    assert "Share of the sessions that got an answer." in spec.description
    assert "Around 0.9 is normal." in spec.description
    assert spec.tags | {"heartbeat/code": "ORDR", "growth": "", "sales": ""} == spec.tags
    assert spec.kinds == {"sql", "duckdb"}
    assert spec.code_version == shop.file("orders_a_day").sql_hash
    shown = {name: getattr(value, "value", value) for name, value in spec.metadata.items()}
    assert shown["sql"] == f"```sql\n{COUNT}\n```"
    assert (shown["code"], shown["unit"], shown["direction"], shown["period"]) == (
        "ORDR", "ratio", "higher_is_better", "last 24 hours"
    )  # fmt: skip
    assert shown["cockpit"] == "http://127.0.0.1:8420/metrics/orders_a_day"
    assert file.is_file()


def test_the_scorecard_lies_downstream_of_the_metrics_and_not_of_the_benchmark(shop: Shop) -> None:
    shop.write_metric("orders_a_day", COUNT)
    shop.write_metric("mean_order", MEAN, every="day")
    specs = specs_of(shop)
    assert {dep.asset_key for dep in specs["scorecard"].deps} == {key("orders_a_day"), key("mean_order")}
    assert not specs["benchmark"].deps


def test_partitions_are_hours_or_days_since_the_history_begins_and_a_range_is_one_run(shop: Shop) -> None:
    shop.write_service(yaml=SERVICE + '  history: {start: "2026-02-01"}\n')
    shop.write_metric("orders_a_day", COUNT)
    shop.write_metric("mean_order", MEAN, every="day")
    graph = shop.definitions().resolve_asset_graph()
    hours, days = graph.get(key("orders_a_day")).partitions_def, graph.get(key("mean_order")).partitions_def
    assert hours is not None
    assert days is not None
    assert (hours.get_first_partition_key(), days.get_first_partition_key()) == ("2026-02-01-00:00", "2026-02-01")
    assert graph.get(key("orders_a_day")).backfill_policy == dg.BackfillPolicy.single_run()
    assert graph.get(key("scorecard")).partitions_def is None


def test_a_run_records_and_shows_the_value_of_the_hour_that_is_over(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT, unit="orders", norm_value="20", alert_value="12")
    partition = newest_key()
    result = run(shop.definitions(), instance, partition=partition)
    assert failed_steps(result) == {}
    assert materialized(result) == {"orders", "registry", "orders_a_day", "scorecard"}
    value = shop.newest("orders_a_day")
    assert (value.value, value.status, value.tick) == (24, "green", tick_of("hour", partition))
    shown = metadata_of(result, "orders_a_day")
    assert (shown["value"], shown["status"], shown["norm_value"], shown["alert_value"]) == (24, "green", 20, 12)
    assert shown["as_of"] == value.tick.timestamp()
    assert value.source_as_of is not None
    assert shown["source_as_of"] == value.source_as_of.timestamp()
    assert (shown["owner"], shown["verified"]) == ("nobody", False)


def test_only_the_selected_metrics_are_computed(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT)
    shop.write_metric("mean_order", MEAN)
    result = run(shop.definitions(), instance, ["mean_order"])
    assert materialized(result) == {"mean_order"}
    assert set(shop.store.newest_values()) == {"mean_order"}
    assert set(checks_of(result, "mean_order")) == {"within_alert", "within_norm", "fresh"}
    assert not checks_of(result, "orders_a_day")


def test_one_failing_query_fails_that_metric_alone(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT, norm_value="20", alert_value="12")
    shop.write_metric("broken", f"SELECT avg(amuont) {LAST_DAY}")
    result = run(shop.definitions(), instance)
    assert failed_steps(result) == {}
    assert materialized(result) >= {"orders_a_day", "broken", "scorecard"}
    assert shop.newest("orders_a_day").value == 24
    broken = shop.newest("broken")
    assert (broken.value, broken.status) == (None, "no_data")
    assert "amuont" in str(broken.error)
    shown = metadata_of(result, "broken")
    assert (shown["status"], shown["error"]) == ("no_data", broken.error)
    assert "value" not in shown
    assert not any(check.passed for check in checks_of(result, "broken").values())
    assert "amuont" in str(checks_of(result, "broken")["fresh"].description)


def test_a_retry_makes_no_second_row_and_shows_the_same(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT)
    definitions, partition = shop.definitions(), newest_key()
    run(definitions, instance, partition=partition)
    shop.write_orders(hours=5)
    result = run(definitions, instance, partition=partition)
    (value,) = shop.store.values("orders_a_day")
    assert (value.value, value.revision) == (24, 1)
    assert metadata_of(result, "orders_a_day")["value"] == 24


def test_48_hours_are_filled_in_one_run_each_with_its_value(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT, norm_value="20", alert_value="12")
    shop.write_metric("mean_order", MEAN)
    shop.write_orders(hours=30)
    result = run(shop.definitions(), instance, ["orders_a_day", "mean_order"], back=47)
    assert failed_steps(result) == {}
    values = shop.store.values("orders_a_day")
    assert [value.tick for value in values] == newest_ticks(48)
    assert [value.value for value in values] == sorted(value.value or 0 for value in values)
    assert instance.get_materialized_partitions(key("orders_a_day")) == {newest_key(back=back) for back in range(48)}
    records = instance.fetch_materializations(key("orders_a_day"), limit=100).records
    shown = {str(record.partition_key): record.asset_materialization for record in records}
    for value in values:
        plotted = shown[str(newest_key(back=round((values[-1].tick - value.tick) / HOUR)))]
        assert plotted is not None
        assert plotted.metadata["value"].value == value.value
        assert plotted.metadata["as_of"].value == value.tick.timestamp()
    # Today's thresholds and owner belong to the newest tick.
    newest, oldest = shown[newest_key()], shown[newest_key(back=47)]
    assert newest is not None
    assert oldest is not None
    assert "owner" in newest.metadata
    assert "owner" not in oldest.metadata
    assert checks_of(result, "orders_a_day")["within_alert"].metadata["value"].value == values[-1].value


def test_a_query_without_as_of_has_no_past_and_the_partition_says_so(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("all_orders", "SELECT count(*) FROM orders")
    result = run(shop.definitions(), instance, ["all_orders"], partition=newest_key(back=3))
    assert failed_steps(result) == {}
    assert not shop.store.values("all_orders")
    assert metadata_of(result, "all_orders") == {
        "status": "not_computed",
        "reason": "its query does not use $as_of, so its past cannot be known",
    }


def test_daily_metrics_have_a_job_and_partitions_of_their_own(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("mean_order", MEAN, every="day")
    definitions = shop.definitions()
    day = newest_key("day")
    result = run(definitions, instance, partition=day, job="daily_job")
    assert failed_steps(result) == {}
    assert materialized(result) == {"orders", "mean_order", "scorecard"}
    assert shop.newest("mean_order").tick == tick_of("day", day)


def test_a_file_that_is_gone_since_loading_is_skipped_and_stops_nothing(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.write_metric("orders_a_day", COUNT)
    file = shop.write_metric("mean_order", MEAN)
    definitions = shop.definitions()
    run(definitions, instance)
    file.unlink()
    result = run(definitions, instance)
    assert failed_steps(result) == {}
    assert "mean_order" not in materialized(result)
    assert "orders_a_day" in materialized(result)
    assert shop.store.rows()["mean_order"].registration == "retired"
    assert [value.value for value in shop.store.values("mean_order")] == [10]
    assert "mean_order" not in specs_of(shop)


def test_a_file_with_a_mistake_is_an_asset_that_says_so_and_hides_no_other(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.write_metric("orders_a_day", COUNT)
    shop.write_metric("mean_order", MEAN)
    run(shop.definitions(), instance)
    file = shop.write_metric("mean_order", MEAN, direction="upwards")
    spec = specs_of(shop)["mean_order"]
    assert "line 5, direction" in str(spec.description)
    result = run(shop.definitions(), instance, partition=newest_key())
    assert failed_steps(result) == {}
    assert materialized(result) >= {"orders_a_day", "mean_order", "scorecard"}
    check = checks_of(result, "mean_order")["fresh"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert f"{file}: line 5, direction" in str(check.description)


def test_an_id_that_was_retired_is_refused_with_the_reason_and_stops_nothing(
    shop: Shop, instance: dg.DagsterInstance
) -> None:
    shop.write_metric("orders_a_day", COUNT)
    text = shop.write_metric("mean_order", MEAN).read_text(encoding="utf-8")
    run(shop.definitions(), instance)
    (shop.folder / "defs/shop/metrics/mean_order.sql").unlink()
    run(shop.definitions(), instance)
    shop.write("defs/shop/metrics/mean_order.sql", text)
    result = run(shop.definitions(), instance)
    assert failed_steps(result) == {}
    assert "scorecard" in materialized(result)
    assert "an id is never used again" in metadata_of(result, "mean_order")["reason"]
    assert "an id is never used again" in str(checks_of(result, "mean_order")["fresh"].description)


def test_a_changed_column_of_a_source_ends_a_verification(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_service(yaml=SERVICE.replace(", columns: {ordered_at: timestamp, amount: number}", ""))
    shop.write_metric("orders_a_day", COUNT)
    definitions = shop.definitions()
    run(definitions, instance)
    shop.verify("orders_a_day")
    assert metadata_of(run(definitions, instance), "orders_a_day")["verified"] is True
    shop.write_orders("ordered_at,amount,currency", amount="10,EUR")
    result = run(definitions, instance)
    assert metadata_of(result, "orders_a_day")["verified"] is False
    (event,) = [one for one in shop.store.events("orders_a_day") if one.before == "verified"]
    assert event.actor == "dagster"
    assert "columns of its sources changed: new orders.currency" in event.reason


def test_the_owner_appears_with_the_next_reload(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT)
    run(shop.definitions(), instance)
    assert not specs_of(shop)["orders_a_day"].owners
    shown: dict[str, dict[str, Any]] = {
        "ana@example.org": {"owners": ["ana@example.org"]},
        # What Dagster takes for no address is shown as a tag, as far as a tag can.
        "o'hara@example.photography": {"tags": {"heartbeat/owner": "o_hara_example.photography"}},
    }
    for owner, wanted in shown.items():
        shop.verify("orders_a_day", owner=owner)
        spec = specs_of(shop)["orders_a_day"]
        assert list(spec.owners) == wanted.get("owners", []), owner
        assert spec.tags | wanted.get("tags", {}) == spec.tags, owner
        assert spec.metadata["owner"] == owner


def test_loading_makes_no_ledger_and_needs_none(shop: Shop) -> None:
    shop.write_metric("orders_a_day", COUNT)
    assert "orders_a_day" in specs_of(shop)
    assert not shop.settings.home.exists()
    (shop.settings.home).mkdir()
    (shop.settings.home / "ledger.sqlite").write_bytes(b"no ledger at all, but long enough to be taken for one" * 20)
    assert "orders_a_day" in specs_of(shop)


def test_checks_alone_look_at_what_is_recorded(shop: Shop, instance: dg.DagsterInstance) -> None:
    shop.write_metric("orders_a_day", COUNT, norm_value="20", alert_value="12")
    definitions = shop.definitions()
    run(definitions, instance)
    wanted = dg.AssetCheckKey(key("orders_a_day"), "within_alert")
    job = dg.define_asset_job("only_checks", selection=dg.AssetSelection.checks(wanted))
    both = dg.Definitions.merge(definitions, dg.Definitions(jobs=[job]))
    result = both.resolve_job_def("only_checks").execute_in_process(instance=instance, raise_on_error=False)
    assert failed_steps(result) == {}
    assert not result.get_asset_materialization_events()
    assert {name: check.passed for name, check in checks_of(result, "orders_a_day").items()} == {"within_alert": True}

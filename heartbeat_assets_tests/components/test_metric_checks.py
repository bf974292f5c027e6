"""The checks of metrics by the state of the moment, and what they hold back: in the same run and in another one."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import pytest

from heartbeat_assets import metrics_allow, metrics_holding, require_metrics
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.ledger import Ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets_tests.components.metric_running import (
    ANA,
    COUNT,
    MEAN,
    SERVICE,
    Shop,
    checks_of,
    key,
    materialized,
    newest_key,
    run,
)
from heartbeat_assets_tests.components.run_results import failed_steps

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN


def make_red(shop: Shop, instance: dg.DagsterInstance) -> Shop:
    """Gives the shop a metric that is red, and one that is green, and computes both."""
    shop.write_metric("orders_a_day", COUNT, unit="orders", norm_value="90", alert_value="50")
    shop.write_metric("mean_order", MEAN, norm_value="5", alert_value="2")
    run(shop.definitions(), instance)
    return shop


@pytest.fixture(scope="module")
def red_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shop with a metric that is red, and one that is green, for `red` to copy."""
    shop = Shop(tmp_path_factory.mktemp("red") / "project")
    with dg.DagsterInstance.ephemeral() as instance:
        make_red(shop, instance)
    Ledger(locate(shop.settings.ledger_url)).close()
    return shop.folder


@pytest.fixture
def red(shop: Shop, red_once: Path) -> Shop:
    """The shop with a metric that is red, and one that is green; both computed, nobody stands behind them."""
    shutil.copytree(red_once, shop.folder, symlinks=True, dirs_exist_ok=True)
    return shop


@pytest.fixture
def red_in_history(shop: Shop, instance: dg.DagsterInstance) -> Shop:
    """The same, computed by a run in the history of Dagster."""
    return make_red(shop, instance)


def test_a_red_metric_nobody_verified_only_warns_and_the_scorecard_is_published(
    red: Shop, instance: dg.DagsterInstance
) -> None:
    result = run(red.definitions(), instance)
    assert failed_steps(result) == {}
    checks = checks_of(result, "orders_a_day")
    assert {name: (check.passed, check.severity) for name, check in checks.items()} == {
        "within_alert": (False, WARN), "within_norm": (False, WARN), "fresh": (True, WARN)
    }  # fmt: skip
    assert "Nobody has verified it, so it only warns." in str(checks["within_alert"].description)
    assert checks["within_alert"].metadata["value"].value == 24
    assert checks["within_alert"].metadata["limit"].value == 50
    assert checks["fresh"].metadata["allowed_hours"].value == 3
    assert "scorecard" in materialized(result)
    assert "◆ red" in red.scorecard.read_text(encoding="utf-8")


def test_a_red_metric_that_is_verified_fails_and_holds_the_scorecard_in_the_same_run(
    red: Shop, instance: dg.DagsterInstance
) -> None:
    before = red.scorecard.read_text(encoding="utf-8")
    red.verify("orders_a_day")
    result = run(red.definitions(), instance)
    assert set(failed_steps(result)) == {"shop_metrics"}
    assert materialized(result) == {"orders", "registry", "orders_a_day", "mean_order"}
    check = checks_of(result, "orders_a_day")["within_alert"]
    assert (check.passed, check.severity, check.blocking) == (False, ERROR, True)
    assert checks_of(result, "mean_order")["within_alert"].severity == WARN
    assert red.scorecard.read_text(encoding="utf-8") == before


def test_in_another_run_the_scorecard_asks_the_ledger_and_says_whose_it_is_and_since_when(
    red: Shop, instance: dg.DagsterInstance
) -> None:
    before = red.scorecard.read_text(encoding="utf-8")
    red.verify("orders_a_day")
    result = run(red.definitions(), instance, ["scorecard"])
    said = failed_steps(result)["shop__scorecard"]
    assert "orders_a_day was 24 orders at" in said
    assert "beyond its alert minimum 50 orders" in said
    assert "ana@example.org stands behind it" in said
    assert f"So since {red.newest('orders_a_day').tick:%Y-%m-%d %H:%M} UTC" in said
    assert "stays published" in said
    assert red.scorecard.read_text(encoding="utf-8") == before


def test_the_check_warns_again_once_the_verification_is_taken_back(red: Shop, instance: dg.DagsterInstance) -> None:
    red.verify("orders_a_day")
    change_metric(
        red.store, "orders_a_day", {"verification_state": "unverified"}, actor=ANA, reason="the books were wrong"
    )
    result = run(red.definitions(), instance)
    assert failed_steps(result) == {}
    assert checks_of(result, "orders_a_day")["within_alert"].severity == WARN
    assert "ana@example.org" in red.scorecard.read_text(encoding="utf-8")


def test_a_changed_query_ends_the_verification_and_with_it_the_block(red: Shop, instance: dg.DagsterInstance) -> None:
    red.verify("orders_a_day")
    red.write_metric("orders_a_day", COUNT + " AND amount > 0", unit="orders", norm_value="90", alert_value="50")
    result = run(red.definitions(), instance)
    assert failed_steps(result) == {}
    assert checks_of(result, "orders_a_day")["within_alert"].severity == WARN


def test_a_threshold_a_person_moves_counts_at_once(red: Shop, instance: dg.DagsterInstance) -> None:
    red.verify("orders_a_day")
    red.verify("orders_a_day", norm_value=20, alert_value=10)
    result = run(red.definitions(), instance, ["scorecard"])
    assert failed_steps(result) == {}


def test_a_verified_metric_without_data_is_held_for_its_freshness(shop: Shop, instance: dg.DagsterInstance) -> None:
    (shop.folder / "data" / "orders.csv").unlink()
    shop.write_metric("orders_a_day", COUNT)
    run(shop.definitions(), instance)
    shop.verify("orders_a_day")
    result = run(shop.definitions(), instance)
    assert set(failed_steps(result)) == {"shop_metrics"}
    fresh = checks_of(result, "orders_a_day")["fresh"]
    assert (fresh.passed, fresh.severity) == (False, ERROR)
    assert "orders.csv" in str(fresh.description)
    within = checks_of(result, "orders_a_day")["within_alert"]
    assert (within.passed, within.severity) == (False, WARN)


def test_a_service_may_make_a_check_a_warning_for_all(red: Shop, instance: dg.DagsterInstance) -> None:
    red.write_service(yaml=SERVICE + "  checks: {within_alert: warn, within_norm: warn}\n")
    red.verify("orders_a_day")
    definitions = red.definitions()
    graph = definitions.resolve_asset_graph()
    blocking = {
        check.name: graph.get(check).blocking for check in graph.get_check_keys_for_assets({key("orders_a_day")})
    }
    assert blocking == {"within_alert": False, "within_norm": False, "fresh": True}
    result = run(definitions, instance)
    assert failed_steps(result) == {}
    assert checks_of(result, "orders_a_day")["within_alert"].severity == WARN
    assert "scorecard" in materialized(result)


def test_an_asset_of_ones_own_asks_before_it_relies_on_metrics(red: Shop) -> None:
    assert metrics_allow(["orders_a_day", "mean_order"], settings=red.settings)
    require_metrics(["orders_a_day"], settings=red.settings)
    red.verify("orders_a_day")
    assert metrics_allow(["mean_order"], settings=red.settings)
    assert not metrics_allow(["mean_order", "orders_a_day"], settings=red.settings)
    holds = metrics_holding(["orders_a_day"], settings=red.settings)
    assert {(hold.finding.check, hold.owner) for hold in holds} == {
        ("within_alert", "ana@example.org"), ("within_norm", "ana@example.org")
    }  # fmt: skip
    with pytest.raises(dg.Failure, match="orders_a_day was 24 orders") as failure:
        require_metrics(["orders_a_day"], settings=red.settings)
    assert failure.value.allow_retries is False


def test_who_asks_about_a_metric_that_is_not_there_is_told_so(red: Shop, instance: dg.DagsterInstance) -> None:
    with pytest.raises(UsageProblem, match="no metric 'orders'; look at"):
        metrics_allow(["orders"], settings=red.settings)
    with pytest.raises(dg.Failure, match="no metric 'orders'"):
        require_metrics(["orders"], settings=red.settings)
    (red.folder / "defs/shop/metrics/mean_order.sql").unlink()
    run(red.definitions(), instance)
    with pytest.raises(dg.Failure, match="'mean_order' is retired; depend on another one"):
        require_metrics(["mean_order"], settings=red.settings)


def test_the_scorecard_follows_metrics_of_another_run_and_waits_for_no_warning(
    red_in_history: Shop, instance: dg.DagsterInstance
) -> None:
    definitions = red_in_history.definitions()
    first = dg.evaluate_automation_conditions(defs=definitions, instance=instance)
    assert first.total_requested == 0
    run(definitions, instance, ["orders_a_day"], partition=newest_key())
    after = dg.evaluate_automation_conditions(defs=definitions, instance=instance, cursor=first.cursor)
    assert after.get_num_requested(key("scorecard")) == 1
    run(definitions, instance, ["scorecard"])
    quiet = dg.evaluate_automation_conditions(defs=definitions, instance=instance, cursor=after.cursor)
    assert quiet.total_requested == 0


def test_the_scorecard_is_not_asked_for_again_where_the_run_had_it(
    red_in_history: Shop, instance: dg.DagsterInstance
) -> None:
    definitions = red_in_history.definitions()
    first = dg.evaluate_automation_conditions(defs=definitions, instance=instance)
    run(definitions, instance)
    after = dg.evaluate_automation_conditions(defs=definitions, instance=instance, cursor=first.cursor)
    assert after.total_requested == 0

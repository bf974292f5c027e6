"""Tripwires as assets: every outcome with its check, the switches they throw, and that one cannot stop the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from heartbeat_assets.components import Tripwires
from heartbeat_assets.governance import actuator
from heartbeat_assets.governance import look as looking
from heartbeat_assets.governance.switch import release
from heartbeat_assets.ledger import Ledger, LedgerError, open_ledger
from heartbeat_assets_tests.components.run_results import failed_steps, metadata_of
from heartbeat_assets_tests.components.tripwire_running import (
    ANA,
    BAD,
    GOOD,
    HEALTHY,
    TRIGGERED,
    Company,
    check_of,
    key,
    rate,
    run,
)

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
RATE = "WHOLESALE.contract_rate"
ASSET = "wholesale_contract_rate"
SELDOM = [True] + [False] * 9
"""A rate of 10%, where 50 events prove nothing."""


@pytest.fixture
def company(tmp_path: Path, ledger_url: str) -> Any:
    yield Company(tmp_path / "project", ledger_url)
    open_ledger(ledger_url).close()


@pytest.fixture
def bad(company: Company) -> Company:
    """Contracts fell from 95% to 74%, and a tripwire throttles WHOLESALE for it."""
    company.watch(RATE)
    company.emit(RATE, TRIGGERED)
    return company


def test_every_outcome_is_shown_with_the_severity_it_deserves(company: Company, instance: dg.DagsterInstance) -> None:
    outcomes: dict[str, tuple[list[bool | float], bool, dg.AssetCheckSeverity]] = {
        "OK": (list(HEALTHY), True, WARN),
        "TRIGGERED": (list(TRIGGERED), False, ERROR),
        "INCONCLUSIVE": (list(rate(SELDOM, [True] * 3 + [False] * 47)), False, WARN),
        "INSUFFICIENT_EVENTS": (list(GOOD), False, WARN),
        "NO_DATA": ([], False, WARN),
        "DISABLED": (list(TRIGGERED), True, WARN),
        "PROBLEM": ([*HEALTHY[:-1], 3.5], False, ERROR),
    }
    for outcome, (events, _, _) in outcomes.items():
        company.watch(f"SALES.{outcome.lower()}", action="notify", enabled=outcome != "DISABLED")
        company.emit(f"SALES.{outcome.lower()}", events)
    result = run(company.definitions(), instance)
    assert failed_steps(result) == {}
    for outcome, (_, passed, severity) in outcomes.items():
        asset = f"sales_{outcome.lower()}"
        check, shown = check_of(result, asset), metadata_of(result, asset)
        assert (shown["outcome"], check.passed) == (outcome, passed), outcome
        assert passed or check.severity == severity, outcome
        assert check.blocking is False
        assert check.description == shown["sentence"]
        assert f"SALES.{outcome.lower()}" in shown["sentence"]
        (recorded,) = company.looks(f"SALES.{outcome.lower()}")
        assert (recorded.kind, recorded.seq) == (outcome.lower(), shown["evaluation"])
        assert (recorded.actor, recorded.actor_kind, recorded.via) == ("dagster", "program", "dagster")
    assert company.switches() == {}


def test_a_drop_throttles_its_domain_in_the_same_run_although_the_check_fails_and_shows_the_evidence_as_numbers(
    bad: Company, instance: dg.DagsterInstance
) -> None:
    result = run(bad.definitions(), instance)
    assert (check_of(result, ASSET).passed, check_of(result, ASSET).severity) == (False, ERROR)
    assert result.success
    (state,) = bad.switches().values()
    assert (state.name, state.engaged, state.actor, state.actor_kind) == ("WHOLESALE", True, "dagster", "program")
    (look,) = bad.looks(RATE)
    assert state.cause == look.seq
    shown = metadata_of(result, "switches")
    assert (shown["engaged"], shown["acted"]) == (1, 1)
    assert "| `WHOLESALE` | ◆ engaged |" in shown["switches"]
    assert f"| `{RATE}` | engaged | {RATE}: WHOLESALE is stopped until a person releases" in shown["done"]
    # Both windows, the drop and its interval.
    seen = metadata_of(result, ASSET)
    assert (seen["recent_events"], seen["baseline_events"]) == (50, 200)
    assert (seen["recent"], seen["baseline"]) == (0.74, 0.95)
    assert seen["drop_pct"] == pytest.approx(22.105, abs=0.001)
    assert seen["interval_low"] < seen["drop_pct"] < seen["interval_high"]
    assert seen["p_value"] < 0.0001
    assert (seen["level"], seen["confidence"]) == (0.01, 0.98)
    assert seen["events_needed"] > 0
    assert "down 22.1%" in seen["sentence"]
    assert seen["baseline_frozen"].startswith(str(datetime.now(UTC).year))


def test_a_run_that_ended_before_the_switches_is_made_up_for_once_and_never_twice(
    bad: Company, instance: dg.DagsterInstance
) -> None:
    definitions = bad.definitions()
    run(definitions, instance, [ASSET])
    assert bad.switches() == {}
    assert metadata_of(run(definitions, instance, ["switches"]), "switches")["acted"] == 1
    again = metadata_of(run(definitions, instance, ["switches"]), "switches")
    assert (again["acted"], again["engaged"]) == (0, 1)
    run(definitions, instance)
    assert [event.kind for event in bad.of_switch("WHOLESALE")] == ["engaged"]


def test_a_run_whose_switches_failed_is_run_again_from_there_and_acts(
    bad: Company, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    definitions = bad.definitions()

    def away(*_: Any, **__: Any) -> Any:
        raise LedgerError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr(actuator, "act", away)
        failed = run(definitions, instance)
    assert failed_steps(failed) == {"guards__switches": "the database went away"}
    assert bad.switches() == {}
    job = definitions.resolve_job_def("guards_job")
    again = job.execute_in_process(
        instance=instance, asset_selection=[key("switches")], tags={"dagster/parent_run_id": failed.run_id}
    )
    assert metadata_of(again, "switches")["acted"] == 1
    assert len(bad.looks(RATE)) == 1


def test_a_kill_switch_stops_everything(company: Company, instance: dg.DagsterInstance) -> None:
    company.watch("CAPITAL.roi_event", action="kill_switch", max_drop_pct=30)
    company.emit("CAPITAL.roi_event", [100.0 + number % 7 for number in range(200)])
    company.emit("CAPITAL.roi_event", [20.0 + number % 7 for number in range(50)], until=datetime.now(UTC))
    run(company.definitions(), instance)
    assert {name: state.engaged for name, state in company.switches().items()} == {"GLOBAL": True}


def test_notify_throws_nothing(company: Company, instance: dg.DagsterInstance) -> None:
    company.watch(RATE, action="notify")
    company.emit(RATE, TRIGGERED)
    shown = metadata_of(run(company.definitions(), instance), "switches")
    assert (shown["engaged"], shown["switches"]) == (0, "No switch was ever engaged.")
    assert company.switches() == {}


def test_a_dry_run_says_what_it_would_have_done(bad: Company, instance: dg.DagsterInstance) -> None:
    bad.attributes["risk_policies"] = [{"engine": "WHOLESALE", "dry_run": True}]
    shown = metadata_of(run(bad.definitions(), instance), "switches")
    assert (shown["engaged"], shown["acted"]) == (0, 0)
    assert "| rehearsed |" in shown["done"]
    assert [event.kind for event in bad.of_switch("WHOLESALE")] == ["rehearsed"]
    run(bad.definitions(), instance, ["switches"])
    assert len(bad.of_switch("WHOLESALE")) == 1


def test_after_a_persons_release_it_is_held_until_the_cooldown_is_over(
    bad: Company, instance: dg.DagsterInstance
) -> None:
    run(bad.definitions(), instance)
    release(bad.ledger.journal, "WHOLESALE", actor=ANA, reason="the price list is mended")
    run(bad.definitions(), instance, ["switches"])
    assert [event.kind for event in bad.of_switch("WHOLESALE")] == ["engaged", "released"]
    shown = metadata_of(run(bad.definitions(), instance), "switches")
    assert (shown["engaged"], shown["acted"]) == (0, 0)
    assert "| held |" in shown["done"]
    assert "| `WHOLESALE` | ● released |" in shown["switches"]
    assert "the price list is mended" in shown["switches"]
    assert [event.kind for event in bad.of_switch("WHOLESALE")] == ["engaged", "released", "held"]


def test_a_series_of_two_kinds_stops_no_other_and_no_switch(bad: Company, instance: dg.DagsterInstance) -> None:
    bad.attributes["policies"].insert(0, {"domain": "SALES", "metric": "mixed", "enabled": True, "action": "notify"})
    bad.emit("SALES.mixed", [*HEALTHY[:-1], 3.5])
    result = run(bad.definitions(), instance)
    assert failed_steps(result) == {}
    assert "a metric is one or the other" in metadata_of(result, "sales_mixed")["sentence"]
    assert metadata_of(result, ASSET)["outcome"] == "TRIGGERED"
    assert bad.switches()["WHOLESALE"].engaged


def test_a_look_that_fails_for_a_reason_nobody_thought_of_is_its_own_failed_check(
    bad: Company, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad.watch("SALES.cursed", action="notify")
    look = looking.look

    def cursed(policy: Any, ledger: Ledger, **more: Any) -> Any:
        if policy.metric == "cursed":
            raise ZeroDivisionError("by zero")
        return look(policy, ledger, **more)

    monkeypatch.setattr(looking, "look", cursed)
    result = run(bad.definitions(), instance)
    assert failed_steps(result) == {}
    check = check_of(result, "sales_cursed")
    assert (check.passed, check.severity) == (False, ERROR)
    assert check.description == "SALES.cursed could not be looked at: ZeroDivisionError: by zero"
    assert metadata_of(result, "sales_cursed")["outcome"] == "PROBLEM"
    assert bad.switches()["WHOLESALE"].engaged


def test_a_disabled_one_records_that_once(company: Company, instance: dg.DagsterInstance) -> None:
    company.watch(RATE, enabled=False)
    company.emit(RATE, TRIGGERED)
    run(company.definitions(), instance)
    result = run(company.definitions(), instance)
    assert (metadata_of(result, ASSET)["outcome"], check_of(result, ASSET).passed) == ("DISABLED", True)
    assert len(company.looks(RATE)) == 1
    assert company.switches() == {}


def test_only_the_check_tells_what_is_recorded_and_looks_at_nothing(bad: Company, instance: dg.DagsterInstance) -> None:
    definitions = bad.definitions()
    job = dg.define_asset_job("checks", selection=dg.AssetSelection.checks_for_assets(key(ASSET)))
    checks = dg.Definitions.merge(definitions, dg.Definitions(jobs=[job])).resolve_job_def("checks")
    before = check_of(checks.execute_in_process(instance=instance), ASSET)
    assert (before.passed, before.severity) == (False, WARN)
    assert before.description == "It has not been looked at yet."
    run(definitions, instance)
    after = check_of(checks.execute_in_process(instance=instance), ASSET)
    assert (after.passed, after.severity) == (False, ERROR)
    assert "down 22.1%" in str(after.description)
    assert len(bad.looks(RATE)) == 1
    looking.release_baseline(bad.ledger, RATE, ANA, "new prices")
    released = check_of(checks.execute_in_process(instance=instance), ASSET)
    assert released.passed
    assert released.description == "A person released its baseline; the next look takes a new one."


def test_one_tripwire_may_look_alone(bad: Company, instance: dg.DagsterInstance) -> None:
    bad.watch("SALES.other", action="notify")
    result = run(bad.definitions(), instance, ["sales_other"])
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [key("sales_other")]
    assert bad.looks(RATE) == []


def test_a_ledger_that_cannot_be_used_fails_the_step_with_a_sentence(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    company = Company(tmp_path / "project", "sqlite:////proc/nowhere/ledger.sqlite")
    company.watch(RATE)
    said = failed_steps(run(company.definitions(), instance))
    assert list(said) == ["guards_looks"]
    assert "/proc/nowhere/ledger.sqlite" in said["guards_looks"]
    assert "Traceback" not in said["guards_looks"]


def test_bad_events_do_not_become_the_new_normal(bad: Company, instance: dg.DagsterInstance) -> None:
    run(bad.definitions(), instance)
    bad.emit(RATE, BAD * 5, until=datetime.now(UTC) - timedelta(seconds=1))
    shown = metadata_of(run(bad.definitions(), instance, [ASSET]), ASSET)
    assert (shown["outcome"], shown["baseline"], shown["recent"]) == ("TRIGGERED", 0.95, 0.74)


def test_a_subclass_may_build_other_assets(bad: Company, instance: dg.DagsterInstance) -> None:
    class LooksOnly(Tripwires):
        def build_assets(self) -> list[dg.AssetsDefinition]:
            return [one for one in super().build_assets() if key("switches") not in one.keys]

    definitions = LooksOnly(bad.group).definitions()
    result = definitions.resolve_job_def("guards_job").execute_in_process(instance=instance)
    assert result.success
    assert bad.switches() == {}

"""Runs of the whole lane: a good one publishes, a bad one is recorded, blocks and leaves the report alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from heartbeat_assets.ledger import Entry, open_ledger
from heartbeat_assets_tests.components.running import (
    WINDOW_RULES,
    check_results,
    failure_sentence,
    failures,
    materialized,
    metadata_of,
    run,
)
from heartbeat_assets_tests.copied_project import CopiedProject, copied_project

ALL = {"telemetry", "snapshot", "summary", "digest", "heartbeat", "heartbeat_compacted", "published"}


def report_files(project: CopiedProject) -> dict[str, bytes]:
    """The published files and what is in them."""
    return {file.name: file.read_bytes() for file in sorted(Path(project.published).iterdir())}


@dataclass(frozen=True)
class GoodAndBad:
    """What became of a good run and a bad one behind it, and of single assets run again after each."""

    project: CopiedProject
    good: dg.ExecuteInProcessResult
    report: dict[str, bytes]
    heartbeat_again: dg.ExecuteInProcessResult
    bad: dg.ExecuteInProcessResult
    report_after_bad: dict[str, bytes]
    published_alone: dg.ExecuteInProcessResult
    report_after_all: dict[str, bytes]
    entries: list[Entry]


@pytest.fixture(scope="module")
def good_and_bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoodAndBad]:
    with pytest.MonkeyPatch.context() as patched, dg.DagsterInstance.ephemeral() as instance:
        for project in copied_project(tmp_path_factory.mktemp("good_and_bad"), patched):
            good = run(project.lane, instance)
            report = report_files(project)
            heartbeat_again = run(project.lane, instance, ["heartbeat"])
            project.break_kpis()
            bad = run(project.lane, instance)
            report_after_bad = report_files(project)
            alone = run(project.lane, instance, ["published"])
            entries = list(open_ledger(project.settings.ledger_url).last("citizen_product", 5))
            yield GoodAndBad(
                project, good, report, heartbeat_again, bad, report_after_bad, alone, report_files(project), entries
            )


def test_a_good_run_materializes_everything_passes_every_check_and_publishes(
    good_and_bad: GoodAndBad,
) -> None:
    result = good_and_bad.good
    assert failures(result) == []
    assert materialized(result) == ALL
    checks = check_results(result)
    assert len(checks) == 17 + 1 + 5 + 2 + 1
    assert {name for name, check in checks.items() if not check.passed} == set()
    assert set(good_and_bad.report) == {"report.json", "report.md", "badge.svg"}
    assert result.dagster_run.tags["heartbeat/lane"] == "citizen_product"


def test_the_figures_are_in_the_metadata_as_numbers_that_dagster_plots(good_and_bad: GoodAndBad) -> None:
    project, result = good_and_bad.project, good_and_bad.good
    known_run = {"unknown_rate": 0.175676, "time_to_first_answer_seconds": 30.0, "drilldown_click_rate": 0.5}
    digest, heartbeat = metadata_of(result, "digest"), metadata_of(result, "heartbeat")
    for shown in (digest, heartbeat):
        assert {name: shown[name] for name in known_run} == known_run
    assert (digest["sessions_total"], digest["events_total"], digest["parse_errors"]) == (2, 5, 0)
    assert (heartbeat["history_size"], heartbeat["appended"], heartbeat["duplicates"]) == (1, 1, 0)
    assert heartbeat["status"] == "ok"
    assert "`drilldown_click_rate` | 0.5 | at least 0.2 | ● kept" in str(digest["kpis"])
    telemetry, snapshot = metadata_of(result, "telemetry"), metadata_of(result, "snapshot")
    assert (telemetry["dagster/row_count"], telemetry["files_read"]) == (5, 1)
    assert snapshot["bytes"] == project.snapshot.stat().st_size
    assert metadata_of(result, "summary") == {"present": False}
    compacted, published = metadata_of(result, "heartbeat_compacted"), metadata_of(result, "published")
    assert (compacted["entries_before"], compacted["entries_after"], compacted["dropped"]) == (1, 1, 0)
    assert published["folder"] == str(project.published)
    assert "# Citizen product" in str(published["report"])


def test_a_broken_kpi_is_recorded_and_blocks_and_the_old_report_stays_byte_for_byte(
    good_and_bad: GoodAndBad,
) -> None:
    result = good_and_bad.bad
    assert not result.success
    assert materialized(result) == {"telemetry", "snapshot", "summary", "digest", "heartbeat"}
    failed = {name: check for name, check in check_results(result).items() if not check.passed}
    blocking = {name: check for name, check in failed.items() if name in WINDOW_RULES}
    assert set(blocking) == {
        "max_failed_ok",
        "max_failed_rate_ok",
        "max_contract_incomplete_ok",
        "max_contract_incomplete_rate_ok",
        "max_tfa_violations_ok",
        "max_tfa_violation_rate_ok",
        "max_drilldown_violations_ok",
        "max_drilldown_violation_rate_ok",
        "latest_not_failed_ok",
        "latest_contract_complete_ok",
        "latest_thresholds_ok",
    }
    assert {check.severity for check in blocking.values()} == {dg.AssetCheckSeverity.ERROR}
    digest_checks = {name: check for name, check in failed.items() if name not in WINDOW_RULES}
    assert set(digest_checks) == {
        "time_to_first_answer_within_threshold",
        "drilldown_click_rate_within_threshold",
        "contract_complete",
    }
    assert {check.severity for check in digest_checks.values()} == {dg.AssetCheckSeverity.WARN}
    assert metadata_of(result, "heartbeat")["history_size"] == 2
    assert good_and_bad.report_after_bad == good_and_bad.report


def test_a_broken_rule_says_how_many_how_much_which_limit_and_when(good_and_bad: GoodAndBad) -> None:
    result = good_and_bad.bad
    run_at = metadata_of(result, "heartbeat")["run_at"]
    checks = check_results(result)
    rate = {name: value.value for name, value in checks["max_drilldown_violation_rate_ok"].metadata.items()}
    assert rate == {
        "entries_in_window": 2,
        "count": 1,
        "rate_pct": 50.0,
        "limit": 0.0,
        "first_run_at": run_at,
        "last_run_at": run_at,
    }
    for name in WINDOW_RULES:
        assert checks[name].description, name
    sentence = checks["max_drilldown_violations_ok"].description or ""
    assert sentence.startswith("drilldown_click_rate was 0.05, below its minimum 0.2")


def test_publishing_by_itself_after_a_bad_run_fails_with_the_reason_and_since_when(good_and_bad: GoodAndBad) -> None:
    bad_run_at = str(metadata_of(good_and_bad.bad, "heartbeat")["run_at"])
    alone = good_and_bad.published_alone
    assert not alone.success
    sentence = failure_sentence(alone, "published")
    minute = bad_run_at[:16].replace("T", " ")
    assert f"Publishing is blocked since {minute} UTC." in sentence
    assert "below its minimum 0.2" in sentence or "above its maximum 120" in sentence
    assert sentence.endswith(" stays published.")
    assert good_and_bad.report_after_all == good_and_bad.report


def test_publishing_before_the_first_heartbeat_says_that_there_is_none(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    alone = run(project.lane, instance, ["published"])
    sentence = failure_sentence(alone, "published")
    assert sentence.startswith("There is no heartbeat yet")
    assert "since" not in sentence
    assert sentence.endswith("Nothing is published yet.")
    assert not project.published.exists()


def test_when_the_bad_file_is_gone_and_the_window_is_good_again_publishing_goes_on(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    with project.changed_attributes() as attributes:
        attributes["window"]["last"] = 2
    bad = project.break_kpis()
    assert not run(project.lane, instance).success
    assert not project.published.exists()
    bad.unlink()
    project.add_day("2026-02-10")
    still_in_the_window = run(project.lane, instance)
    assert "heartbeat" in materialized(still_in_the_window)
    assert "published" not in materialized(still_in_the_window)
    checks = check_results(still_in_the_window)
    assert checks["latest_not_failed_ok"].passed
    assert not checks["max_failed_ok"].passed
    project.add_day("2026-02-11")
    recovered = run(project.lane, instance)
    assert failures(recovered) == []
    assert "published" in materialized(recovered)
    assert metadata_of(recovered, "telemetry")["files"] == 3


def test_a_rule_turned_into_a_warning_tells_and_lets_the_report_out(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    warned = [rule for rule in WINDOW_RULES if not rule.startswith(("window", "malformed"))]
    with project.changed_attributes() as attributes:
        attributes["window"]["severity"] = dict.fromkeys(warned, "warn")
    project.break_kpis()
    result = run(project.lane, instance)
    assert failures(result) == []
    assert "published" in materialized(result)
    broken = {name: check for name, check in check_results(result).items() if not check.passed and name in warned}
    assert "max_failed_ok" in broken
    assert {check.severity for check in broken.values()} == {dg.AssetCheckSeverity.WARN}


def test_a_degraded_verdict_warns_and_publishes_when_the_limits_allow_it(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    with project.changed_attributes() as attributes:
        attributes["window"]["limits"] = {"max_failed": 0, "max_degraded": 1}
        attributes["window"]["severity"] = dict.fromkeys(
            ("latest_contract_complete_ok", "latest_thresholds_ok"), "warn"
        )
    # Without a single event the two telemetry KPIs are missing, which is degraded, not failed.
    (project.events / "2026-02-23.jsonl").unlink()
    degraded = run(project.lane, instance)
    assert failures(degraded) == []
    assert metadata_of(degraded, "heartbeat")["status"] == "degraded"
    assert "published" in materialized(degraded)
    # The newest run is not complete, a broken rule that only warns: so the verdict is failed, not degraded.
    assert check_results(degraded)["not_degraded"].passed
    project.add_day("2026-02-10")
    result = run(project.lane, instance)
    assert failures(result) == []
    assert "published" in materialized(result)
    not_degraded = check_results(result)["not_degraded"]
    assert not not_degraded.passed
    assert not_degraded.severity == dg.AssetCheckSeverity.WARN
    assert "degraded" in (not_degraded.description or "")


def test_the_heartbeat_run_again_by_itself_finds_its_digest_recorded_already(good_and_bad: GoodAndBad) -> None:
    again = good_and_bad.heartbeat_again
    assert failures(again) == []
    shown = metadata_of(again, "heartbeat")
    assert (shown["history_size"], shown["appended"], shown["duplicates"]) == (1, 0, 1)


def test_a_run_killed_between_digest_and_heartbeat_loses_nothing(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    assert failures(run(project.lane, instance, ["telemetry", "snapshot", "digest"])) == []
    project.add_day("2026-02-10")
    result = run(project.lane, instance)
    assert failures(result) == []
    shown = metadata_of(result, "heartbeat")
    assert (shown["history_size"], shown["appended"]) == (2, 2)
    # In the order they were computed: the newest row is that of the later digest.
    assert shown["drilldown_click_rate"] == metadata_of(result, "digest")["drilldown_click_rate"] != 0.5


def test_each_row_carries_the_dagster_run_that_recorded_it(good_and_bad: GoodAndBad) -> None:
    recorded = [entry.dagster_run_id for entry in good_and_bad.entries]
    assert recorded == [good_and_bad.good.run_id, good_and_bad.bad.run_id]


def test_bad_lines_are_counted_and_shown_on_the_telemetry(project: CopiedProject, instance: dg.DagsterInstance) -> None:
    (project.events / "2026-02-24.jsonl").write_text('{"no": "session"}\nnot json | `tick`\n', encoding="utf-8")
    shown = metadata_of(run(project.lane, instance, ["telemetry"]), "telemetry")
    assert (shown["parse_errors"], shown["new_parse_errors"]) == (2, 2)
    table = str(shown["quarantine"])
    assert "| 2026-02-24.jsonl | 1 | no session id |" in table
    assert "| 2026-02-24.jsonl | 2 | not JSON | `not json \\| 'tick'` |" in table

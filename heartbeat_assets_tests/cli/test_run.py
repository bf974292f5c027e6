"""`heartbeat run`: the whole lane in one command, with a report, a table and the right ending."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest

from heartbeat_assets.components import run_now
from heartbeat_assets_tests.cli.calling import Heartbeat, Outcome
from heartbeat_assets_tests.copied_project import CopiedProject, copied_project

LANE = "citizen_product"
KNOWN_RUN = "unknown_rate=0.175676 time_to_first_answer_seconds=30.0 drilldown_click_rate=0.5"


@pytest.fixture(autouse=True)
def in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Dagster's instance in memory, for all but the real process: a run makes some 300 commits to it."""
    with dg.DagsterInstance.ephemeral() as instance:
        monkeypatch.setattr(run_now, "dagster_instance", lambda settings: nullcontext(instance))
        yield instance


class GoodRun(NamedTuple):
    """A project after its first run, and what the command said."""

    project: CopiedProject
    outcome: Outcome


@pytest.fixture(scope="module")
def good_run(tmp_path_factory: pytest.TempPathFactory) -> GoodRun:
    """A good run with Dagster's log beside its document. Made once: no test changes it."""
    with pytest.MonkeyPatch.context() as patched, dg.DagsterInstance.ephemeral() as instance:
        patched.setattr(run_now, "dagster_instance", lambda settings: nullcontext(instance))
        for project in copied_project(tmp_path_factory.mktemp("good"), patched):
            ran = GoodRun(project, Heartbeat()("run", LANE, "--strict", "--verbose"))
    return ran


@pytest.fixture
def after_a_good_run(good_run: GoodRun, project: CopiedProject) -> CopiedProject:
    """A project that has recorded and published what the good run did."""
    shutil.copytree(good_run.project.home, project.home, symlinks=True)
    return project


def test_a_good_run_publishes_and_its_document_holds_digest_and_window(good_run: GoodRun) -> None:
    assert good_run.outcome.exit_code == 0
    (document,) = json.loads(good_run.outcome.stdout)
    assert set(document) == {
        "lane",
        "dagster_run_id",
        "errors",
        "digest",
        "window",
        "published",
        "blocked_since",
        "published_run_at",
        "published_folder",
        "period",
        "late_periods",
    }
    assert (document["period"], document["late_periods"]) == (None, [])
    assert (document["lane"], document["errors"], document["published"]) == (LANE, [], True)
    assert document["digest"]["telemetry"]["events_total"] == 5
    assert document["window"]["status"] == "ok"
    assert document["published_run_at"] == document["digest"]["generated_at"]
    assert (Path(document["published_folder"]) / "badge.svg").is_file()


def test_the_table_ends_with_the_three_figures_and_fits_into_100_columns(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    outcome = heartbeat("run", "--table")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    lines = outcome.stdout.splitlines()
    assert lines[0] == LANE
    assert lines[-1] == KNOWN_RUN
    assert f"● ok  Published to {project.published}" in lines
    assert [line for line in lines if len(line) > 100 and str(project.folder) not in line] == []


def test_a_broken_kpi_blocks_says_why_and_ends_with_4_under_strict(
    heartbeat: Heartbeat, after_a_good_run: CopiedProject
) -> None:
    project = after_a_good_run
    before = (project.published / "report.json").read_bytes()
    project.break_kpis()
    outcome = heartbeat("run", "--strict")
    assert outcome.exit_code == 4
    (document,) = outcome.document
    assert (document["errors"], document["published"]) == ([], False)
    assert "latest_status_failed" in document["window"]["strict_fail_reasons"]
    assert document["blocked_since"] == document["digest"]["generated_at"]
    assert document["published_run_at"] <= document["blocked_since"]
    assert (project.published / "report.json").read_bytes() == before
    project.add_day("2026-02-10")
    table = heartbeat("run", "--table")
    assert table.exit_code == 0
    text = " ".join(table.stdout.split())
    assert re.search(r"Publishing is blocked since .* UTC; the report of .* UTC stays\.", text)
    assert [line for line in table.stdout.splitlines() if len(line) > 100] == []


def test_a_first_run_that_blocks_says_that_nothing_is_published_yet(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    project.break_kpis()
    assert "; nothing is published yet." in " ".join(heartbeat("run", "--table").stdout.split())
    assert not project.published.exists()


def test_a_source_that_cannot_be_read_ends_with_3_and_the_sentence(
    heartbeat: Heartbeat, after_a_good_run: CopiedProject
) -> None:
    project = after_a_good_run
    project.snapshot.write_text("[]", encoding="utf-8")
    outcome = heartbeat("run", "--strict")
    assert outcome.exit_code == 3
    sentence = f"input snapshot: {project.snapshot} holds a list; a JSON object is expected"
    assert outcome.error["message"] == f"{LANE}: {sentence}"
    (document,) = json.loads(outcome.stdout)
    assert (document["errors"], document["published"]) == ([sentence], False)
    assert document["window"]["entries_total"] == 2, "the failed run is in the history"
    table = heartbeat("run", "--table")
    assert table.exit_code == 3
    assert "The run did not finish" in table.stdout


def test_a_first_run_that_fails_shows_that_it_did(heartbeat: Heartbeat, project: CopiedProject) -> None:
    project.snapshot.unlink()
    outcome = heartbeat("run")
    assert outcome.exit_code == 3
    (document,) = json.loads(outcome.stdout)
    assert document["digest"]["failure_reasons"] == ["source_snapshot_missing"]
    assert document["published_run_at"] is None
    assert "latest_status_failed" in document["window"]["strict_fail_reasons"]


def test_every_lane_runs_without_a_name_and_one_that_fails_does_not_stop_the_others(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    shutil.copytree(project.lane_folder, project.defs / "a_broken_lane")
    with (project.defs / "a_broken_lane" / "digest.sql").open("a", encoding="utf-8") as sql:
        sql.write(" WHERE nonsense")
    outcome = heartbeat("run")
    assert outcome.exit_code == 3
    documents = {document["lane"]: document for document in json.loads(outcome.stdout)}
    assert set(documents) == {"a_broken_lane", LANE}
    assert documents[LANE]["published"]
    assert "digest.sql" in documents["a_broken_lane"]["errors"][0]
    assert outcome.error["message"].startswith("a_broken_lane: ")


def test_a_name_that_is_no_lane_stops_before_anything_runs(heartbeat: Heartbeat, project: CopiedProject) -> None:
    assert "no lane 'nowhere'" in heartbeat.fails(2, "run", LANE, "nowhere")
    assert not project.home.exists()


def test_a_real_process_prints_the_document_and_nothing_beside_it(project: CopiedProject) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "heartbeat", "run"],
        env={**os.environ, **project.environment()}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)[0]["published"]


def test_verbose_shows_dagsters_log_and_keeps_it_off_the_report(good_run: GoodRun) -> None:
    verbose = good_run.outcome
    assert json.loads(verbose.stdout)[0]["lane"] == LANE
    assert "STEP_SUCCESS" in verbose.stderr
    assert "STEP_SUCCESS" not in verbose.stdout


def test_a_run_of_an_old_period_shows_that_period_and_what_it_added(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-02-01"}
        del attributes["sensor"]
    for day in ("2026-02-08", "2026-02-09"):
        project.add_day(day)
        assert heartbeat("run", LANE, "--period", day).exit_code == 0
    event = '{"session_id": "late", "event": "page_load", "ts": "2026-02-08T23:59:00Z"}\n'
    (project.events / "late.jsonl").write_text(event * 2, encoding="utf-8")
    told = heartbeat("run", LANE, "--period", "2026-02-09", "--table").stdout
    assert "Period 2026-02-09: nothing has changed; no row was added." in told
    assert f"▲ late  2026-02-08 (2): heartbeat run {LANE} --period 2026-02-08" in told
    (document,) = heartbeat("run", LANE, "--period", "2026-02-08").document
    period = document["period"]
    assert (period["key"], period["revision"], period["appended"], period["late_events"]) == ("2026-02-08", 2, True, 2)
    assert document["digest"]["period"]["key"] == "2026-02-08"
    assert document["window"]["latest"]["run_at"] == "2026-02-10T00:00:00+00:00"
    assert document["late_periods"] == []


def test_a_period_that_is_not_over_cannot_be_run(heartbeat: Heartbeat, project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-02-01"}
        del attributes["sensor"]
    outcome = heartbeat("run", LANE, "--period", "2099-01-01")
    assert outcome.exit_code == 2
    assert "is not over before 2099-01-02T00:00:00+00:00" in outcome.error["message"]

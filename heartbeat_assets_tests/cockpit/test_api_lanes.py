"""Tests of lanes over HTTP: how each stands, and the window report of the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from heartbeat_assets.cockpit.app import create_app
from heartbeat_assets.cockpit.documents import LaneDocument, WindowDocument
from heartbeat_assets.cockpit.settings import CockpitSettings
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.ledger import NewEntry, open_ledger
from heartbeat_assets_tests.cockpit.browsing import Browser, problem_of
from heartbeat_assets_tests.copied_project import LANE, CopiedProject


def record(project: CopiedProject, *rows: tuple[str, str]) -> None:
    """Records heartbeats: (instant, status)."""
    ledger = open_ledger(project.settings.ledger_url)
    for run_at, status in rows:
        key = f"{run_at} {status}"
        row = {
            "heartbeat_id": key,
            "run_at": run_at,
            "status": status,
            "failure_reasons": ["<b>late</b>"] if status == "failed" else [],
            "unknown_rate": 0.17,
            "max_unknown_rate": 0.2,
            "unknown_rate_within_threshold": status != "failed",
        }
        line = json.dumps(row).encode() if status != "malformed" else b"<script>not json"
        ledger.append(LANE, NewEntry(line, key, key, run_at, status, status == "malformed"))


@pytest.fixture
def lanes(project: CopiedProject) -> Iterator[Browser]:
    """A browser on the cockpit of a copy of the shipped lane."""
    with Browser(create_app(CockpitSettings(project.settings))) as browser:
        yield browser


def test_lanes_are_listed_with_their_verdict_and_what_they_block(lanes: Browser, project: CopiedProject) -> None:
    (empty,) = lanes.get("/api/lanes").json()
    assert empty.keys() == set(LaneDocument.model_fields)
    assert (empty["lane"], empty["entries_total"], empty["blocked"]) == (LANE, 0, True)

    record(project, ("2026-02-23T14:00:00+00:00", "failed"), ("2026-02-23T15:00:00+00:00", "failed"))

    (found,) = lanes.get("/api/lanes").json()
    LaneDocument.model_validate(found)
    assert (found["status"], found["entries_total"], found["blocked"]) == ("failed", 2, True)
    assert found["blocked_since"] == "2026-02-23T14:00:00+00:00"


def test_the_window_is_the_report_of_the_contract(lanes: Browser, project: CopiedProject) -> None:
    record(project, ("2026-02-23T14:00:00+00:00", "failed"), ("2026-02-23T15:00:00+00:00", "malformed"))

    document = lanes.get(f"/api/lanes/{LANE}/window?last=1&strict=true").json()

    expected = judge_ledger(project.lane, last=1, strict=True).report
    assert list(document) == list(expected)
    assert document | {"generated_at": ""} == expected | {"generated_at": ""}
    WindowDocument.model_validate(document)


def test_a_lane_that_is_not_there_is_a_problem(lanes: Browser) -> None:
    assert problem_of(lanes.get("/api/lanes/nothing/window"))["status"] == 404
    assert lanes.get("/lanes/nothing").status_code == 404


@pytest.mark.parametrize("last", ["0", "-1", "x", "1000000"])
def test_a_window_that_cannot_be_is_a_problem(lanes: Browser, last: str) -> None:
    problem = problem_of(lanes.get(f"/api/lanes/{LANE}/window?last={last}"))

    assert (problem["status"], problem["field"]) == (422, "last")


def test_a_lane_whose_files_are_wrong_is_listed_with_what_is_wrong(lanes: Browser, project: CopiedProject) -> None:
    (project.lane_folder / "defs.yaml").write_text("type: heartbeat_assets.HeartbeatLane\nattributes: {}\n")

    (found,) = lanes.get("/api/lanes").json()
    assert (found["lane"], found["status"]) == (LANE, "failed")
    assert "defs.yaml" in found["error"]
    assert problem_of(lanes.get(f"/api/lanes/{LANE}/window"))["status"] == 503
    assert lanes.get(f"/lanes/{LANE}").status_code == 422
    assert "cannot be read" in lanes.get("/").text


def test_the_lane_page_shows_rows_rules_and_why_it_is_blocked_as_text(lanes: Browser, project: CopiedProject) -> None:
    record(
        project,
        ("2026-02-23T13:00:00+00:00", "ok"),
        ("2026-02-23T14:00:00+00:00", "malformed"),
        ("2026-02-23T15:00:00+00:00", "failed"),
    )

    page = lanes.get(f"/lanes/{LANE}").text

    assert "Publishing is blocked" in page
    assert 'id="row-3"' in page
    assert "&lt;b&gt;late&lt;/b&gt;" in page
    assert "<script>not json" not in page
    assert "max_failed_ok" in page
    assert "unknown_rate" in page
    overview = lanes.get("/lanes").text
    assert f'href="/lanes/{LANE}"' in overview
    assert "1 of 1 lanes is blocked" in overview
    assert overview.count("Publishing is blocked") == 1
    assert f'href="/lanes/{LANE}"' in lanes.get("/").text


def test_a_lane_without_a_row_has_a_page(lanes: Browser) -> None:
    page = lanes.get(f"/lanes/{LANE}")

    assert page.status_code == 200
    assert "No heartbeat is recorded yet" in page.text

"""Tests of metadata: what Dagster shows of digests and heartbeats."""

from __future__ import annotations

from heartbeat_assets.components import metadata
from heartbeat_assets.lanes.heartbeat import build_row
from heartbeat_assets_tests.copied_project import CopiedProject
from heartbeat_assets_tests.lanes.gate_histories import digest_of


def test_a_lane_of_gates_shows_each_gate_with_its_figures(project: CopiedProject) -> None:
    lane = project.add_shipped_lane("liberty_restrictions")
    shown = metadata.of_digest(lane, digest_of(coverage__norms_classified_pct=0.5))
    row = shown["gates"].value.splitlines()[2]
    assert row.startswith("| `norms_classified_gate` | norms_classified_pct 0.5 (at least 0.8) | ◆ failed |")
    assert shown["norms_classified_pct"] == 0.5


def test_context_tables_are_tables_and_an_empty_one_says_so(project: CopiedProject) -> None:
    lane = project.add_shipped_lane("liberty_restrictions")
    digest = digest_of() | {"coverage_by_source": [{"source_id": "a|b", "norms_total": None}] * 30}
    shown = metadata.of_digest(lane, digest)
    assert shown["coverage_by_source"].value.splitlines()[2] == "| a\\|b |  |"
    assert shown["coverage_by_source"].value.endswith("and 5 more rows.")
    assert shown["top_restrictions"].value == "No rows."


def test_the_recorded_figures_of_a_heartbeat_are_numbers_that_dagster_plots(project: CopiedProject) -> None:
    lane = project.add_shipped_lane("liberty_restrictions")
    report = {
        "heartbeat": build_row(lane.spec, digest_of()), "history_size_after": 3, "appended": True,
        "duplicate_detected": False,
    }  # fmt: skip
    shown = metadata.of_heartbeat(lane, [report])
    assert (shown["norms_classified_pct"], shown["assessments_total"]) == (1.0, 40)

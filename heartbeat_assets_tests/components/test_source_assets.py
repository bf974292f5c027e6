"""The assets of sources that are tables: what is shown of them, and how a lost one or a lost column is told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from heartbeat_assets.components import HeartbeatLane
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.ledger import NewKpiEvent, open_ledger
from heartbeat_assets_tests.components.run_results import QUIET
from heartbeat_assets_tests.copied_project import CopiedProject

LIBERTY = "liberty_restrictions"


@pytest.fixture
def liberty(project: CopiedProject) -> Lane:
    """The shipped lane of gates in a project that may be changed."""
    return project.add_shipped_lane(LIBERTY)


def run(lane: Lane, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = HeartbeatLane(lane).definitions().resolve_job_def(f"{LIBERTY}_job")
    return job.execute_in_process(instance=instance, raise_on_error=False, run_config=QUIET)


def shown(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node(f"{LIBERTY}__{asset}")
    return {name: value.value for name, value in event.metadata.items()}


def failed_digest(result: dg.ExecuteInProcessResult) -> str:
    (event,) = result.get_step_failure_events()
    assert event.step_key == f"{LIBERTY}__digest"
    failure = event.step_failure_data.user_failure_data
    assert failure is not None
    return str(failure.description)


def test_the_lane_of_gates_runs_and_publishes(liberty: Lane, instance: dg.DagsterInstance) -> None:
    result = run(liberty, instance)
    assert result.success
    checks = {one.check_name: one for one in result.get_asset_check_evaluations()}
    assert not [name for name, one in checks.items() if not one.passed]
    assert {rule.check for rule in liberty.spec.rules()} <= set(checks)
    assert (liberty.published / "report.md").is_file()
    digest = shown(result, "digest")
    assert digest["norms_classified_pct"] == pytest.approx(0.833333)
    for table in ("gates", *liberty.spec.context):
        assert str(digest[table].md_str if hasattr(digest[table], "md_str") else digest[table]).startswith("| ")


def test_a_source_shows_its_rows_its_columns_and_its_age(liberty: Lane, instance: dg.DagsterInstance) -> None:
    result = run(liberty, instance)
    norms = shown(result, "legal_norms")
    assert norms["dagster/row_count"] == 13
    columns = norms["dagster/column_schema"].columns
    assert [(column.name, column.type) for column in columns] == [
        ("norm_id", "varchar"), ("boe_id", "varchar"), ("title", "varchar"), ("scope", "varchar"),
        ("source_id", "varchar"),
    ]  # fmt: skip
    path = liberty.source_path("legal_norms")
    assert path is not None
    assert norms["modified"] == pytest.approx(path.stat().st_mtime, abs=1)


def test_a_lost_column_is_told_with_its_source_and_where_the_sql_uses_it(
    liberty: Lane, instance: dg.DagsterInstance
) -> None:
    path = liberty.source_path("legal_norms")
    assert path is not None
    path.write_text(path.read_text(encoding="utf-8").replace("source_id", "origin", 1), encoding="utf-8")
    result = run(liberty, instance)
    said = failed_digest(result)
    assert said.startswith(f"input legal_norms: {path}: ")
    assert "source_id" in said
    assert "digest.sql line " in said
    (readable,) = [
        one for one in result.get_asset_check_evaluations()
        if one.check_name == "readable" and not one.passed
    ]  # fmt: skip
    assert readable.asset_key.path[-1] == "legal_norms"


def test_every_missing_source_is_told_at_once(liberty: Lane, instance: dg.DagsterInstance) -> None:
    for name in ("legal_norms", "liberty_right_categories"):
        path = liberty.source_path(name)
        assert path is not None
        path.unlink()
    said = failed_digest(run(liberty, instance))
    assert "input legal_norms: " in said
    assert "input liberty_right_categories: " in said


def test_kpi_events_show_how_many_there_are_and_when_the_newest_happened(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    with project.changed_attributes() as attributes:
        attributes["sources"]["offers"] = {"kind": "kpi_events", "domain": "WHOLESALE", "required": False}
    job = HeartbeatLane(project.lane).definitions().resolve_job_def("citizen_product_job")

    def offers() -> dict[str, Any]:
        result = job.execute_in_process(instance=instance, run_config=QUIET)
        (event,) = result.asset_materializations_for_node("citizen_product__offers")
        return {name: value.value for name, value in event.metadata.items()}

    assert offers() == {"present": False}
    at = datetime(2026, 3, 6, 12, tzinfo=UTC)
    store = open_ledger(project.settings.ledger_url).events
    store.append([NewKpiEvent("WHOLESALE", "offer_sent", success=True, at=at - timedelta(hours=h)) for h in range(3)])
    found = offers()
    assert (found["dagster/row_count"], found["modified"]) == (3, at.timestamp())
    assert found["place"] == "the KPI events WHOLESALE of the ledger"
    assert [column.name for column in found["dagster/column_schema"].columns][:3] == ["domain", "metric", "ts_us"]

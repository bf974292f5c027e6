"""Dagster's door: everything below defs/ is loaded, and loading it stays cheap."""

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

import heartbeat_assets
from heartbeat_assets import definitions
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.copied_project import ROOT

# Dagster warns of a beta parameter that it passes to itself when it rebuilds the checks of a component.
pytestmark = pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")

SERVICES = ("citizen_app", "legal_register", "marketplace_app")
"""Those with daily metrics, which have a schedule of their own."""
TRIPWIRES = (
    "wholesale_contract_rate", "wholesale_offer_accept_rate", "buyer_match_match_success", "capital_roi_event",
)  # fmt: skip
KPI_SERIES = (
    "wholesale/contract_rate", "wholesale/offer_accept_rate", "buyer_match/match_success", "capital/roi_event",
)  # fmt: skip

SLOS = ("api_read_availability", "api_write_availability", "sse_delivery_delay")
OPERATIONS_DOCUMENTS = ("heartbeat_candidate", "status_page_candidate", "heartbeat_document", "status_page")

LOADING = """
import json, sys
from heartbeat_assets import definitions
loaded = definitions.defs()
loaded.get_repository_def()
unwanted = ("pandas", "duckdb", "numpy", "scipy", "pyarrow", "alembic", "psycopg")
heavy = [name for name in unwanted if name in sys.modules]
print(json.dumps({"heavy": heavy, "assets": len(loaded.resolve_all_asset_specs())}))
"""


def test_the_project_is_the_shipped_lanes_and_services_and_the_prune_job(settings: Settings) -> None:
    loaded = definitions.defs()
    assert isinstance(loaded, dg.Definitions)
    repository = loaded.get_repository_def()
    keys = {key.to_user_string() for key in repository.asset_graph.get_all_asset_keys()}
    behind = ("digest", "heartbeat", "heartbeat_compacted", "published")
    tables = (
        "legal_norms", "legal_norm_fragments", "legal_fragment_responsibilities", "liberty_irlc_methodologies",
        "liberty_right_categories", "liberty_restriction_assessments",
    )  # fmt: skip
    of_service = ("registry", "benchmark", "scorecard")
    app = ("events", *metrics_of("citizen_app"), *of_service)
    register = ("reviews", "ingestions", "legal_norms", "legal_norm_fragments", "legal_fragment_responsibilities")
    register = (*register, *metrics_of("legal_register"), *of_service)
    market = ("deals", "deal_votes", "listings", "offers", "reports", "audit_logs")
    marketplace = (*market, "sse_events", *metrics_of("marketplace_app"), *of_service)
    assert keys == {
        *(f"citizen_app/{name}" for name in app),
        *(f"legal_register/{name}" for name in register),
        *(f"kpi_events/{name}" for name in ("series", *KPI_SERIES)),
        *(f"wholesale/{name}" for name in ("wholesale_events", *metrics_of("wholesale"), *of_service)),
        *(f"tripwires/{name}" for name in (*TRIPWIRES, "switches")),
        "runbook/go_live",
        *(f"operations/{name}" for name in ("component_status", *OPERATIONS_DOCUMENTS)),
        *(f"citizen_product/{name}" for name in ("telemetry", "snapshot", "summary", *behind)),
        *(f"liberty_restrictions/{name}" for name in (*tables, *behind)),
        *(f"marketplace/{name}" for name in (*market, *behind)),
        *(f"marketplace_app/{name}" for name in marketplace),
        *(f"marketplace_objectives/{name}" for name in SLOS),
    }
    assert {schedule.name for schedule in repository.schedule_defs} == {
        *(f"{name}_{what}_schedule" for name in SERVICES for what in ("metrics", "daily", "benchmark")),
        *(f"wholesale_{what}_schedule" for what in ("metrics", "benchmark")),
        "citizen_product_schedule",
        "kpi_events_schedule",
        "liberty_restrictions_schedule",
        "marketplace_schedule",
        "marketplace_objectives_schedule",
        "operations_schedule",
        "prune_runs_schedule",
        "runbook_schedule",
        "tripwires_schedule",
    }
    assert {sensor.name for sensor in repository.sensor_defs} == {
        *(f"{name}_{what}" for name in (*SERVICES, "wholesale") for what in ("automation", "registry_files")),
        "citizen_product_automation",
        "citizen_product_telemetry_files",
        "liberty_restrictions_automation",
        "marketplace_automation",
    }
    assert {schedule.default_status for schedule in repository.schedule_defs} == {dg.DefaultScheduleStatus.RUNNING}
    assert {sensor.default_status for sensor in repository.sensor_defs} == {dg.DefaultSensorStatus.RUNNING}
    assert not (settings.home).exists(), "loading definitions must not make anything"


def metrics_of(service: str) -> list[str]:
    """The ids of the shipped metrics of a service."""
    return [file.stem for file in (ROOT / "heartbeat_assets" / "defs" / service / "metrics").glob("*.sql")]


def test_the_real_definitions_run_and_publish(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    job = definitions.defs().resolve_job_def("citizen_product_job")
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance, run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        )
    assert result.success
    report = json.loads((settings.home / "published" / "citizen_product" / "report.json").read_text("utf-8"))
    assert report["digest"]["metrics"] == {
        "unknown_rate": 0.175676,
        "unknown_rate_source": "party_topic_positions.stance",
        "time_to_first_answer_seconds": 30.0,
        "drilldown_click_rate": 0.5,
    }


def test_loading_the_definitions_loads_no_library_that_only_a_run_needs(tmp_path: Path) -> None:
    environment = {**os.environ, "HEARTBEAT_HOME": str(tmp_path), "DAGSTER_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOADING], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found["heavy"] == []
    assert found["assets"] > 17
    assert not list(tmp_path.iterdir()), "loading definitions must not make anything"


def test_importing_the_package_loads_no_dagster(tmp_path: Path) -> None:
    program = "import sys, heartbeat_assets; print('dagster' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_package_offers_its_components_by_name_and_nothing_else() -> None:
    offered = {"HeartbeatLane", "MetricService", "RunPruning", "Tripwires", "require_metrics"}
    assert offered <= set(dir(heartbeat_assets))
    assert issubclass(heartbeat_assets.HeartbeatLane, dg.Component)
    assert issubclass(heartbeat_assets.MetricService, dg.Component)
    assert issubclass(heartbeat_assets.RunPruning, dg.Component)
    assert issubclass(heartbeat_assets.Runbook, dg.Component)
    assert issubclass(heartbeat_assets.Operations, dg.Component)
    assert callable(heartbeat_assets.require_metrics)
    with pytest.raises(AttributeError, match="no attribute 'HeartbeatLanes'"):
        _ = heartbeat_assets.HeartbeatLanes

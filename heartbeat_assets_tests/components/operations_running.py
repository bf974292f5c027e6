"""Operations of a made-up shop as Dagster definitions, run in this process, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from heartbeat_assets.components import Operations
from heartbeat_assets.components.operations_group import OperationsGroup
from heartbeat_assets.ledger import Actor, JournalEvent, Ledger, NewJournalEvent, open_ledger
from heartbeat_assets.objectives.incidents import Incident, open_incident
from heartbeat_assets.objectives.operations_file import checked_operations
from heartbeat_assets.settings import Settings

QUIET: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
ANA = Actor("ana@example.org", "person", "cli")
PROGRAM = Actor("dagster", "program", "dagster")
SUPPORT = "help@shop.example"
READS = {
    "id": "reads",
    "name": "Reads",
    "rules": [
        {"slo": "reads-answered", "burning": "page", "to": "DOWN"},
        {"slo": "reads-answered", "state": ["RED", "EXHAUSTED"], "to": "DEGRADED"},
    ],
}
WRITES = {"id": "writes", "name": "Writes", "rules": [{"slo": "writes-answered", "burning": "page", "to": "DOWN"}]}


class Operated:
    """A project with operations alone, and the verdicts about its SLOs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(folder, folder / "defs", folder / "home", str(folder / "home" / "ledger.sqlite"))
        self.attributes: dict[str, Any] = {
            "title": "Shop",
            "owner": "Platform/Ops",
            "owners": ["team:ops"],
            "components": [READS, WRITES],
            "contacts": {"support_email": SUPPORT, "on_call": "#ops"},
            "personal_data": {"patterns": {"agent_id": r"\bagent_\d+\b"}},
            "suggestions": [
                {"id": "reads_down", "title": "Reads are down", "severity": 1, "impact": "Nobody reads.",
                 "component": "reads"},
            ],
        }  # fmt: skip

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.settings.ledger_url)

    def judge(self, slo: str, kind: str = "green", *, hours_ago: float = 0, severity: str | None = None) -> None:
        """Records a verdict about an SLO."""
        at = datetime.now(UTC) - timedelta(hours=hours_ago, seconds=1)
        body = {"name": slo, "state": kind.upper(), "judged_at": at.isoformat(), "severity": severity, "target": 0.99}
        self.ledger.journal.append(NewJournalEvent("objective", slo, kind, body=body), PROGRAM)

    def judge_all(self, kind: str = "green") -> None:
        """Records the same verdict about both SLOs."""
        for name in ("reads-answered", "writes-answered"):
            self.judge(name, kind)

    def open(self, impact: str) -> Incident:
        """Opens an incident that says so."""
        return open_incident(self.ledger.journal, title="Reads fail", severity=2, impact=impact, actor=ANA)

    def write(self) -> Path:
        """Writes the defs.yaml as the attributes are now."""
        file = self.folder / "defs" / "operations" / "defs.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump({"type": "heartbeat_assets.Operations", "attributes": self.attributes}))
        return file

    @property
    def group(self) -> OperationsGroup:
        """The operations as they are now."""
        file = self.write()
        return OperationsGroup("operations", checked_operations(self.attributes, str(file)), file.parent, self.settings)

    def definitions(self) -> dg.Definitions:
        return Operations(self.group).definitions()

    def changes(self, component: str) -> list[JournalEvent]:
        """What was recorded of a component, oldest first."""
        return self.ledger.journal.of("component", component)

    @property
    def heartbeat_md(self) -> Path:
        return self.settings.home / "documents" / "HEARTBEAT.md"

    @property
    def site(self) -> Path:
        return self.settings.home / "documents" / "status_page"


def key(asset: str) -> dg.AssetKey:
    """The key of an asset of the operations."""
    return dg.AssetKey(["operations", asset])


def run(
    operated: Operated, instance: dg.DagsterInstance, assets: Sequence[str] | None = None
) -> dg.ExecuteInProcessResult:
    """Runs the job of the schedule, or only `assets` of it."""
    return operated.definitions().resolve_job_def("operations_job").execute_in_process(
        instance=instance,
        asset_selection=[key(asset) for asset in assets] if assets else None,
        raise_on_error=False,
        run_config=QUIET,
    )  # fmt: skip


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, tuple[bool, str]]:
    """Whether each check passed and how severe it is, by the asset and its name."""
    return {
        f"{one.asset_key.path[-1]}.{one.check_name}": (one.passed, one.severity.value)
        for one in result.get_asset_check_evaluations()
    }


def check_of(result: dg.ExecuteInProcessResult, asset: str, name: str) -> dg.AssetCheckEvaluation:
    """What one check found."""
    (found,) = [
        one for one in result.get_asset_check_evaluations() if one.asset_key == key(asset) and one.check_name == name
    ]
    return found


def metadata_of(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    """The metadata of an asset's materialization in a run, as plain values."""
    (event,) = [one for one in result.get_asset_materialization_events() if one.asset_key == key(asset)]
    return {name: value.value for name, value in event.materialization.metadata.items()}


def materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    """Which assets were materialized."""
    return {one.asset_key.path[-1] for one in result.get_asset_materialization_events() if one.asset_key is not None}

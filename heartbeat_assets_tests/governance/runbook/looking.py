"""A project of somebody's own whose runbook a test writes, looks at, and asks what was found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.governance.runbook import Item, Runbook, build_runbook
from heartbeat_assets.ledger import Actor, Ledger, NewJournalEvent, open_ledger
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject

ANA = Actor("ana@example.org", "person", "cli")
DAGSTER = Actor("dagster", "program", "dagster")
ALL = (
    "go_live_checklist", "kill_switch_clear", "env_sanity", "risk_policies_present", "regression_policies_present",
    "heimdall_charter_present", "ledger_reachable", "lanes_passing", "metrics_verified_not_red", "tripwires_quiet",
    "kpi_events_flowing", "open_incidents", "slo_budgets", "components_ok", "daemon_running",
)  # fmt: skip
TRIPWIRE = {"domain": "WHOLESALE", "metric": "contract_rate", "action": "throttle", "enabled": True}


class RunbookProject:
    """The project `own`, and what is written into it."""

    def __init__(self, own: OwnProject) -> None:
        self.own = own

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.own.settings.ledger_url)

    def write(self, checks: list[Mapping[str, Any]] | None = None, folder: str = "runbook", **attributes: Any) -> Path:
        """Writes the runbook's defs.yaml."""
        written = dict(attributes) | ({"checks": [dict(check) for check in checks]} if checks is not None else {})
        return self.write_component("Runbook", folder, written)

    def write_tripwires(self, *policies: Mapping[str, Any], risk: tuple[str, ...] = (), folder: str = "wires") -> Path:
        """Writes a folder of tripwires."""
        attributes: dict[str, Any] = {"risk_policies": [{"engine": engine} for engine in risk]}
        attributes |= {"policies": [dict(policy) for policy in policies]} if policies else {}
        return self.write_component("Tripwires", folder, attributes)

    def write_component(self, kind: str, folder: str, attributes: Mapping[str, Any]) -> Path:
        text = yaml.safe_dump({"type": f"heartbeat_assets.{kind}", "attributes": dict(attributes)}, sort_keys=False)
        return self.own.write(f"{PACKAGE}/defs/{folder}/defs.yaml", text)

    def look(self) -> Runbook:
        """The runbook as it stands now."""
        return build_runbook(self.own.settings)

    def item(self, check: str, **fields: Any) -> Item:
        """What the one check `check` with these fields finds now."""
        self.write([{"check": check, **fields}])
        (item,) = self.look().items
        return item

    def triggered(self, name: str = "WHOLESALE.contract_rate", kind: str = "triggered") -> int:
        """Records a look of a tripwire; returns its number."""
        body = {"sentence": f"{name} fell by a third."}
        return self.ledger.journal.append(NewJournalEvent("tripwire", name, kind, body=body), DAGSTER).seq

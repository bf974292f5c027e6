"""Tripwires over events of a made-up company as Dagster definitions, run in this process, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import yaml

from heartbeat_assets.components import Tripwires
from heartbeat_assets.components.tripwire_group import TripwireGroup
from heartbeat_assets.governance.switch import SwitchState, switch_states
from heartbeat_assets.governance.tripwires_file import checked_tripwires
from heartbeat_assets.ledger import Actor, JournalEvent, Ledger, NewKpiEvent, open_ledger
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.components.run_results import run_assets

ANA = Actor("ana@example.org", "person", "cli")
GOOD = [True] * 19 + [False]
"""A rate of 95%; ten times in a row is a baseline."""
BAD = [True] * 37 + [False] * 13


def rate(baseline: Sequence[bool], recent: Sequence[bool]) -> list[bool]:
    """Two hundred events of the one kind and the fifty of the other."""
    return [*baseline * (200 // len(baseline)), *recent]


TRIGGERED = rate(GOOD, BAD)
HEALTHY = rate(GOOD, GOOD * 2 + GOOD[:10])


class Company:
    """Events in a ledger, and a defs.yaml of tripwires on them."""

    def __init__(self, folder: Path, ledger_url: str) -> None:
        self.folder = folder
        self.settings = Settings(folder, folder / "defs", folder / "home", ledger_url)
        self.attributes: dict[str, Any] = {"owners": ["team:sales"], "policies": []}

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.settings.ledger_url)

    def watch(self, name: str, **policy: Any) -> None:
        """Adds an enabled policy on `WHOLESALE.contract_rate`, which throttles."""
        domain, _, metric = name.partition(".")
        given = {"domain": domain, "metric": metric, "enabled": True, "action": "throttle"} | policy
        self.attributes["policies"].append(given)

    def emit(self, name: str, outcomes: Iterable[bool | float], *, until: datetime | None = None) -> None:
        """Records an event a second, the newest a minute ago; True and False are outcomes, the others numbers."""
        domain, _, metric = name.partition(".")
        listed = list(outcomes)
        first = (until or datetime.now(UTC) - timedelta(minutes=1)) - timedelta(seconds=len(listed))
        events = [
            NewKpiEvent(
                domain,
                metric,
                success=outcome if isinstance(outcome, bool) else None,
                value=None if isinstance(outcome, bool) else outcome,
                at=first + timedelta(seconds=second),
            )
            for second, outcome in enumerate(listed)
        ]
        self.ledger.events.append(events)

    @property
    def group(self) -> TripwireGroup:
        """The tripwires as they are now."""
        file = self.folder / "defs" / "guards" / "defs.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump({"type": "heartbeat_assets.Tripwires", "attributes": self.attributes}))
        spec = checked_tripwires(self.attributes, str(file))
        return TripwireGroup("guards", spec, file.parent, self.settings)

    def definitions(self) -> dg.Definitions:
        return Tripwires(self.group).definitions()

    def switches(self) -> dict[str, SwitchState]:
        return switch_states(self.ledger.journal)

    def of_switch(self, name: str) -> list[JournalEvent]:
        """What was recorded of a switch, oldest first."""
        return self.ledger.journal.of("switch", name)

    def looks(self, name: str) -> list[JournalEvent]:
        """What was recorded of a tripwire, oldest first."""
        return self.ledger.journal.of("tripwire", name)


def key(asset: str) -> dg.AssetKey:
    """The key of an asset of the company."""
    return dg.AssetKey(["guards", asset])


def run(
    definitions: dg.Definitions, instance: dg.DagsterInstance, assets: Sequence[str] | None = None
) -> dg.ExecuteInProcessResult:
    """Runs every tripwire and the switches, or only `assets`, by the hidden job of all assets."""
    return run_assets(definitions, instance, [key(asset) for asset in assets or ()])


def check_of(result: dg.ExecuteInProcessResult, asset: str) -> dg.AssetCheckEvaluation:
    """What the check of a tripwire found in a run."""
    (found,) = [one for one in result.get_asset_check_evaluations() if one.asset_key == key(asset)]
    return found

"""SLOs over made-up requests as Dagster definitions, run in this process, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.components import ServiceObjectives
from heartbeat_assets.components.objective_group import ObjectivesGroup
from heartbeat_assets.ledger import JournalEvent, Ledger, open_ledger
from heartbeat_assets.metrics.service import find_services
from heartbeat_assets_tests.components.run_results import run_assets
from heartbeat_assets_tests.objectives.promised import WEEK, Promised, slo


def weekly(name: str = "reads", **more: Any) -> Any:
    """An SLO over the last seven days: 90% of requests."""
    return slo(name, window=WEEK, **{"target": 90, **more})


class Api(Promised):
    """Requests of the last days, and SLOs on them in the folder `promises`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.requests: list[tuple[str, bool, float]] = []

    def ask(self, good: int, bad: int = 0, *, ago: timedelta = timedelta(hours=30)) -> None:
        """Requests that ended so long ago, one a second."""
        start = datetime.now(UTC) - ago - timedelta(seconds=good + bad)
        oks = [True] * good + [False] * bad
        self.requests += [((start + timedelta(seconds=n)).isoformat(), ok, 1.0) for n, ok in enumerate(oks)]
        self.write_requests(self.requests)

    @property
    def ledger(self) -> Ledger:
        return open_ledger(self.settings.ledger_url)

    @property
    def group(self) -> ObjectivesGroup:
        """The SLOs as their files are now."""
        folder = self.objectives.folders["promises"]
        return ObjectivesGroup(folder, self.settings, find_services(self.settings))

    def definitions(self) -> dg.Definitions:
        return ServiceObjectives(self.group).definitions()

    def records(self, name: str = "reads") -> list[JournalEvent]:
        """What was recorded of an SLO, oldest first."""
        return self.ledger.journal.of("objective", name)


def key(asset: str) -> dg.AssetKey:
    """The key of the asset of an SLO."""
    return dg.AssetKey(["promises", asset])


def run(
    definitions: dg.Definitions, instance: dg.DagsterInstance, assets: Sequence[str] | None = None
) -> dg.ExecuteInProcessResult:
    """Measures every SLO, or only `assets`, by the hidden job of all assets."""
    return run_assets(definitions, instance, [key(asset) for asset in assets or ()])


def checks_of(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, dg.AssetCheckEvaluation]:
    """What the checks of an SLO found in a run, by their names."""
    return {one.check_name: one for one in result.get_asset_check_evaluations() if one.asset_key == key(asset)}

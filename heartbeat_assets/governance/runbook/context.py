"""What the checks of one runbook look at, each read once: the project's files, the ledger, the environment.

A ledger that is away is asked once, not once a check. It must not decide anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.tripwires_file import TripwiresSet, tripwires_in
from heartbeat_assets.lanes.lane import Lane, each_lane
from heartbeat_assets.ledger import Ledger, LedgerError, existing_ledger
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.settings import Settings


@dataclass
class RunbookContext:
    """What there is to look at. `folder` is that of the runbook's defs.yaml; `environment` is not for printing."""

    settings: Settings
    now: datetime
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    dagster_url: str = "http://127.0.0.1:3000"

    @property
    def ledger(self) -> Ledger:
        """The ledger, open; it is never made. Raises LedgerError when it is away, every time the same one."""
        found = self._opened
        if isinstance(found, LedgerError):
            raise found
        return found

    @cached_property
    def _opened(self) -> Ledger | LedgerError:
        try:
            return existing_ledger(self.settings.ledger_url)
        except LedgerError as problem:
            return problem

    @cached_property
    def tripwires(self) -> TripwiresSet:
        """The tripwires of the project, and what is wrong with files of theirs."""
        return tripwires_in(self.settings.defs)

    @cached_property
    def policies(self) -> list[TripwirePolicy]:
        """Those tripwires, of all folders."""
        return [policy for _, policy in self.tripwires.policies()]

    @cached_property
    def lanes(self) -> dict[str, Lane | SpecProblem]:
        """The lanes by name, and what is wrong with the others, by their folder."""
        return dict(each_lane(self.settings))

    @cached_property
    def catalog(self) -> Catalog:
        """The services and their metrics."""
        return load_catalog(self.settings)

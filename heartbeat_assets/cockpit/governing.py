"""What is stopped and how the tripwires stand: read again when the journal or the files changed, and kept otherwise.

It must not stop, release or look at anything; `deciding` does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from heartbeat_assets.cockpit.keeping import PerVersion
from heartbeat_assets.governance.evaluation import LOOKS
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.switch import GLOBAL, STREAM, SwitchState, switch_states
from heartbeat_assets.governance.tripwires_file import TripwiresSet, tripwires_in
from heartbeat_assets.governance.tripwires_spec import RiskPolicy, TripwiresSpec
from heartbeat_assets.ledger import JournalEvent, Ledger
from heartbeat_assets.settings import Settings

TRIPWIRE = "tripwire"
"""The stream of looks; what takes them says it too, and loads SciPy."""
_MOST_EVENTS = 50


class Tripwire(NamedTuple):
    """A policy, and the folder and file that it stands in."""

    folder: str
    spec: TripwiresSpec
    policy: TripwirePolicy

    @property
    def risk(self) -> RiskPolicy:
        """How what it stops is handled."""
        return self.spec.risk_policy(GLOBAL if self.policy.action == "kill_switch" else self.policy.domain)


@dataclass(frozen=True)
class Governed:
    """One state of everything: the switches that were ever engaged, and the newest look at each tripwire."""

    mark: int
    files: TripwiresSet
    switches: Mapping[str, SwitchState]
    looks: Mapping[str, JournalEvent]

    @property
    def engaged(self) -> list[SwitchState]:
        """What is stopped now: everything first, then the longest."""
        found = [state for state in self.switches.values() if state.engaged]
        return sorted(found, key=lambda state: (state.name != GLOBAL, state.since, state.name))

    def resting(self, now: datetime) -> list[SwitchState]:
        """What was released so lately that no program stops it again yet."""
        return [
            state
            for state in self.switches.values()
            if not state.engaged and state.cooldown_until is not None and state.cooldown_until > now
        ]

    @property
    def tripwires(self) -> dict[str, Tripwire]:
        """Every tripwire of the files, by its name."""
        return tripwires_of(self.files)


def tripwires_of(files: TripwiresSet) -> dict[str, Tripwire]:
    """The tripwires of `files`, by their names."""
    return {policy.name: Tripwire(folder, files.specs[folder], policy) for folder, policy in files.policies()}


class Governing:
    """Follows the journal of `ledger()` and the files. Safe to use from several threads."""

    def __init__(self, settings: Settings, ledger: Callable[[], Ledger], files_version: Callable[[], int]) -> None:
        self._ledger = ledger
        self._files = PerVersion(files_version, lambda: tripwires_in(settings.defs))
        self._lock = threading.Lock()
        self._governed: Governed | None = None

    def files(self) -> TripwiresSet:
        """What the files say; read again when one of the project's changed."""
        return self._files.now()

    def tripwires(self) -> dict[str, Tripwire]:
        """Every tripwire of the files, by its name; needs no ledger."""
        return tripwires_of(self.files())

    def now(self) -> Governed:
        """The state of this moment; costs one small query while nothing changes. Raises LedgerError."""
        files, journal = self.files(), self._ledger().journal
        mark = journal.mark()
        with self._lock:
            kept = self._governed
        # Not the same mark alone: another ledger may have taken the place of the one before.
        if kept is not None and kept.mark == mark and kept.files is files and mark:
            return kept
        switches = switch_states(journal, cooldown_of=files.cooldown_of)
        governed = Governed(mark, files, switches, journal.newest(TRIPWIRE, kinds=LOOKS))
        with self._lock:
            self._governed = governed
        return governed

    def decided(self) -> list[JournalEvent]:
        """The newest events of all switches, newest first."""
        journal = self._ledger().journal
        found = [event for name in journal.subjects(STREAM) for event in journal.of(STREAM, name, limit=_MOST_EVENTS)]
        return sorted(found, key=lambda event: event.seq, reverse=True)[:_MOST_EVENTS]

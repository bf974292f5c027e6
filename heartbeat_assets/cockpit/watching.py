"""Watches the metric files, so that the ledger follows them while the cockpit runs: a changed query ends a verification
and its tile turns dashed, a new file is registered and gets its first value.

1. Every other second the files' times are looked at; that costs no more than that.
2. When they differ, and have stayed as they are for one more look, the registry is brought in line with them.
3. A file that is gone retires its metric for ever, so it has to be gone for a while: an editor or git may be at work.

It must not decide what a change means; `metrics.registry` does.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from heartbeat_assets.cockpit.files import Files
from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.ledger import Actor, LedgerError, MetricStore
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.registry import SyncReport, sync
from heartbeat_assets.metrics.welcome import welcome

SECONDS = 2.0
GONE_SECONDS = 30.0
# Verifications expire without a file changing.
_ANYWAY_SECONDS = 300.0
ACTOR = Actor("heartbeat cockpit", "program", "cockpit")
_log = logging.getLogger(__name__)


class Watching:
    """Brings the ledger at `store()` in line with `files`; `look` is called again and again by one thread."""

    def __init__(
        self,
        files: Files,
        store: Callable[[], MetricStore],
        changed: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._store = store
        self._changed = changed
        self._clock = clock
        self._lock = threading.Lock()
        self._due = True
        self._synced_at: float | None = None
        self._missing_since: dict[str, float] = {}
        self.refused: tuple[SpecProblem, ...] = ()
        """Files that were not registered, and why."""
        self.problem = ""
        """Why the registry could not be brought in line last time; "" when it could."""

    def look(self) -> None:
        """Looks once. What goes wrong is told and tried again."""
        with self._lock:
            # Somebody may just be writing: what has changed is looked at once more.
            if self._differs() and self._synced_at is not None:
                return
            overdue = self._synced_at is not None and self._clock() - self._synced_at > _ANYWAY_SECONDS
            registered = self._synced() if self._due or overdue else []
        if registered:
            # Not under the lock: it computes, and a change on the way must not wait for that.
            _welcome(self._files.catalog, self._store, registered)
            self._changed()

    def catch_up(self) -> None:
        """Brings the registry in line at once when a file was changed: somebody is about to decide on what it says."""
        with self._lock:
            if self._differs():
                self._synced()

    def _differs(self) -> bool:
        if not self._files.look():
            return False
        self._due = True
        self._changed()
        return True

    def _synced(self) -> list[str]:
        """The metrics that were registered."""
        try:
            if self._waits_for_missing():
                return []
            report = sync(self._files.catalog, self._store(), actor=ACTOR, now=datetime.now(UTC))
        except (LedgerError, HeartbeatError) as problem:
            if str(problem) != self.problem:
                _log.warning("the registry could not be brought in line with the files: %s", problem)
            self.problem = str(problem)
            return []
        self._due, self._synced_at, self.problem = False, self._clock(), ""
        self.refused = tuple(report.refused)
        self._tell(report)
        return report.registered

    def _waits_for_missing(self) -> bool:
        """Whether a file is gone, and not long enough to be sure."""
        now, catalog = self._clock(), self._files.catalog
        gone = [
            name
            for name, row in self._store().rows().items()
            if row.registration == "registered" and catalog.is_gone(name, row.service)
        ]
        self._missing_since = {name: self._missing_since.get(name, now) for name in gone}
        return any(now - since < GONE_SECONDS for since in self._missing_since.values())

    def _tell(self, report: SyncReport) -> None:
        for name in report.registered:
            _log.info("%s: registered", name)
        for name, why in report.changed.items():
            _log.info("%s: %s", name, "; ".join(why))
        for name in report.retired:
            _log.info("%s: retired, its file is gone", name)
        if report.registered or report.changed or report.retired:
            self._changed()


def _welcome(catalog: Catalog, store: Callable[[], MetricStore], names: list[str]) -> None:
    """Computes the first values; the metrics are registered whether or not that works."""
    try:
        welcome(catalog, store(), names, ACTOR, datetime.now(UTC))
    except (LedgerError, HeartbeatError) as problem:
        _log.warning("no first value for %s: %s", ", ".join(names), problem)

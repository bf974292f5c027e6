"""The runbook, looked at again when the last look is a few seconds old: one look serves all who ask meanwhile.

A look asks the ledger, the files and Dagster, which may take a second or two. It must not change anything.
"""

from __future__ import annotations

import threading
import time

from heartbeat_assets.governance.runbook import Runbook, build_runbook
from heartbeat_assets.settings import Settings

KEPT_SECONDS = 5.0


class RunbookNow:
    """The project's runbook. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._looking = threading.Lock()
        self._kept: tuple[float, Runbook] | None = None
        self._forgotten_at = 0.0

    def now(self) -> Runbook:
        """The runbook, at most five seconds old."""
        with self._looking:
            kept, now = self._kept, time.monotonic()
            if kept is not None and now - kept[0] < KEPT_SECONDS and kept[0] > self._forgotten_at:
                return kept[1]
            # Its age counts from before the look: what is decided while it looks may be missing in it.
            runbook = build_runbook(self._settings)
            self._kept = now, runbook
            return runbook

    def forget(self) -> None:
        """Looks anew at the next use: something was just decided here."""
        self._forgotten_at = time.monotonic()

"""The status of a value by the thresholds of its moment: today's for the newest tick, those then in force for the past.

It must not measure or record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from heartbeat_assets.ledger import MetricStore
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.state import ThresholdHistory, state_of
from heartbeat_assets.metrics.thresholds import Status, Thresholds, judge

# A recovery value needs the last status that was judged. Farther back than this, no data is a fresh start.
_LOOK_BACK = 200


class Judge:
    """Judges the values of several metrics, tick after tick; `newest` is the tick that today's thresholds are for."""

    def __init__(self, store: MetricStore, newest: datetime) -> None:
        self._store = store
        self._newest = newest
        self._history: dict[str, ThresholdHistory] = {}
        self._current: dict[str, Thresholds] = {}
        self._before: dict[str, Status | None] = {}

    def begin(self, files: Sequence[MetricFile], first: datetime) -> None:
        """Reads what the judgement of `files` from the tick `first` on depends on."""
        rows = self._store.rows()
        for file in files:
            name = file.metric_id
            self._current[name] = state_of(rows[name]).thresholds
            if first != self._newest:
                self._history[name] = ThresholdHistory(self._store.events(name))
            if self._current[name].recovery_value is not None or name in self._history:
                values = self._store.values(name, until=first - timedelta(seconds=1), limit=_LOOK_BACK)
                judged = [value.status for value in values if value.value is not None]
                self._before[name] = judged[-1] if judged else None

    def status(self, file: MetricFile, tick: datetime, value: float | None) -> Status:
        """`green`, `amber`, `red` or `no_data`; remembered for the next tick."""
        if value is None:
            return "no_data"
        name = file.metric_id
        current = tick == self._newest or name not in self._history
        thresholds = self._current[name] if current else self._history[name].at(tick)
        found = judge(thresholds, value, self._before.get(name))
        self._before[name] = found
        return found

    def remember(self, file: MetricFile, status: Status) -> None:
        """Takes note of a tick that was judged before."""
        self._before[file.metric_id] = status

"""A bounded queue of events to one ledger, and the thread that writes them there in batches.

1. `put` adds an event; it wakes the thread when that has nothing to do, or has enough for a batch.
2. The thread gathers for a moment, then writes up to a batch in one transaction. Events leave the queue once they are
   recorded, so at most MOST_WAITING are ever at risk.
3. While the ledger is away they stay, and the thread tries again, less and less often.
4. A full queue makes `put` wait a little as long as the ledger keeps up; else the event is dropped and counted.
5. What was dropped is itself an event, HEARTBEAT.events_dropped, written with the next batch that can be.

It must not raise into the caller of `put`.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import Counter, deque
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heartbeat_assets.ledger import NewKpiEvent

MOST_WAITING = 10_000
BATCH = 1_000
GATHER_SECONDS = 0.25
ROOM_SECONDS = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
_LOG_EVERY_SECONDS = 60.0
_log = logging.getLogger("heartbeat_assets.emit")


class Outlet:
    """The queue to the ledger at `target`. Safe to use from several threads; a forked child makes its own."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._waiting: deque[NewKpiEvent] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._idle = False
        self._hurry = False
        self._keeps_up = True
        self._was_there = False
        self._accepted = self._done = self._wanted = 0
        self._dropped: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        self._logged: dict[str, float] = {}
        self.writing = threading.Lock()
        """Held while the thread is in the database: nobody forks then."""

    def put(self, event: NewKpiEvent) -> None:
        """Adds `event`, or counts it as dropped."""
        with self._changed:
            if len(self._waiting) >= MOST_WAITING and not self._has_room():
                self._drop("full", 1, f"{MOST_WAITING:,} events wait already")
                return
            self._waiting.append(event)
            self._accepted += 1
            if self._thread is None:
                self._start()
            elif self._idle or len(self._waiting) == BATCH:
                self._changed.notify_all()

    def drop(self, reason: str, what: str) -> None:
        """Counts an event that never came as far as the queue."""
        with self._changed:
            self._drop(reason, 1, what)
            if self._thread is None:
                self._start()
            self._changed.notify_all()

    @property
    def dropped(self) -> Counter[str]:
        """How many events were dropped in this process, by reason."""
        with self._changed:
            return Counter(self._dropped)

    def hurry(self) -> None:
        """Writes what waits without gathering more."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()

    def flush(self, until: float) -> bool:
        """Waits, until `until` on the monotonic clock, for what is in the queue now; tells whether it is recorded."""
        with self._changed:
            wanted = self._wanted = self._accepted
            self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._done >= wanted, max(0.0, until - time.monotonic()))
            return self._done >= wanted

    def left(self) -> int:
        """How many events are in the queue."""
        with self._changed:
            return len(self._waiting)

    def _has_room(self) -> bool:
        if self._keeps_up:
            # Whoever emits faster than the ledger writes is slowed down; once it does not come after, nobody waits.
            self._keeps_up = self._changed.wait_for(lambda: len(self._waiting) < MOST_WAITING, ROOM_SECONDS)
        return len(self._waiting) < MOST_WAITING

    def _drop(self, reason: str, count: int, what: str) -> None:
        self._dropped[reason] += count
        now = time.monotonic()
        if now - self._logged.get(reason, -_LOG_EVERY_SECONDS) >= _LOG_EVERY_SECONDS:
            self._logged[reason] = now
            _log.warning("A KPI event was dropped (%s, %d so far): %s", reason, self._dropped[reason], what)

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="heartbeat events", daemon=True)
        try:
            self._thread.start()
        except RuntimeError as problem:
            # The interpreter is ending, or has no more threads.
            self._thread = None
            self._drop("no_thread", len(self._waiting), str(problem))
            self._done += len(self._waiting)
            self._waiting.clear()

    def _run(self) -> None:
        pause = 0.0
        while True:
            batch, lost = self._next(pause)
            try:
                with self.writing:
                    self._write(batch, lost)
            except Exception as problem:
                pause = min(LONGEST_PAUSE, pause * 2 or FIRST_PAUSE)
                with self._changed:
                    self._keeps_up = False
                    if pause == FIRST_PAUSE:
                        _log.warning("KPI events wait, as their ledger cannot be written: %s", problem)
            else:
                pause = 0.0

    def _next(self, pause: float) -> tuple[list[NewKpiEvent], Counter[str]]:
        with self._changed:
            self._idle = True
            self._changed.wait_for(lambda: self._waiting or self._dropped != self._told)
            self._idle = False
            # After a failure only somebody in a hurry makes it try before its time, once.
            self._changed.wait_for(lambda: self._hurry or (not pause and self._has_enough()), pause or GATHER_SECONDS)
            self._hurry = False
            return list(islice(self._waiting, BATCH)), self._dropped - self._told

    def _has_enough(self) -> bool:
        return len(self._waiting) >= BATCH or self._done < self._wanted

    def _write(self, batch: list[NewKpiEvent], lost: Counter[str]) -> None:
        from heartbeat_assets.ledger import KpiEventRefused, NewKpiEvent, existing_ledger, open_ledger

        # One that was there and is gone is not made anew: in an empty one nothing would be stopped.
        events = (existing_ledger if self._was_there else open_ledger)(self._target).events
        self._was_there = True
        told = []
        if lost:
            detail = {**lost, "process": os.getpid()}
            told = [NewKpiEvent("HEARTBEAT", "events_dropped", value=float(lost.total()), detail=detail)]
        try:
            events.append([*batch, *told])
        except KpiEventRefused:
            # One event is not to hold up all others for ever.
            for event in batch:
                try:
                    events.append([event])
                except KpiEventRefused as refusal:
                    with self._changed:
                        self._drop("refused", 1, str(refusal))
                self._recorded(1, Counter())
        else:
            self._recorded(len(batch), lost)

    def _recorded(self, count: int, lost: Counter[str]) -> None:
        with self._changed:
            for _ in range(count):
                self._waiting.popleft()
            self._done += count
            self._told += lost
            self._keeps_up = True
            self._changed.notify_all()

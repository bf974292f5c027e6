"""Stops a query that takes too long, so that one of many cannot hold up the rest. It must not run queries."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection

_LOOK_EVERY_SECONDS = 0.1


class TimeLimit:
    """Watches the queries of one connection, one after the other; `time_limit` makes and ends it."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        self.seconds = seconds
        self._connection = connection
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._stopped = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="query time limit", daemon=True)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Gives the query inside its `seconds`; raises TimeoutError when it was stopped."""
        with self._lock:
            self._deadline, self._stopped = time.monotonic() + self.seconds, False
        try:
            yield
        except Exception as problem:
            if self._stopped:
                raise TimeoutError(f"took longer than {self.seconds:g} seconds and was stopped") from problem
            raise
        finally:
            # Taken so that an interruption meant for this query cannot hit the next one.
            with self._lock:
                self._deadline = None

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_EVERY_SECONDS):
            with self._lock:
                if self._deadline is not None and time.monotonic() > self._deadline:
                    self._stopped, self._deadline = True, None
                    self._connection.interrupt()

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def end(self) -> None:
        """Stops watching; returns when nothing will be interrupted any more."""
        self._over.set()
        self._thread.join()


@contextmanager
def time_limit(connection: Connection, seconds: float) -> Iterator[TimeLimit]:
    """A limit of `seconds` for each query on `connection` that runs under its `watching`."""
    limit = TimeLimit(connection, seconds)
    limit.start()
    try:
        yield limit
    finally:
        limit.end()

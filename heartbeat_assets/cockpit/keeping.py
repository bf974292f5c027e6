"""What is kept of what was worked out, so that one working out serves all who ask meanwhile. Safe to use from threads.

It must not know what is worked out, nor catch what that raises: what failed is tried again by whoever asks next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

KEPT_SECONDS = 5.0
T = TypeVar("T")


class PerVersion(Generic[T]):
    """Something made of the project's files: made again when their version is another one."""

    def __init__(self, version: Callable[[], int], make: Callable[[], T]) -> None:
        self._version = version
        self._make = make
        self._lock = threading.Lock()
        self._kept: tuple[int, T] | None = None

    def now(self) -> T:
        """It as the files are now."""
        version = self._version()
        with self._lock:
            if self._kept is None or self._kept[0] != version:
                self._kept = version, self._make()
            return self._kept[1]


class Briefly(Generic[T]):
    """Something that takes a moment to look at: looked at again when that was a few seconds ago, or when `version` is
    another one.
    """

    def __init__(self, look: Callable[[], T], version: Callable[[], int] = lambda: 0) -> None:
        self._look = look
        self._version = version
        self._looking = threading.Lock()
        self._kept: tuple[float, int, T] | None = None
        self._forgotten_at = 0.0

    def now(self) -> T:
        """It, at most KEPT_SECONDS old."""
        version = self._version()
        with self._looking:
            kept, now = self._kept, time.monotonic()
            if kept is not None and kept[1] == version and self._is_fresh(kept[0], now):
                return kept[2]
            # Its age counts from before the look: what is decided while it looks may be missing in it.
            found = self._look()
            self._kept = now, version, found
            return found

    def forget(self) -> None:
        """Looks anew at the next use: something was just decided here."""
        self._forgotten_at = time.monotonic()

    def _is_fresh(self, at: float, now: float) -> bool:
        return now - at < KEPT_SECONDS and at > self._forgotten_at

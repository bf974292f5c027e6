"""What a cockpit does beside answering: it watches the files, and keeps its board up to date. Stops when told to."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType

_STOP_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Repeated:
    """A job that a thread of its own does again and again, `seconds` apart. A job that fails is done again."""

    def __init__(self, name: str, seconds: float, job: Callable[[], None]) -> None:
        self._seconds = seconds
        self._job = job
        self._stopping = threading.Event()
        self._wake = threading.Event()
        # A daemon: a job that hangs, such as on a file system that is away, must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Does the job soon, without waiting for its turn."""
        self._wake.set()

    @property
    def running(self) -> bool:
        """Whether it does its job now."""
        return self._thread.is_alive() and not self._stopping.is_set()

    def tell_to_stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    def wait(self, seconds: float) -> bool:
        """Whether the thread has ended after at most so long."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._job()
            except Exception:
                _log.exception("%s failed; it goes on", self._thread.name)
            self._wake.wait(self._seconds)
            self._wake.clear()


class Background:
    """Several jobs for as long as the context lasts."""

    def __init__(self, *jobs: Repeated) -> None:
        self._jobs = jobs

    def __enter__(self) -> None:
        for job in self._jobs:
            job.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for job in self._jobs:
            job.tell_to_stop()
        for job in self._jobs:
            if not job.wait(_STOP_SECONDS):
                _log.warning("a background job did not end in time; it is left")

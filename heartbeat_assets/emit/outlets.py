"""The queues of this process, one for each ledger: made when needed, emptied at exit, left behind by a fork.

It must not know what an event is.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import time
from collections import Counter

from heartbeat_assets.emit.outlet import Outlet

EXIT_SECONDS = 5.0
_FORK_SECONDS = 2.0
_log = logging.getLogger("heartbeat_assets.emit")

_outlets: dict[str, Outlet] = {}
_nowhere: Counter[str] = Counter()
_lock = threading.RLock()
_held: list[threading.Lock] = []
_ready = False
_worker = 0
_ending = False


def outlet_to(target: str) -> Outlet:
    """The queue to the ledger at `target`, the same one each time."""
    outlet = _outlets.get(target)
    if outlet is None:
        _prepare()
        with _lock:
            outlet = _outlets.setdefault(target, Outlet(target))
            _empty_at_exit_of_worker()
    if _ending:
        # Nobody comes after to empty the queue.
        outlet.hurry()
    return outlet


def lost(target: str | None, fault: Exception) -> None:
    """Counts an event that could not be made, or for which there is no ledger (`target` None). Never raises."""
    what = f"{type(fault).__name__}: {fault}"
    if target is not None:
        outlet_to(target).drop("wrong", what)
        return
    _nowhere["nowhere"] += 1
    if _nowhere["nowhere"] & (_nowhere["nowhere"] - 1) == 0:
        # The 1st, 2nd, 4th, 8th ...: heard of, and no flood.
        _log.warning("A KPI event had nowhere to go (%d so far): %s", _nowhere["nowhere"], what)


def flush(timeout: float = EXIT_SECONDS) -> bool:
    """Waits up to `timeout` seconds until everything emitted so far is recorded; tells whether it is."""
    until = time.monotonic() + timeout
    outlets = list(_outlets.values())
    for outlet in outlets:
        outlet.hurry()
    recorded = [outlet.flush(until) for outlet in outlets]
    return all(recorded)


def dropped() -> dict[str, int]:
    """How many events this process had to drop, by reason: `full`, `wrong`, `refused`, `nowhere`, `no_thread`."""
    found = Counter(_nowhere)
    for outlet in list(_outlets.values()):
        found += outlet.dropped
    return dict(found)


def _prepare() -> None:
    global _ready
    # Imported first: its hooks close connections before a fork, and those registered later run earlier.
    import heartbeat_assets.ledger  # noqa: F401

    with _lock:
        first, _ready = not _ready, True
    if not first:
        return
    atexit.register(_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)


def _empty_at_exit_of_worker() -> None:
    """A child of multiprocessing may end without the functions registered for the exit; it has its own."""
    global _worker
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _worker != os.getpid():
        _worker = os.getpid()
        util.Finalize(None, _at_exit, exitpriority=1)


def _at_exit() -> None:
    global _ending
    _ending = True
    if not flush(EXIT_SECONDS):
        left = sum(outlet.left() for outlet in _outlets.values())
        _log.warning("%d KPI events are lost: their ledger did not take them within %g seconds", left, EXIT_SECONDS)


def _before_fork() -> None:
    # No write is under way in the moment of the fork: the child would share its connection.
    until = time.monotonic() + _FORK_SECONDS
    for outlet in list(_outlets.values()):
        if outlet.writing.acquire(timeout=max(0.0, until - time.monotonic())):
            _held.append(outlet.writing)


def _after_fork() -> None:
    while _held:
        _held.pop().release()


def _in_child() -> None:
    global _lock, _ready, _ending
    # What waits is the parent's to write; so are its counts.
    _lock = threading.RLock()
    _ending = False
    _outlets.clear()
    _nowhere.clear()
    _held.clear()

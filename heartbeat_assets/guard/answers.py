"""Which switches are engaged, asked of a ledger and kept for a short time, or why it could not be asked.

1. An answer holds for as long as the caller says, counted from when it was asked for.
2. Of many threads that need a new one, one asks; those that came before it asked take its answer.
3. A ledger that could not be asked is left alone for as long as the attempt took, so that an outage does not make every
   call wait. A switch known to be engaged stays so meanwhile.

It must not decide what follows, and never raises. A forked child asks for itself.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heartbeat_assets.governance.switch import SwitchState

LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The engaged switches by their names; `problem` says why the ledger could not be asked, empty when it was."""

    engaged: Mapping[str, SwitchState]
    problem: str = ""


@dataclass
class _Source:
    """One ledger: what it said last, when it was asked, and until when it is left alone."""

    answer: Answer | None = None
    asked: float = 0.0
    pause_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


_sources: dict[str, _Source] = {}


def answer_of(target: str, cache_seconds: float, *, may_make: bool) -> Answer:
    """What the ledger at `target` says, at most `cache_seconds` old. With `may_make` its tables are made or brought up
    to date where they are not; a file that is not there is never made.
    """
    source = _sources.setdefault(target, _Source())
    came = time.monotonic()
    kept = _kept(source, came, cache_seconds)
    if kept is not None:
        return kept
    with source.lock:
        kept = _kept(source, time.monotonic(), cache_seconds)
        if kept is not None or (source.answer is not None and source.asked > came):
            return kept or source.answer or Answer({})
        return _ask(source, target, may_make)


def _kept(source: _Source, now: float, cache_seconds: float) -> Answer | None:
    answer = source.answer
    if answer is None or cache_seconds == 0:
        return None
    return answer if now - source.asked < cache_seconds or now < source.pause_until else None


def _ask(source: _Source, target: str, may_make: bool) -> Answer:
    began = time.monotonic()
    known = source.answer.engaged if source.answer else {}
    try:
        answer, pause = Answer(_engaged(target, may_make)), 0.0
    except Exception as problem:
        answer = Answer(known, str(problem) or type(problem).__name__)
        pause = min(LONGEST_PAUSE, time.monotonic() - began)
    source.answer, source.asked, source.pause_until = answer, began, time.monotonic() + pause
    return answer


def _engaged(target: str, may_make: bool) -> dict[str, SwitchState]:
    from heartbeat_assets.governance.switch import switch_states
    from heartbeat_assets.ledger import existing_ledger, ledger_at

    ledger = existing_ledger(target) if may_make else ledger_at(target)
    return {name: state for name, state in switch_states(ledger.journal).items() if state.engaged}


def _forget_in_child() -> None:
    # Another thread of the parent may hold a lock that nobody releases here.
    global _sources
    _sources = {}


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)

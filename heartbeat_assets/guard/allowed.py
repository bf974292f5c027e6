"""Whether a domain may act: not when its switch is engaged, nor when that for everything is.

When the ledger cannot be asked the answer is no, or yes where that is set. It must not keep answers; `answers` does.
"""

from __future__ import annotations

import logging
import math
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from heartbeat_assets.emit.targets import CannotEmit, target_of
from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.governance.switch import GLOBAL, switch_name
from heartbeat_assets.guard.answers import Answer, answer_of
from heartbeat_assets.settings import guard_variables

if TYPE_CHECKING:
    from heartbeat_assets.governance.switch import SwitchState

WhenUnknown = Literal["closed", "open"]
CACHE_SECONDS = 2.0
WHEN_UNKNOWN: WhenUnknown = "closed"

_LOG_EVERY_SECONDS = 60.0
_log = logging.getLogger("heartbeat_assets.guard")
_logged: dict[str, float] = {}


class NotAllowed(HeartbeatError):
    """`domain` may not act: `switch` (its own, or GLOBAL) is engaged since `since`, for `reason`. Both `switch` and
    `since` are None when the ledger could not be asked, and `reason` then says why.
    """

    def __init__(self, domain: str, switch: str | None, reason: str, since: datetime | None) -> None:
        self.domain = domain
        self.switch = switch
        self.reason = reason
        self.since = since
        if switch is None or since is None:
            super().__init__(f"{domain} may not act, as the ledger cannot be asked: {reason}")
        else:
            what = "everything" if switch == GLOBAL else switch
            super().__init__(f"{domain} may not act: {what} is stopped since {since:%Y-%m-%d %H:%M} UTC: {reason}")

    def __reduce__(self) -> tuple[Any, ...]:
        return NotAllowed, (self.domain, self.switch, self.reason, self.since)


def is_allowed(
    domain: str, db: Any = None, *, cache_seconds: float | None = None, when_unknown: WhenUnknown | None = None
) -> bool:
    """Whether `domain` may act now.

    An answer may be `cache_seconds` old (default HEARTBEAT_GUARD_CACHE_SECONDS, else 2). When the ledger cannot be
    asked `when_unknown` decides: closed, no, or open, yes (default HEARTBEAT_GUARD_WHEN_UNKNOWN, else closed). Raises
    UsageProblem for an argument that is wrong, and nothing else.
    """
    try:
        require_allowed(domain, db, cache_seconds=cache_seconds, when_unknown=when_unknown)
    except NotAllowed:
        return False
    return True


def require_allowed(
    domain: str, db: Any = None, *, cache_seconds: float | None = None, when_unknown: WhenUnknown | None = None
) -> None:
    """Raises NotAllowed unless `domain` may act now; else as `is_allowed`."""
    name = switch_name(domain)
    seconds = _cache_seconds(cache_seconds)
    unknown = _when_unknown(when_unknown)
    answer = _answer(db, seconds)
    stopped = answer.engaged.get(GLOBAL) or answer.engaged.get(name)
    if answer.problem:
        _warn(answer.problem, unknown, stopped)
    if stopped is not None:
        raise NotAllowed(name, stopped.name, stopped.reason, stopped.since)
    if answer.problem and unknown == "closed":
        raise NotAllowed(name, None, answer.problem, None)


def _answer(db: Any, seconds: float) -> Answer:
    try:
        target = target_of(db)
    except CannotEmit as wrong:
        raise UsageProblem(str(wrong)) from None
    except UsageProblem as nowhere:
        return Answer({}, str(nowhere))
    # Not within the caller's transaction: on SQLite the two would wait for each other.
    busy = hasattr(db, "in_transaction") and db.in_transaction()
    return answer_of(target, seconds, may_make=not busy)


def _cache_seconds(given: float | None) -> float:
    if given is not None:
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < math.inf:
            raise UsageProblem(f"cache_seconds is {given!r}; give a number of seconds, 0 or more")
        return float(given)
    written = guard_variables()[0]
    if written is None:
        return CACHE_SECONDS
    try:
        seconds = float(written)
    except ValueError:
        seconds = math.nan
    if 0 <= seconds < math.inf:
        return seconds
    _once(f"HEARTBEAT_GUARD_CACHE_SECONDS={written} is no number of seconds; {CACHE_SECONDS:g} is taken")
    return CACHE_SECONDS


def _when_unknown(given: WhenUnknown | None) -> WhenUnknown:
    choices: tuple[WhenUnknown, ...] = get_args(WhenUnknown)
    if given is not None:
        if given not in choices:
            raise UsageProblem(f"when_unknown is {given!r}; give 'closed' or 'open'")
        return given
    written = guard_variables()[1]
    if written is None:
        return WHEN_UNKNOWN
    found = next((choice for choice in choices if choice == written.strip().lower()), None)
    if found is None:
        _once(f"HEARTBEAT_GUARD_WHEN_UNKNOWN={written} is neither closed nor open; {WHEN_UNKNOWN} is taken")
    return found or WHEN_UNKNOWN


def _warn(problem: str, unknown: WhenUnknown, stopped: SwitchState | None) -> None:
    follows = {"closed": "nothing is allowed", "open": "everything is allowed but what was known to be stopped"}[
        unknown
    ]
    if stopped is not None:
        follows = f"{stopped.name} was known to be stopped, and stays so"
    _once("The switches cannot be asked for, so %s: %s", follows, problem)


def _once(message: str, *arguments: str) -> None:
    """Logs `message` as a warning, each at most once a minute."""
    now = time.monotonic()
    if now - _logged.get(message, -_LOG_EVERY_SECONDS) >= _LOG_EVERY_SECONDS:
        _logged[message] = now
        _log.warning(message, *arguments)

"""Reserving a risk before an action, and settling it afterwards: nothing is reserved for a domain that is stopped.

Both leave events of their own, `risk_reserved_amount` and `risk_loss`. Not `risk_reserved`: under that name callers
record whether it succeeded, and a series holds successes or numbers, never both. It must not keep accounts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from heartbeat_assets.emit import kpi_value
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.guard.allowed import require_allowed

RESERVED = "risk_reserved_amount"
LOSS = "risk_loss"


def risk_reserve_or_raise(
    db: Any, domain: str, amount: Any, *, actor: Any = None, correlation_id: Any = None, detail: Any = None
) -> float:
    """Returns `amount` when `domain` may act now, and records it. Raises NotAllowed when it may not, and UsageProblem
    for an amount that is no finite number of at least 0.
    """
    reserved = _amount(amount)
    require_allowed(domain, db)
    kpi_value(db, domain, RESERVED, reserved, actor=actor, correlation_id=correlation_id, detail=detail)
    return reserved


def risk_settle(
    db: Any,
    domain: str,
    reserved: Any,
    loss: Any,
    *,
    actor: Any = None,
    correlation_id: Any = None,
    detail: Any = None,
) -> None:
    """Records what was lost of what was `reserved`; below 0 it is a gain. Settling is always allowed, and as any event
    in the background it never breaks the caller.
    """
    said: dict[str, Any] = {"reserved": reserved}
    if isinstance(detail, Mapping):
        said = {**detail, **said}
    elif detail is not None:
        said["detail"] = detail
    kpi_value(db, domain, LOSS, loss, actor=actor, correlation_id=correlation_id, detail=said)


def _amount(amount: Any) -> float:
    try:
        number = math.nan if isinstance(amount, bool | str | bytes) else float(amount)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 <= number < math.inf:
        raise UsageProblem(f"amount is {amount!r}; reserve a finite number, 0 or more")
    return number

"""One event on its way: to the background, where nothing it does can break the caller; or, strictly, to the ledger now.

Strictly, an event of a session or connection is part of the caller's transaction: it is there when that commits. In the
background it always has a connection of its own. It must not keep events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heartbeat_assets.emit import outlets
from heartbeat_assets.emit.targets import own_connection_of, target_of

if TYPE_CHECKING:
    from heartbeat_assets.ledger import NewKpiEvent


def kpi_success(
    db: Any,
    domain: str,
    metric: str,
    *,
    actor: Any = None,
    correlation_id: Any = None,
    detail: Any = None,
    strict: bool = False,
) -> None:
    """Something succeeded. With `strict` raises LedgerError when it cannot be recorded."""
    emit(db, domain, metric, success=True, actor=actor, correlation_id=correlation_id, detail=detail, strict=strict)


def kpi_fail(
    db: Any,
    domain: str,
    metric: str,
    *,
    actor: Any = None,
    correlation_id: Any = None,
    detail: Any = None,
    strict: bool = False,
) -> None:
    """Something failed. With `strict` raises LedgerError when it cannot be recorded."""
    emit(db, domain, metric, success=False, actor=actor, correlation_id=correlation_id, detail=detail, strict=strict)


def kpi_value(
    db: Any,
    domain: str,
    metric: str,
    value: Any,
    *,
    actor: Any = None,
    correlation_id: Any = None,
    detail: Any = None,
    strict: bool = False,
) -> None:
    """Something came to `value`, a finite number. With `strict` raises LedgerError when it cannot be recorded."""
    given = {"actor": actor, "correlation_id": correlation_id, "detail": detail}
    # Without a value there is nothing to record, and a success would be made up.
    emit(db, domain, metric, value="none" if value is None else value, strict=strict, **given)


def emit(db: Any, domain: str, metric: str, *, strict: bool, **given: Any) -> None:
    """Records the event in the background, or with `strict` at once."""
    if strict:
        _record_now(db, domain, metric, given)
        return
    target = None
    try:
        from heartbeat_assets.ledger import NewKpiEvent

        target = target_of(db)
        outlets.outlet_to(target).put(NewKpiEvent(domain, metric, **given))
    except Exception as fault:
        outlets.lost(target, fault)


def _record_now(db: Any, domain: str, metric: str, given: dict[str, Any]) -> None:
    from heartbeat_assets.ledger import NewKpiEvent, open_ledger

    event = NewKpiEvent(domain, metric, **given)
    connection = own_connection_of(db)
    if connection is None:
        open_ledger(target_of(db)).events.append([event])
    else:
        _record_within(connection, db, event)


def _record_within(connection: Any, db: Any, event: NewKpiEvent) -> None:
    from heartbeat_assets.ledger import ledger_at, open_ledger

    target = target_of(db)
    # Made here unless the caller has begun to write: on SQLite the two would wait for each other.
    ledger = ledger_at(target) if db.in_transaction() else open_ledger(target)
    ledger.events.append_within(connection(), [event])

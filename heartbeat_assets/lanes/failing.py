"""A run that could compute no digest, recorded as a failed heartbeat: a broken pipeline is a fact worth recording.

It must not hide the problem: whoever calls it still raises it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.lanes import outbox
from heartbeat_assets.lanes.digest import failed_digest
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.sources.inputs import SourceMissing, SourceUnreadable


def failure_reasons(problem: HeartbeatError) -> list[str]:
    """What a failed heartbeat says of `problem`: which source, or that the SQL failed."""
    if isinstance(problem, SourceMissing | SourceUnreadable):
        return list(problem.reasons)
    return ["digest_sql_failed" if isinstance(problem, SpecProblem) else "digest_failed"]


def failed_run(lane: Lane, problem: HeartbeatError, *, period: Period | None = None) -> Document:
    """The digest of a run that `problem` ended: of now, or of the `period` it was about."""
    generated_at = period.end if period else datetime.now(UTC)
    digest = failed_digest(lane.spec, generated_at=generated_at, reasons=failure_reasons(problem), error=str(problem))
    return digest | ({"period": period.document, "events_in_period": None} if period else {})


def record_waiting(lane: Lane, *, dagster_run_id: str | None = None) -> list[Document]:
    """Records every digest that waits, failed runs among them, in order; returns the append reports.

    Raises HeartbeatError or LedgerError; what waits then goes on waiting.
    """
    now = datetime.now(UTC)
    return outbox.record_all(
        lane, lambda digest: append_to_ledger(lane, digest, now=now, dagster_run_id=dagster_run_id)
    )

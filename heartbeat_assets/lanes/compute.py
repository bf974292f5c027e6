"""From a lane's sources to its digest: telemetry brought up to date, rolled up, and the one row of digest.sql.

Two ways that give the same answer: over the store, where only what is new costs anything, and over raw files in one
pass. It must not record or judge the digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.opening import opened, rollups_of
from heartbeat_assets.lanes.period_views import count_in_period
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.sources import telemetry
from heartbeat_assets.sources.inputs import resolve_inputs
from heartbeat_assets.sources.opening import Opened, Progress, silent
from heartbeat_assets.telemetry.store import IngestReport
from heartbeat_assets.warehouse import all_rows, one_row

# A table of the digest is for reading; a heartbeat's id is worked out over all of it. What is beyond is left out.
_LONGEST_CONTEXT = 10_000


def update_telemetry(lane: Lane, progress: Progress = silent, *, only: str | None = None) -> dict[str, IngestReport]:
    """Reads what is new in every telemetry source that is there (or `only` one) and rolls it up, by source name.

    Raises InputMissing, InputUnreadable (the readable files were read all the same) or SpecProblem.
    """
    # Where each run covers one period, rollups of whole files would merge the wrong events.
    after = partial(rollups_of, lane, progress=progress) if lane.spec.partitions is None else None
    return telemetry.update_telemetry(lane, progress, only=only, after=after)


def compute_digest(
    lane: Lane,
    *,
    inputs: Mapping[str, str] | None = None,
    thresholds: Mapping[str, float] | None = None,
    period: Period | None = None,
    now: datetime | None = None,
    progress: Progress = silent,
) -> Document:
    """The lane's digest now: of the sources of defs.yaml as last read, or of the files given as `inputs`.

    Telemetry named in `inputs` is read raw in one pass and leaves nothing behind; without, call `update_telemetry`
    before. A partitioned lane needs a `period`, whose end then dates the digest. Raises HeartbeatError of the kind
    that fits.
    """
    if (period is None) != (lane.spec.partitions is None):
        raise UsageProblem(f"lane {lane.name} is {'not ' if period else ''}partitioned; {_PERIOD_HINT[period is None]}")
    paths = resolve_inputs(lane, inputs)
    with opened(lane, paths, raw=frozenset(inputs or ()), period=period, progress=progress) as sources:
        row, context = digest_row(lane, sources), context_rows(lane, sources)
        counted = sources(lane.spec.digest_sql, partial(count_in_period, sources.connection, lane)) if period else None
    digest = build_digest(
        lane.spec,
        row,
        context=context,
        generated_at=period.end if period else now or datetime.now(UTC),
        sources_read=list(paths),
        thresholds=thresholds,
        sql_file=str(lane.folder / lane.spec.digest_sql),
    )
    return digest | ({"period": period.document, "events_in_period": counted} if period else {})


_PERIOD_HINT = {True: "name the period", False: "take the period out"}


def digest_row(lane: Lane, sources: Opened) -> dict[str, Any]:
    """The one row of digest.sql. Raises SpecProblem."""
    return sources(lane.spec.digest_sql, partial(one_row, sources.connection, lane.digest_sql()))


def context_rows(lane: Lane, sources: Opened) -> dict[str, list[dict[str, Any]]]:
    """The rows of each context query by the name of its table. Raises SpecProblem."""
    return {
        name: sources(lane.spec.context[name], partial(all_rows, sources.connection, sql, at_most=_LONGEST_CONTEXT))
        for name, sql in lane.context_sql().items()
    }

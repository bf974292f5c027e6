"""SLOs measured now, with their corrections, and recorded: what Dagster and the terminal do alike.

Each verdict is an event of the journal: stream `objective`, the SLO's name, its state as the kind. `records_days` reads
them. It must not know who asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from heartbeat_assets.ledger import Actor, Journal, JournalEvent, Ledger, NewJournalEvent
from heartbeat_assets.objectives.correcting import all_corrections
from heartbeat_assets.objectives.measure import Measured, measure
from heartbeat_assets.objectives.objectives_spec import ObjectivesSpec
from heartbeat_assets.objectives.records_days import STREAM, spared
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.opening import Progress, silent


def measured_now(
    slos: Sequence[Slo],
    spec: ObjectivesSpec,
    settings: Settings,
    ledger: Ledger,
    now: datetime,
    *,
    progress: Progress = silent,
) -> list[Measured]:
    """`slos` of a folder whose defs.yaml says `spec`, with its maintenance and people's corrections applied.

    Raises HeartbeatError when nothing can be measured at all, and LedgerError.
    """
    corrections = {slo.name: all_corrections(spec, ledger.journal, slo.name) for slo in slos}
    return measure(slos, settings, now, corrections=corrections, days=spec.days, progress=progress)


def record_measured(journal: Journal, measured: Measured, folder: str, actor: Actor) -> JournalEvent:
    """Records what was measured, and returns the record with every day. Raises LedgerError."""
    name, body = measured.slo.name, measured.record() | {"folder": folder}
    event = journal.append(NewJournalEvent(STREAM, name, measured.kind, body=spared(journal, name, body)), actor)
    return replace(event, body=body)

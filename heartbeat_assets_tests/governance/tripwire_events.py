"""Events and policies for the tests of tripwires."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.series import KpiEvent

NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)


def policy(**fields: Any) -> TripwirePolicy:
    return TripwirePolicy(**{"domain": "WHOLESALE", "metric": "contract_rate", "enabled": True, **fields})


def runs(*counts: tuple[int, int]) -> list[KpiEvent]:
    """For each (successes, events) in turn, that many successes and then the failures, numbered from 1."""
    outcomes = [position < successes for successes, events in counts for position in range(events)]
    return [KpiEvent(sequence, success=success) for sequence, success in enumerate(outcomes, start=1)]


def numbers(values: Iterable[float], start: int = 1) -> list[KpiEvent]:
    return [KpiEvent(sequence, value=value) for sequence, value in enumerate(values, start=start)]

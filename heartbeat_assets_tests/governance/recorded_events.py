"""Events in a ledger, and who looks and decides, for the tests of tripwires that go through it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from heartbeat_assets.governance.tripwires_spec import TripwiresSpec
from heartbeat_assets.ledger import Actor, Ledger, NewKpiEvent
from heartbeat_assets_tests.governance.tripwire_events import policy

DAGSTER = Actor("dagster", "program", "dagster")
ANNA = Actor("anna@example.org", "person", "cli")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2030, 1, 1, tzinfo=UTC)
"""After every event of the tests, and after every cooldown."""


def minute(number: int) -> datetime:
    return BEGIN + timedelta(minutes=number)


def emit(ledger: Ledger, outcomes: Iterable[bool | float], first: int = 0, metric: str = "contract_rate") -> int:
    """Records an event a minute, the first at minute `first`, and returns the minute after the last."""
    new = []
    for number, outcome in enumerate(outcomes, start=first):
        said: dict[str, Any] = {"success": outcome} if isinstance(outcome, bool) else {"value": outcome}
        new.append(NewKpiEvent("WHOLESALE", metric, at=minute(number), **said))
    ledger.events.append(new)
    return first + len(new)


def runs(*counts: tuple[int, int]) -> list[bool]:
    """For each (successes, events) in turn, that many successes and then the failures."""
    return [position < successes for successes, events in counts for position in range(events)]


def spec(*risk_policies: dict[str, Any], **fields: Any) -> TripwiresSpec:
    """One tripwire on WHOLESALE.contract_rate that throttles, unless `fields` of its policy say otherwise."""
    return TripwiresSpec.model_validate(
        {
            "policies": [policy(**{"action": "throttle", **fields}).model_dump()],
            "risk_policies": list(risk_policies),
        }
    )

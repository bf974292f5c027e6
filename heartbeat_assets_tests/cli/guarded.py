"""Tripwires and their events in a copied project, for tests that call `heartbeat tripwires` and `heartbeat switch`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.ledger import Ledger, NewKpiEvent, open_ledger
from heartbeat_assets_tests.copied_project import CopiedProject

RATE = "WHOLESALE.contract_rate"
GOOD = ([True] * 19 + [False]) * 10
"""Two hundred contracts at 95%."""
BAD = [True] * 37 + [False] * 13
WATCHED = {"domain": "WHOLESALE", "metric": "contract_rate", "action": "throttle", "enabled": True}


def write_tripwires(project: CopiedProject, *policies: dict[str, Any], folder: str = "guards") -> Path:
    """Writes a defs.yaml of tripwires, WATCHED unless others are given; returns it."""
    file = project.defs / folder / "defs.yaml"
    file.parent.mkdir(exist_ok=True)
    attributes = {"policies": list(policies) or [WATCHED]}
    document = {"type": "heartbeat_assets.Tripwires", "attributes": attributes}
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


def ledger_of(project: CopiedProject) -> Ledger:
    return open_ledger(project.settings.ledger_url)


def emit(project: CopiedProject, name: str, outcomes: Iterable[bool | float]) -> None:
    """Records an event a second, the newest a minute ago; True and False are outcomes, the others numbers."""
    domain, _, metric = name.partition(".")
    listed = list(outcomes)
    first = datetime.now(UTC) - timedelta(minutes=1, seconds=len(listed))
    events = [
        NewKpiEvent(
            domain,
            metric,
            success=outcome if isinstance(outcome, bool) else None,
            value=None if isinstance(outcome, bool) else outcome,
            at=first + timedelta(seconds=second),
        )
        for second, outcome in enumerate(listed)
    ]
    ledger_of(project).events.append(events)

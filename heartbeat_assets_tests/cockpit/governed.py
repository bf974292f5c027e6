"""A project with tripwires: their file, and events that became worse or did not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from heartbeat_assets.ledger import JournalEvent, NewKpiEvent, open_ledger
from heartbeat_assets_tests.metrics.projects import MetricsProject

RATE, ROI, OFF = "WHOLESALE.contract_rate", "CAPITAL.roi_event", "BUYER_MATCH.match_success"
TRIPWIRES = """type: heartbeat_assets.Tripwires
attributes:
  policies:
    - {domain: WHOLESALE, metric: contract_rate, max_drop_pct: 20, action: throttle, enabled: true}
    - {domain: CAPITAL, metric: roi_event, max_drop_pct: 30, action: kill_switch, enabled: true}
    - {domain: BUYER_MATCH, metric: match_success, max_drop_pct: 25, action: throttle}
  risk_policies:
    - {engine: WHOLESALE, owner: ann@example.org, cooldown: 36h}
"""
HEALTHY = [True] * 190 + [False] * 10
WORSE = [*HEALTHY, *[True] * 37, *[False] * 13]
"""0.95, then 0.74."""
SAME = [*HEALTHY, *[True] * 47, *[False] * 3]


def write_tripwires(project: MetricsProject, text: str = TRIPWIRES) -> None:
    """Puts three tripwires into the folder `watch`."""
    project.write("defs/watch/defs.yaml", text)


def happened(project: MetricsProject, outcomes: Iterable[bool | float], name: str = RATE) -> None:
    """Records an event a minute, the last of them a minute ago."""
    found, (domain, metric) = list(outcomes), name.split(".")
    first = datetime.now(UTC) - timedelta(minutes=len(found))
    open_ledger(project.settings.ledger_url).events.append([
        NewKpiEvent(
            domain,
            metric,
            success=one if isinstance(one, bool) else None,
            value=None if isinstance(one, bool) else one,
            at=first + timedelta(minutes=place),
        )
        for place, one in enumerate(found)
    ])  # fmt: skip


def journal(project: MetricsProject, stream: str) -> list[JournalEvent]:
    """Everything of a stream, oldest first."""
    return open_ledger(project.settings.ledger_url).journal.after(0, stream=stream)

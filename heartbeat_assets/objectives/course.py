"""How the budget of an SLO went, for its charts: measured again over its sources, with the corrections that hold.

Asked for the instant of a verdict, its last point says what the verdict said. It must not record anything.
"""

from __future__ import annotations

from datetime import datetime

from heartbeat_assets.ledger import Journal
from heartbeat_assets.objectives.correcting import all_corrections
from heartbeat_assets.objectives.measure import read_buckets
from heartbeat_assets.objectives.objectives_file import ObjectivesFolder
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.objectives.slo.timeline import Point, timeline
from heartbeat_assets.settings import Settings

POINTS = 120


def course(
    slo: Slo, folder: ObjectivesFolder, settings: Settings, journal: Journal, now: datetime, *, points: int = POINTS
) -> list[Point]:
    """The points of the window of `now`, the oldest first. Raises HeartbeatError when it cannot be measured."""
    corrections = all_corrections(folder.spec, journal, slo.name)
    return timeline(slo, read_buckets(slo, settings, now), now, corrections, points=points)

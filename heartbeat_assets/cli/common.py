"""What several commands ask for: the lane by name, paths, and the strict ending. It must not print."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.lanes.periods import Period, newest_period, period_called
from heartbeat_assets.settings import load_settings

STRICT_FAILED = 4

lane_argument = click.argument("lane_name", metavar="LANE")
# More than any window needs; beyond it a count no longer fits into what a database counts with.
last_rows = click.IntRange(min=1, max=1_000_000)
strict_option = click.option("--strict", is_flag=True, help="End with 4 when there is a strict failure reason.")
out_option = click.option(
    "--out", type=click.Path(path_type=Path), help="Also write the document to this file, atomically."
)


def the_lane(name: str) -> Lane:
    """The lane called `name` in this project. Raises UsageProblem or SpecProblem."""
    return find_lane(load_settings(), name)


period_option = click.option(
    "--period",
    metavar="KEY",
    help="Day or hour of a partitioned lane, as 2026-02-23; default: the newest that is over.",
)


def the_period(lane: Lane, key: str | None) -> Period | None:
    """The period called `key`, else the newest that is over; None for a lane without partitions.

    Raises UsageProblem.
    """
    if lane.spec.partitions is None:
        if key is not None:
            raise UsageProblem(f"--period {key}: lane {lane.name} is not partitioned")
        return None
    now = datetime.now(UTC)
    return period_called(lane.spec.partitions, key, now) if key else newest_period(lane.spec.partitions, now)


def end(failed: bool) -> None:
    """Ends the command with 4 when a strict check failed."""
    if failed:
        click.get_current_context().exit(STRICT_FAILED)

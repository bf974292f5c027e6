"""Whether the parts of an SLO fit each other: buckets into slices, slices into windows, rules into the window.

What does not fit would make figures that look right and are not. It must not change the SLO.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from heartbeat_assets.objectives.slo.burn import BurnRule
from heartbeat_assets.objectives.slo.durations import Duration
from heartbeat_assets.objectives.slo.found import Place
from heartbeat_assets.objectives.slo.periods import CalendarWindow, RollingWindow, to_us
from heartbeat_assets.objectives.slo.slo import Slo

_DAY_US = 86_400_000_000
_FIVE_MINUTES = Duration(5, "m")
# A year of months: what starts at one offset of the time zone in winter starts at the other in summer.
_WINDOWS_LOOKED_AT = 13


def check_fit(slo: Slo, place: Place) -> None:
    """Notes a mistake for what does not fit."""
    bucket = slo.bucket.us
    if _DAY_US % bucket:
        place.mistake(f"heartbeat/bucket: {slo.bucket} does not divide a day evenly; write 1m, 5m, 15m or 1h")
        return
    if slo.slice and slo.slice.us % bucket:
        place.mistake(f"timeSliceWindow {slo.slice} is not made of whole buckets of {slo.bucket}; set heartbeat/bucket")
    if isinstance(slo.window, CalendarWindow):
        start = _misplaced(bucket, slo.window)
        if start is not None:
            place.mistake(
                f"heartbeat/bucket: buckets of {slo.bucket} do not begin where the window does, at "
                f"{start.astimezone(UTC):%H:%M} UTC; write a smaller one, such as 5m"
            )
    elif slo.slice and slo.window.duration.is_fixed and slo.window.duration.us % slo.slice.us:
        place.mistake(f"timeSliceWindow {slo.slice} does not divide the window of {slo.window.duration} evenly")
    elif slo.slice and not slo.window.duration.is_fixed and _DAY_US % slo.slice.us:
        place.mistake(f"timeSliceWindow {slo.slice} does not divide a day evenly")


def default_bucket(width: Duration | None, window: RollingWindow | CalendarWindow) -> Duration:
    """How long buckets are when nobody says: as long as a slice, where windows begin with one, else five minutes.

    Finer rows add up to a slice, and coarser ones do not look as if most of it was not measured.
    """
    if width is None or _DAY_US % width.us or _misplaced(width.us, window) is not None:
        return _FIVE_MINUTES if width is None or width.us % _FIVE_MINUTES.us == 0 else Duration(1, "m")
    return width


def _misplaced(bucket_us: int, window: RollingWindow | CalendarWindow) -> datetime | None:
    """The start of a calendar window that is not the start of a bucket."""
    if isinstance(window, RollingWindow):
        return None
    starts = (window.boundary(step) for step in range(_WINDOWS_LOOKED_AT))
    return next((start for start in starts if to_us(start) % bucket_us), None)


def fitting_rules(
    rules: Sequence[BurnRule], window: RollingWindow | CalendarWindow, bucket_us: int, place: Place
) -> tuple[BurnRule, ...]:
    """The rules whose long window is shorter than the SLO's own; the others could say nothing new, and are named."""
    length = window.duration.length if window.duration.is_fixed else None
    fit = [rule for rule in rules if length is None or rule.long.length < length]
    for rule in rules:
        if rule not in fit:
            place.notice(f"the burn rule {rule.words} is not used: its long window is not shorter than the SLO's")
    for rule in fit:
        if rule.short.us < bucket_us:
            place.notice(
                f"the burn rule {rule.words} looks back {rule.short}, less than a bucket; a whole bucket stands for it"
            )
    return tuple(fit)

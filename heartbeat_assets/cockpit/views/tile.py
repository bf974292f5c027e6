"""One metric as a tile of the home page shows it. It must not judge a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Status = Literal["green", "amber", "red", "no_data"]

MARKS: dict[str, str] = {"green": "●", "amber": "▲", "red": "◆", "no_data": "○"}
"""The shape of each status: it is never told by colour alone."""

WORDS: dict[str, str] = {"green": "green", "amber": "amber", "red": "red", "no_data": "no data"}

SEVERITY: dict[str, int] = {"red": 0, "no_data": 1, "amber": 2, "green": 3}
"""The order of the tiles: what nobody can judge comes before what is merely unusual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileView:
    """One tile. Nothing in it depends on who looks or when, so that its HTML can be kept until the metric changes."""

    metric_id: str
    code: str
    """The four characters of the chip."""
    name: str
    service: str
    value_text: str = ""
    """Three significant digits (`words.three_digits`); "" when there is no value."""
    value_title: str = ""
    """The value in full, for the title."""
    unit: str = ""
    period: str = ""
    """The span the value covers, in words: `last 24 hours`."""
    change_text: str = ""
    """Against the previous tick, signed (`words.change`); "" when there is none to compare with."""
    status: Status = "no_data"
    status_since: datetime | None = None
    """The tick since which the status is what it is; None when it is not known."""
    verified: bool = False
    owner: str = ""
    """The e-mail in full; "" when nobody owns it."""
    owner_initials: str = "no owner"
    """`words.initials(owner)`."""
    tick: datetime | None = None
    """The instant the value is about; None before the first."""
    source_as_of: datetime | None = None
    """How far the sources had come when the value was computed."""
    fresh: bool = True
    no_data_since: datetime | None = None
    """Only for no_data: the tick of the last value, or of the first attempt when there never was one."""
    error: str = ""
    """Why there is no value, in one sentence; "" otherwise."""
    sparkline: str = ""
    """SVG of `charts.sparkline`; trusted: rendered as it is. "" when there is no value to draw."""
    search: str = ""
    """What else the search finds it by: id, tags, description. In lower case, blanks between."""

    @property
    def status_word(self) -> str:
        return WORDS[self.status]

    @property
    def mark(self) -> str:
        return MARKS[self.status]


def worst_first(tiles: Iterable[TileView]) -> tuple[TileView, ...]:
    """Red, then no data, amber and green; within one status verified before unverified, then the longest first."""
    return tuple(sorted(tiles, key=_rank))


def _rank(tile: TileView) -> tuple[int, bool, float, str, str]:
    since = tile.status_since.timestamp() if tile.status_since and tile.status != "green" else float("inf")
    return SEVERITY[tile.status], not tile.verified, since, tile.name.casefold(), tile.metric_id

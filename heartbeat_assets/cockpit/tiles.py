"""Tiles from the board: made when a metric changed, and kept until it does again. It must not fetch but for one look.

The board has the newest values only. How long a status has lasted that is older than those is looked up once, when the
status is one that somebody is troubled by, and remembered while it lasts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from heartbeat_assets.cockpit.board import KEPT, Snapshot
from heartbeat_assets.cockpit.charts import Band, Point, sparkline
from heartbeat_assets.cockpit.views import TileView
from heartbeat_assets.cockpit.views.words import change, in_full, initials, three_digits
from heartbeat_assets.ledger import Benchmark, MetricRow, MetricStore, MetricValue
from heartbeat_assets.metrics.header import Header
from heartbeat_assets.metrics.metric_file import MetricFile

_LOOK_BACK = 2200
# What looks back costs some milliseconds each; the others are told without.
_MOST_LOOKS = 50

T = TypeVar("T")


class Tiles:
    """The tiles of a board. Safe to use from several threads."""

    def __init__(self, store: Callable[[], MetricStore]) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._tiles: dict[str, tuple[int, TileView]] = {}

    def of(self, snapshot: Snapshot) -> list[TileView]:
        """A tile for each metric that is shown."""
        with self._lock:
            looks, tiles = _MOST_LOOKS, {}
            for name in snapshot.shown:
                stamp = snapshot.stamps.get(name, 0)
                kept = self._tiles.get(name)
                if kept is None or kept[0] != stamp:
                    values: Sequence[MetricValue] = snapshot.values.get(name, ())
                    since = _since(values, kept[1] if kept else None)
                    if since is None and looks and values and values[-1].status != "green":
                        looks -= 1
                        values = self._store().values(name, limit=_LOOK_BACK)
                        since = _begin(values)
                    kept = stamp, _tile(snapshot, name, values, since)
                tiles[name] = kept
            # Those of metrics that are gone go.
            self._tiles = tiles
            return [tile for _, tile in tiles.values()]


def tile_of(
    file: MetricFile | None,
    metric_id: str,
    service: str,
    row: MetricRow | None,
    values: Sequence[MetricValue],
    benchmark: Benchmark | None,
    since: datetime | None = None,
    problem: str = "",
) -> TileView:
    """The tile of a metric with its newest `values`, oldest first. Without a file it has no name but its id."""
    header = file.header if file else None
    newest = values[-1] if values else None
    previous = values[-2].value if len(values) > 1 else None
    value = newest.value if newest else None
    source_as_of = newest.source_as_of if newest else None
    known = [one for one in values if one.value is not None]
    no_data = newest is not None and newest.value is None
    return TileView(
        metric_id=metric_id,
        code=header.code if header else "",
        name=header.name if header else metric_id,
        service=service,
        value_text="" if value is None else three_digits(value),
        value_title="" if value is None else in_full(value),
        unit=header.unit if header else "",
        period=header.period if header else "",
        change_text=change(value, previous),
        status=newest.status if newest else "no_data",
        status_since=since,
        verified=row is not None and row.verification_state == "verified",
        owner=(row.owner if row else None) or "",
        owner_initials=initials((row.owner if row else None) or ""),
        tick=newest.tick if newest else None,
        source_as_of=source_as_of,
        fresh=_is_fresh(header, newest),
        no_data_since=(known[-1].tick if known else values[0].tick) if no_data else None,
        error=problem or (newest.error if newest and no_data else None) or "",
        sparkline=sparkline(
            [Point(one.tick, one.value, one.status) for one in values[-KEPT:]],
            band_of(benchmark),
            row.norm_value if row else header.norm_value if header else None,
            row.alert_value if row else header.alert_value if header else None,
        ),
        search=_search(header),
    )


def _tile(snapshot: Snapshot, name: str, values: Sequence[MetricValue], since: datetime | None) -> TileView:
    file = snapshot.catalog.files[name]
    return tile_of(file, name, file.service, snapshot.rows.get(name), values, snapshot.benchmarks.get(name), since)


def status_since(values: Sequence[MetricValue]) -> datetime | None:
    """The tick since which the status is what it is; None when it may be longer than `values` (oldest first) reach."""
    begin = _begin(values)
    return None if values and begin == values[0].tick and len(values) >= KEPT else begin


def _since(values: Sequence[MetricValue], before: TileView | None) -> datetime | None:
    found = status_since(values)
    if found is None and before is not None and values and before.status == values[-1].status:
        return before.status_since
    return found


def _begin(values: Sequence[MetricValue]) -> datetime | None:
    begin = None
    for value in reversed(values):
        if value.status != values[-1].status:
            break
        begin = value.tick
    return begin


def band_of(benchmark: Benchmark | None) -> Band | None:
    """What is normal by `benchmark`, if that is known."""
    if benchmark is None or benchmark.mean is None or benchmark.stddev is None:
        return None
    return Band(benchmark.mean, benchmark.stddev)


def _is_fresh(header: Header | None, newest: MetricValue | None) -> bool:
    if header is None or newest is None or newest.source_as_of is None:
        return True
    return newest.tick - newest.source_as_of <= header.fresh_within_duration


def _search(header: Header | None) -> str:
    return " ".join([*header.tags, header.description]).lower() if header else ""


def by_service(tiles: Sequence[TileView], names: Mapping[str, T]) -> dict[str, list[TileView]]:
    """The tiles of each of the services `names`, which may have none."""
    found: dict[str, list[TileView]] = {name: [] for name in names}
    for tile in tiles:
        found.setdefault(tile.service, []).append(tile)
    return found

"""Every statement the ledger runs on its rows, built once, with the names of its parameters.

Built once because building costs more than running, and other writers wait meanwhile. It must not run
anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from heartbeat_assets.ledger.schema import LosslessText, heartbeat

BEYOND = 2**63 - 1
"""A place that no entry reaches: as `before` or `until` it sets no limit."""

_lane = sa.bindparam("of_lane", type_=sa.Text)
_recorded = heartbeat.alias("recorded")


def _from_key(query: sa.Select[Any], entry_key: sa.ColumnElement[str]) -> sa.Select[Any]:
    """`query` of the first row of the lane with `entry_key` or one after it, so that the index on keys is the only one
    that serves. When `entry_key` is asked for with `=`, the index on places serves too, by reading the whole lane; and
    PostgreSQL takes it where it believes the lane to be small, as it does while a large import runs.
    """
    from_there = (_recorded.c.lane == _lane) & (_recorded.c.entry_key >= entry_key)
    return query.where(from_there).order_by(_recorded.c.entry_key).limit(1)


def _place_of(entry_key: sa.ColumnElement[str]) -> sa.ScalarSelect[int | None]:
    place = sa.case((_recorded.c.entry_key == entry_key, _recorded.c.place))
    return _from_key(sa.select(place), entry_key).scalar_subquery()


INSERT = sa.insert(heartbeat)
"""Takes a row, or many, as `rows.new_row` makes them."""

NEWEST = (
    sa.select(heartbeat.c.place, heartbeat.c.entry_hash, heartbeat.c.malformed_total)
    .where(heartbeat.c.lane == _lane)
    .order_by(heartbeat.c.place.desc())
    .limit(1)
)
"""What the next row depends on. Takes `of_lane`."""

NEWEST_AND_PLACE = NEWEST.add_columns(_place_of(sa.bindparam("key", type_=LosslessText)))
"""The same, and the place of an entry. One query, since the lane is locked meanwhile. Takes `of_lane`,
`key`.
"""

WINDOW = (
    sa.select(heartbeat)
    .where(heartbeat.c.lane == _lane, heartbeat.c.place < sa.bindparam("before"))
    .order_by(heartbeat.c.place.desc())
    .limit(sa.bindparam("count"))
)
"""The newest rows before a place, newest first. Takes `of_lane`, `before`, `count`."""

FOLLOWING = (
    sa.select(heartbeat)
    .where(
        heartbeat.c.lane == _lane,
        heartbeat.c.place > sa.bindparam("after"),
        heartbeat.c.place <= sa.bindparam("until"),
    )
    .order_by(heartbeat.c.place)
    .limit(sa.bindparam("count"))
)
"""The next rows in order. Takes `of_lane`, `after`, `until`, `count`."""

LINES = FOLLOWING.with_only_columns(heartbeat.c.place, heartbeat.c.text, heartbeat.c.raw)
"""Of the same rows place and line alone. Takes what `FOLLOWING` takes."""

_key = sa.bindparam("key", type_=LosslessText)
_from_there = _from_key(sa.select(_recorded), _key).subquery()
WITH_KEY = sa.select(_from_there).where(_from_there.c.entry_key == _key)
"""The row of an entry. Takes `of_lane`, `key`."""

NEXT_LANE = sa.select(sa.func.min(heartbeat.c.lane)).where(heartbeat.c.lane > _lane)
"""The name of the first lane after another: one step in the index. Takes `of_lane`."""


def recorded_among(keys: Sequence[str]) -> sa.Select[str]:
    """The query for those of `keys` that are recorded. Takes `of_lane`.

    Not `entry_key IN (...)`, for the reason that `_from_key` gives.
    """
    column = sa.column("entry_key", LosslessText)
    wanted = sa.values(column, name="wanted").data([(key,) for key in keys]).cte("wanted")
    return sa.select(wanted.c.entry_key).where(_place_of(wanted.c.entry_key).is_not(None))

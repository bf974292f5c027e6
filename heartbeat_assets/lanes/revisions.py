"""What a partitioned lane's history says about its periods: which row stands for each, and what a new one is.

A period is digested when it is over, and again when telemetry came late. The history is append-only, so the second
digest is a row of its own, a revision; the newest revision stands for its period, and a verdict looks at the newest
periods. A row may also come after rows of newer periods (a gap filled later): it says so by `backfilled`.
Pure. It must not write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from heartbeat_assets.lanes.heartbeat import STAMP, content_id
from heartbeat_assets.lanes.history import HistoryRow
from heartbeat_assets.lanes.values import Document, number, section, text

# When a period ended, its key, and 0 for its own row or the place of a malformed one behind it.
_Place = tuple[str, str, int]


def is_in_order(row: HistoryRow) -> bool:
    """Whether the row was the first of a period newer than all before it; a malformed row is taken as it comes."""
    content = row.content or {}
    return (number(content.get("revision")) or 1) <= 1 and content.get("backfilled") is not True


def _period_of(row: HistoryRow) -> tuple[str, str]:
    """When its period ended, and which it is: the last hour of a day ends with the day."""
    return row.run_at, text((row.content or {}).get("period"))


def newest_of_period(newest_first: Iterable[HistoryRow], run_at: str, period: str) -> HistoryRow | None:
    """The newest row of the `period` that ended at `run_at`, looked for from the newest row backwards.

    Stops where no row of that period can come any more: rows in order are of ever older periods.
    """
    for row in newest_first:
        if row.content is not None and _period_of(row) == (run_at, period):
            return row
        if row.content is not None and is_in_order(row) and row.run_at < run_at:
            return None
    return None


def stamped(digest: Document, newest_first: Iterable[HistoryRow]) -> Document:
    """The digest of a period with its revision, what it revises, whether newer periods came before, and what was late.

    A digest that says what the newest revision says becomes that one again, to be found a duplicate.
    """
    run_at = text(digest.get("generated_at"))
    rows = _remembered(newest_first)
    known = newest_of_period(rows, run_at, text(section(digest, "period").get("key")))
    plain = {name: value for name, value in digest.items() if name not in STAMP}
    if known is None:
        newest = next((row for row in rows.seen if row.content is not None and is_in_order(row)), None)
        backfilled = newest is not None and newest.run_at > run_at
        return plain | {"revision": 1, "revises": None, "backfilled": backfilled, "late_events": 0}
    content = known.content or {}
    stamp = {name: content.get(name) for name in STAMP}
    if content_id(plain | stamp) == known.heartbeat_id:
        return plain | stamp
    there_now, there_then = (number(one.get("events_in_period")) for one in (digest, content))
    # A run that failed counted nothing: what it did not see was not late.
    late = 0 if there_now is None or there_then is None else there_now - there_then
    return plain | {
        "revision": int(number(content.get("revision")) or 1) + 1,
        "revises": known.heartbeat_id,
        "backfilled": content.get("backfilled") is True,
        "late_events": max(0, int(late)),
    }


def current_rows(newest_first: Iterable[HistoryRow], count: int | None = None) -> list[HistoryRow]:
    """The newest `count` periods (all without), oldest first, each by its newest revision, malformed rows in place.

    Walks back until so many rows in order were seen: what lies before them is of older periods.
    """
    found: dict[_Place, HistoryRow] = {}
    loose: list[HistoryRow] = []
    in_order = 0
    for row in newest_first:
        if row.content is None:
            loose.append(row)
            in_order += 1
        else:
            found.setdefault((*_period_of(row), 0), row)
            loose = _settle(found, loose, row)
            in_order += is_in_order(row)
        if count is not None and in_order >= count:
            break
    for row in loose:
        found[("", "", row.place)] = row
    ordered = [row for _, row in sorted(found.items(), key=lambda item: item[0])]
    return ordered if count is None else ordered[-count:]


def _settle(
    found: dict[tuple[str, str, int], HistoryRow], loose: list[HistoryRow], row: HistoryRow
) -> list[HistoryRow]:
    """Puts malformed rows behind the period that was the newest when they came."""
    if not is_in_order(row):
        return loose
    for malformed in loose:
        found[(*_period_of(row), malformed.place)] = malformed
    return []


class _remembered:
    """Rows that are walked lazily, with those that were seen."""

    def __init__(self, rows: Iterable[HistoryRow]) -> None:
        self._rows = iter(rows)
        self.seen: list[HistoryRow] = []

    def __iter__(self) -> Iterator[HistoryRow]:
        for row in self._rows:
            self.seen.append(row)
            yield row

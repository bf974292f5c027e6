"""How fresh a source was at an instant: its newest event, its newest dated row, or when its files were changed.

It must not decide what is fresh enough; `checks` does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from heartbeat_assets.metrics.service import Service
from heartbeat_assets.sources.opening import Opened
from heartbeat_assets.sources.row_dates import period_column_problem
from heartbeat_assets.sources.spec import FileSource, RowsSource, event_instants
from heartbeat_assets.warehouse.schemas import minutes_with_rows, table_columns


class SourceAges:
    """The instants of a service's open sources. Looked up once a source, however many metrics and ticks ask."""

    def __init__(self, service: Service, opened: Opened) -> None:
        self._service = service
        self._opened = opened
        self._instants: dict[str, list[datetime]] = {}

    def as_of(self, sources: Sequence[str], at: datetime) -> datetime | None:
        """The freshness of the oldest of `sources` at `at`; None when none of them has dates."""
        known = [found for name in sources if (found := self.of_source(name, at)) is not None]
        return min(known, default=None)

    def of_source(self, name: str, at: datetime) -> datetime | None:
        """The newest instant in the source that is not after `at`.

        Events by their time, rows by their `period_column`, other files by when they were changed: what was changed
        since `at` counts as of `at`, as nobody knows what it was before.
        """
        column = self._column(name)
        if column is not None:
            if name not in self._instants:
                self._instants[name] = minutes_with_rows(self._opened.connection, name, column)
            place = bisect_right(self._instants[name], at)
            return self._instants[name][place - 1] if place else None
        modified = self._modified(name)
        return None if modified is None else min(modified, at)

    def problem(self, name: str) -> str | None:
        """Why the source `name` cannot be asked for its instants, as a sentence; None when it can, or has none.

        Asked before the source is used: no metric but those that need it may fail.
        """
        column = self._column(name)
        if column is None or event_instants(self._service.sources[name]):
            return None
        found = period_column_problem(column, table_columns(self._opened.connection, name))
        return found and f"{self._service.folder / 'defs.yaml'}: sources.{name}.period_column: {found}"

    def _column(self, name: str) -> str | None:
        """The column of the source that says when."""
        source = self._service.sources[name]
        return source.period_column if isinstance(source, RowsSource) else event_instants(source)

    def _modified(self, name: str) -> datetime | None:
        seen = self._opened.seen.get(name)
        if seen is not None:
            return seen.modified
        source = self._service.sources[name]
        path = self._service.source_path(name) if isinstance(source, FileSource) else None
        try:
            return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path else None
        except OSError:
            return None

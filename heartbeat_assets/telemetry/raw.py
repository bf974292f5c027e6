"""Raw event files as a view of typed events, for one pass that stores nothing.

It must not keep anything behind: unpacked copies are gone when the view is closed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from heartbeat_assets.telemetry import typed_sql
from heartbeat_assets.telemetry.careful_reader import careful_copy
from heartbeat_assets.telemetry.event_files import plain
from heartbeat_assets.telemetry.spellings import sample_spellings
from heartbeat_assets.warehouse import QueryProblem, run

if TYPE_CHECKING:
    import duckdb

Answer = TypeVar("Answer")


class RawEvents:
    """The events in `files` under the view `name`, with its event sets as columns."""

    def __init__(self, files: Sequence[Path], name: str, event_sets: typed_sql.EventSets, scratch: Path) -> None:
        self._files = list(files)
        self._name = name
        self._event_sets = event_sets
        self._scratch = scratch
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._plain: list[Path] = []
        self._spellings: dict[str, str] = {}
        self._shown: tuple[list[Path], int] | None = None

    @contextmanager
    def opened(self, connection: duckdb.DuckDBPyConnection) -> Iterator[RawEvents]:
        """Makes the view on `connection`. Raises InputUnreadable for a file that cannot be unpacked."""
        self._connection = connection
        typed_sql.register_careful_functions(connection)
        with ExitStack() as stack:
            for position, file in enumerate(self._files):
                # A folder each, since two packed files may have the same name.
                folder = self._scratch / f"{self._name}-{position}"
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
                lines = stack.enter_context(plain(file, folder))
                # The engine takes a file of a single byte for an empty one.
                self._plain.append(_careful(lines, folder) if lines.stat().st_size == 1 else lines)
            if self._plain:
                self._spellings = sample_spellings(self._plain[0])
            self._show(self._plain, typed_sql.LINE_LIMITS[0])
            yield self

    def reading(self, query: Callable[[], Answer]) -> Answer:
        """What `query`, which reads the view, returns; when the engine gives up on a file, over exact copies."""
        for longest_line in typed_sql.LINE_LIMITS:
            self._show(self._plain, longest_line)
            try:
                return query()
            except QueryProblem as problem:
                if typed_sql.LINE_TOO_LONG not in str(problem):
                    raise
        copies = [
            # In a smaller file no line can be too long.
            _careful(file, self._scratch / f"{self._name}-{position}")
            if file.stat().st_size > typed_sql.LONGEST_LINE_BYTES
            else file
            for position, file in enumerate(self._plain)
        ]
        self._show(copies, typed_sql.LONGEST_LINE_BYTES)
        return query()

    def _show(self, files: list[Path], longest_line: int) -> None:
        assert self._connection is not None
        if self._shown == (files, longest_line):
            return
        if files:
            lines = typed_sql.raw_lines([str(file) for file in files], longest_line)
            events = typed_sql.typed_events(lines, self._event_sets, self._spellings)
        else:
            events = typed_sql.with_event_sets(f"({typed_sql.EMPTY_EVENTS})", self._event_sets)
        view = typed_sql.identifier(self._name)
        run(self._connection, f"CREATE OR REPLACE TEMP VIEW {view} AS {events}")
        self._shown = (list(files), longest_line)


def _careful(lines: Path, folder: Path) -> Path:
    copy = folder / "careful"
    careful_copy(lines, copy)
    return copy

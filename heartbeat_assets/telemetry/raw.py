"""Raw event files as a view of typed events, for one pass that stores nothing.

It must not keep anything behind: unpacked copies are gone when the view is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from heartbeat_assets.telemetry import typed_sql
from heartbeat_assets.telemetry.careful_reader import careful_copy
from heartbeat_assets.telemetry.event_files import plain
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

    @contextmanager
    def opened(self, connection: duckdb.DuckDBPyConnection) -> Iterator[RawEvents]:
        """Makes the view on `connection`. Raises InputUnreadable for a file that cannot be unpacked."""
        self._connection = connection
        typed_sql.register_careful_functions(connection)
        with ExitStack() as stack:
            for position, file in enumerate(self._files):
                # A folder each, since two packed files may have the same name.
                folder = self._scratch / f"{self._name}-{position}"
                self._plain.append(stack.enter_context(plain(file, folder)))
            self._show(self._plain)
            yield self

    def reading(self, query: Callable[[], Answer]) -> Answer:
        """What `query`, which reads the view, returns; when the engine gives up on a file, over exact copies."""
        try:
            return query()
        except QueryProblem as problem:
            if "maximum_object_size" not in str(problem):
                raise
            copies = [self._scratch / f"{self._name}-{position}.careful" for position in range(len(self._plain))]
            for file, copy in zip(self._plain, copies, strict=True):
                careful_copy(file, copy)
            self._show(copies)
            return query()

    def _show(self, files: Sequence[Path]) -> None:
        assert self._connection is not None
        if files:
            lines = typed_sql.raw_lines([str(file) for file in files])
            events = typed_sql.typed_events(lines, self._event_sets)
        else:
            events = typed_sql.with_event_sets(f"({typed_sql.EMPTY_EVENTS})", self._event_sets)
        view = typed_sql.identifier(self._name)
        run(self._connection, f"CREATE OR REPLACE TEMP VIEW {view} AS {events}")

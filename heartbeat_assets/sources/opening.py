"""Sources opened as the tables SQL reads, each by its name, in an engine of its own.

Telemetry comes from the store, or raw in one pass. It must not know what the queries return, nor periods or rollups.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.sources.inputs import SourceMissing, SourceUnreadable, absence
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets.sources.spec import EventsSource, RowsSource
from heartbeat_assets.sources.tables import add_absent_source, add_source
from heartbeat_assets.telemetry.event_files import event_files
from heartbeat_assets.telemetry.raw import RawEvents
from heartbeat_assets.telemetry.store import TelemetryStore, view_of_parquet
from heartbeat_assets.telemetry.typed_sql import identifier
from heartbeat_assets.warehouse import QueryProblem, add_rows, connect, count_rows, run
from heartbeat_assets.warehouse.tables import TableSeen

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection

Progress = Callable[[str], None]
OnProblem = Callable[[str, HeartbeatError], None]
Answer = TypeVar("Answer")
_LOCK = ".lock"
_LOST_COLUMN = re.compile(r'column named "|Referenced column "')


def silent(_: str) -> None:
    """Progress that nobody watches."""


def telemetry_store(owner: SourceOwner, source: str) -> TelemetryStore:
    """The store of the owner's telemetry `source`."""
    return TelemetryStore(owner.home / "telemetry" / source)


class Opened:
    """The sources as tables on `connection`; calling it runs a query over them.

    `seen` has what was seen of each source of rows, by its name: its columns, files and age.
    """

    def __init__(self, owner: SourceOwner, connection: Connection) -> None:
        self.owner = owner
        self.connection = connection
        self.raw_events: list[RawEvents] = []
        self.seen: dict[str, TableSeen] = {}

    def __call__(self, file: str, query: Callable[[], Answer]) -> Answer:
        """What `query` returns; the SQL `file` is named where the engine refuses. Raises SpecProblem."""
        for events in self.raw_events:
            query = partial(events.reading, query)
        with blaming(self.owner, file, self._columns_now):
            return query()

    def _columns_now(self) -> str:
        """What the sources have whose columns defs.yaml does not list: a column may be lost there."""
        sources = ((name, seen, self.owner.sources[name]) for name, seen in self.seen.items())
        return "".join(
            f"\nSource {name} has {', '.join(column for column, _ in seen.columns)} now."
            for name, seen, source in sources
            if isinstance(source, RowsSource) and not source.columns
        )


@contextmanager
def open_sources(
    owner: SourceOwner,
    paths: Mapping[str, Path | None],
    *,
    raw: frozenset[str] = frozenset(),
    only: Sequence[str] | None = None,
    on_problem: OnProblem | None = None,
    copy_events: bool = False,
    table_of: Callable[[str], str] = str,
) -> Iterator[Opened]:
    """Opens the sources at `paths` (`only` those named); telemetry in `raw` is read as it is, else from the store.

    With `on_problem` a source that is missing or cannot be read has no table, and is told there by its name; the
    others are opened all the same. Stored telemetry keeps its store locked meanwhile, unless `copy_events` copies it
    into memory. `table_of` gives the name of a source's table. Raises HeartbeatError of the kind that fits.
    """
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(scratch_folder(owner)))
        opened = Opened(owner, stack.enter_context(connect(scratch)))
        present = dict.fromkeys(owner.sources, False) | dict.fromkeys(paths, True)
        for name in owner.sources if only is None else only:
            opening = _Opening(opened, name, table_of(name), scratch, copy_events=copy_events)
            if on_problem is None:
                opening.open(stack, paths, raw)
                continue
            try:
                with ExitStack() as one:
                    opening.check_it_is_there(paths)
                    opening.open(one, paths, raw)
                    stack.push(one.pop_all())
            except HeartbeatError as problem:
                opening.leave_no_table()
                present[name] = False
                on_problem(name, problem)
        add_rows(opened.connection, "sources", "name VARCHAR, present BOOLEAN", list(present.items()))
        yield opened


class _Opening:
    """One source on its way to be the table `table`."""

    def __init__(self, opened: Opened, name: str, table: str, scratch: Path, *, copy_events: bool) -> None:
        self.opened = opened
        self.name = name
        self.table = table
        self.scratch = scratch
        self.copy_events = copy_events
        self.source = opened.owner.sources[name]

    def check_it_is_there(self, paths: Mapping[str, Path | None]) -> None:
        """Raises SourceMissing where it must be there and `paths` does not have it."""
        if self.source.required and self.name not in paths:
            owner = self.opened.owner
            why = absence(owner.source_path(self.name), self.source, owner.settings)
            raise SourceMissing({self.name: why or f"{self.source.place}: nobody looked for it"})

    def open(self, stack: ExitStack, paths: Mapping[str, Path | None], raw: frozenset[str]) -> None:
        """Makes the table, or an empty one where `paths` does not have it. Raises HeartbeatError."""
        opened, there = self.opened, self.name in paths
        if isinstance(self.source, EventsSource):
            if there and self.name not in raw:
                self._stored(stack, self.source)
            else:
                self._raw(stack, self.source, paths.get(self.name))
        elif there:
            path = paths[self.name]
            seen = add_source(opened.connection, opened.owner, self.name, path, self.scratch, table=self.table)
            opened.seen |= {} if seen is None else {self.name: seen}
        else:
            add_absent_source(opened.connection, opened.owner, self.name, table=self.table)

    def _stored(self, stack: ExitStack, source: EventsSource) -> None:
        """Telemetry from the store: a view, while the store stays locked, or a copy of it."""
        store = telemetry_store(self.opened.owner, self.name)
        connection = self.opened.connection
        try:
            if not self.copy_events:
                stack.enter_context(store.locked())
                view_of_parquet(connection, self.table, source.event_sets, store.parquet_files())
                return
            view = f"{self.table} in the store"
            with store.locked():
                view_of_parquet(connection, view, source.event_sets, store.parquet_files())
                run(
                    connection,
                    f"CREATE TEMP TABLE {identifier(self.table)} AS SELECT * FROM {identifier(view)}",
                )
            run(connection, f"DROP VIEW {identifier(view)}")
        except QueryProblem as problem:
            sentence = f"input {self.name}: what is stored of it cannot be read: {problem}; remove {store.folder}"
            raise SourceUnreadable(self.name, f"{sentence}, and it is read anew") from problem

    def _raw(self, stack: ExitStack, source: EventsSource, path: Path | None) -> None:
        """Telemetry as it lies there."""
        files = event_files(path) if path else []
        events = RawEvents(files, self.table, source.event_sets, self.scratch)
        self.opened.raw_events.append(stack.enter_context(events.opened(self.opened.connection)))

    def leave_no_table(self) -> None:
        """Takes away what a failed opening has made of the table."""
        for kind in ("VIEW", "TABLE"):
            # The engine refuses to drop the one as the other.
            with suppress(QueryProblem):
                run(self.opened.connection, f"DROP {kind} IF EXISTS {identifier(self.table)}")


def look_at_source(owner: SourceOwner, name: str, path: Path | None) -> tuple[TableSeen, int]:
    """What a source of rows is now: its columns, files and age, and how many rows it has.

    Raises SourceMissing, SourceUnreadable or SpecProblem.
    """
    with scratch_folder(owner) as scratch, connect(Path(scratch)) as connection:
        seen = add_source(connection, owner, name, path, Path(scratch), table=name)
        assert seen is not None
        return seen, count_rows(connection, name)


@contextmanager
def blaming(owner: SourceOwner, file: str | None, columns_now: Callable[[], str] = str) -> Iterator[None]:
    """Names the SQL file of the owner whose query the engine refuses; for a lost column, what there is now."""
    try:
        yield
    except QueryProblem as problem:
        said = str(problem)
        said += columns_now() if _LOST_COLUMN.search(said) else ""
        raise SpecProblem(str(owner.folder / str(file)), [said]) from problem


@contextmanager
def scratch_folder(owner: SourceOwner) -> Iterator[str]:
    """A folder for what one command needs for a moment. Raises HeartbeatError when it cannot be made."""
    from filelock import FileLock

    folder = owner.settings.home / "scratch"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f"{owner.name}-") as name, FileLock(Path(name) / _LOCK):
            yield name
    except OSError as problem:
        raise HeartbeatError(
            f"{folder}: {problem.strerror or problem}; check the disk, or set HEARTBEAT_HOME"
        ) from problem


def _remove_abandoned(folder: Path) -> None:
    """Removes what killed commands left, known by a lock that nobody holds: unpacked telemetry can be large."""
    from filelock import FileLock, Timeout

    for left in folder.iterdir():
        lock = left / _LOCK
        # Without a lock file it is just being made, or not ours.
        if lock.is_file():
            with suppress(Timeout, OSError), FileLock(lock, timeout=0):
                shutil.rmtree(left, ignore_errors=True)

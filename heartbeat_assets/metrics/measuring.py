"""One connection for all metrics of a service: its sources as tables, and each metric's one value at an instant.

What fails, fails for the metrics that need it: a source that cannot be read, or a query the engine refuses, leaves the
others alone. It must not judge or record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.metrics.freshness import SourceAges
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.sources.inputs import resolve_inputs
from heartbeat_assets.sources.opening import Opened, Progress, open_sources, silent
from heartbeat_assets.sources.spec import EventsSource, event_instants
from heartbeat_assets.sources.telemetry import update_telemetry
from heartbeat_assets.warehouse import QueryProblem, all_rows, one_value
from heartbeat_assets.warehouse.profile import TableProfile, table_profile
from heartbeat_assets.warehouse.schemas import table_schema
from heartbeat_assets.warehouse.tables_read import tables_read
from heartbeat_assets.warehouse.time_limit import TimeLimit, time_limit

_LONGEST_ERROR = 2000
_WORD = re.compile(r"\w+")
_PLACE = re.compile(r"^LINE (\d+):(.*\n?)", re.MULTILINE)


@dataclass(frozen=True)
class Measured:
    """A metric at an instant: its value, or why there is none; `source_as_of` is that of its oldest source."""

    value: float | None
    error: str | None
    source_as_of: datetime | None


class Measuring:
    """The open sources of a service; `measuring` makes it."""

    def __init__(self, service: Service, opened: Opened, limit: TimeLimit, problems: dict[str, str]) -> None:
        self.service = service
        self._opened = opened
        self._limit = limit
        self._problems = problems
        self._ages = SourceAges(service, opened)
        self._schemas: dict[str, str] = {}
        self._undeclared: dict[str, list[str]] = {}

    def check_sources(self, names: Iterable[str]) -> None:
        """Notes the problem of each of the open sources `names` that cannot say how fresh it is, or what it has."""
        for name in names:
            if name in self._problems:
                continue
            try:
                problem = self._ages.problem(name)
                self._schemas[name] = table_schema(self._opened.connection, name)
            except QueryProblem as refused:
                problem = f"input {name}: {refused}"
            if problem is not None:
                self._problems[name] = problem

    def measure(self, file: MetricFile, at: datetime) -> Measured:
        """The one value of `file` as of `at`. Never raises for what is wrong with the metric or its sources."""
        broken = [self._problems[name] for name in file.header.sources if name in self._problems]
        if broken:
            return Measured(None, "; ".join(broken)[:_LONGEST_ERROR], None)
        as_of = self._ages.as_of(file.header.sources, at)
        try:
            self._check_what_is_read(file)
            return Measured(self.value_of(file.sql, at, uses_as_of=file.uses_as_of), None, as_of)
        except (QueryProblem, TimeoutError) as problem:
            return Measured(None, in_file(file.path, file.sql_line, problem)[:_LONGEST_ERROR], as_of)

    def _check_what_is_read(self, file: MetricFile) -> None:
        """Raises QueryProblem when the query reads a source that its header does not name.

        It would be there only because another metric needs it, and nobody would look at its age or its columns.
        """
        if file.metric_id not in self._undeclared:
            others = self.service.sources.keys() - set(file.header.sources)
            # Taking a query apart costs as much as a small one, so only where a name occurs at all.
            named = others.intersection(_WORD.findall(file.sql.lower()))
            read = tables_read(self._opened.connection, file.sql) if named else frozenset()
            self._undeclared[file.metric_id] = sorted(named & read)
        for name in self._undeclared[file.metric_id]:
            raise QueryProblem(f"reads the source {name}, which the header does not name; add it to `-- sources:`")

    def value_of(self, sql: str, at: datetime, *, uses_as_of: bool) -> float | None:
        """The one value that `sql` returns as of `at`. Raises QueryProblem or TimeoutError."""
        with self._limit.watching():
            return one_value(self._opened.connection, sql, {"as_of": at} if uses_as_of else {})

    def rows(
        self, sql: str, sources: Iterable[str], parameters: Mapping[str, Any], *, at_most: int
    ) -> list[dict[str, Any]]:
        """The rows that `sql` over the open `sources` returns, by column name, for what is more than one value.

        Raises HeartbeatError for a source that cannot be read and for more rows than `at_most`, else as `value_of`.
        """
        broken = [self._problems[name] for name in sources if name in self._problems]
        if broken:
            raise HeartbeatError("; ".join(broken)[:_LONGEST_ERROR])
        with self._limit.watching():
            found = all_rows(self._opened.connection, sql, at_most=at_most + 1, parameters=parameters)
        if len(found) > at_most:
            raise HeartbeatError(f"the query returns more than {at_most:,} rows; count them in the query")
        return found

    def as_of_sources(self, names: Iterable[str], at: datetime) -> datetime | None:
        """How fresh the sources `names` were at `at`, by the oldest of those that can be read."""
        return self._ages.as_of([name for name in names if name not in self._problems], at)

    def as_of(self, file: MetricFile, at: datetime) -> datetime | None:
        """How fresh the sources of `file` were at `at`, by the oldest of them."""
        return self._ages.as_of(file.header.sources, at)

    def ages(self, file: MetricFile, at: datetime) -> dict[str, datetime | None]:
        """How fresh each source of `file` was at `at`; what cannot be read, or has no dates, is None."""
        return {name: self._ages.of_source(name, at) for name in file.header.sources if name not in self._problems}

    def problems(self, file: MetricFile) -> dict[str, str]:
        """What is wrong with the sources of `file`, by their names."""
        return {name: self._problems[name] for name in file.header.sources if name in self._problems}

    def look_at(self, name: str, at: datetime) -> tuple[TableProfile, str, datetime | None]:
        """How well the source `name` is filled, its columns as `schema` has them, and how fresh it was at `at`.

        Raises QueryProblem or TimeoutError, and HeartbeatError for a source that cannot be read.
        """
        if name in self._problems:
            raise HeartbeatError(self._problems[name])
        instants = event_instants(self.service.sources[name])
        connection = self._opened.connection
        with self._limit.watching():
            profile = table_profile(connection, name, instants=instants)
        return profile, self._schemas[name], self._ages.of_source(name, at)

    def schema(self, file: MetricFile) -> str | None:
        """The columns of the sources of `file` and their types; None while one of them cannot be read."""
        if any(name in self._problems for name in file.header.sources):
            return None
        return "; ".join(f"{name}({self._schemas[name]})" for name in sorted(file.header.sources))


def in_file(path: Path, first_line: int, problem: Exception) -> str:
    """What the engine said about a query that begins in `first_line` of the file, with the lines of the file."""
    said = str(problem)
    place = _PLACE.search(said)
    if place is None:
        return f"{path.name}, line {first_line}: {said}"
    line = first_line + int(place[1]) - 1
    # The caret in the line below stays under what it points at.
    shift = " " * (len(str(line)) - len(place[1]))
    return f"{path.name}, line {line}: " + _PLACE.sub(lambda match: f"LINE {line}:{match[2]}{shift}", said, count=1)


@contextmanager
def measuring(
    service: Service,
    files: Iterable[MetricFile],
    *,
    also: Iterable[str] = (),
    ingest: bool = True,
    progress: Progress = silent,
) -> Iterator[Measuring]:
    """Opens the sources that `files` need and those named in `also`, telemetry brought up to date before (not without
    `ingest`).

    Raises HeartbeatError when nothing can be opened at all, such as on a full disk.
    """
    wanted = sorted({name for file in files for name in file.header.sources}.union(also))
    problems: dict[str, str] = {}
    paths: dict[str, Path | None] = {}
    for name in wanted:
        try:
            paths |= resolve_inputs(service, only=name)
            if ingest and name in paths and isinstance(service.sources[name], EventsSource):
                progress(f"Reading what is new in {name}.")
                update_telemetry(service, progress, only=name)
        except HeartbeatError as problem:
            problems[name] = str(problem)
    # An optional source that is not there is an empty table, as for a lane.
    readable = [name for name in wanted if name not in problems]
    with (
        open_sources(
            service,
            paths,
            only=readable,
            copy_events=True,
            on_problem=lambda name, problem: problems.__setitem__(name, str(problem)),
        ) as opened,
        time_limit(opened.connection, service.spec.query_seconds) as limit,
    ):
        sources = Measuring(service, opened, limit, problems)
        sources.check_sources(readable)
        yield sources

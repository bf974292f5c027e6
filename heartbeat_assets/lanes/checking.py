"""`lanes check`: everything that is wrong with a lane, or looks so, found by loading it and running its SQL.

As many mistakes at once as can be told, each a sentence with its file and item. It must not record, publish or
change anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from heartbeat_assets.errors import HeartbeatError, InputMissing, InputUnreadable, SpecProblem, UsageProblem
from heartbeat_assets.lanes.advice import advice
from heartbeat_assets.lanes.checking_values import in_words, shape_problems, values_now
from heartbeat_assets.lanes.compute import context_rows, digest_row
from heartbeat_assets.lanes.lane import Lane, add_lane, lane_files, load_lane
from heartbeat_assets.lanes.opening import opened
from heartbeat_assets.lanes.period_views import count_in_period
from heartbeat_assets.lanes.periods import Period, first_start, newest_period, period_at
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.inputs import SourceMissing, read_document, resolve_inputs
from heartbeat_assets.sources.opening import Opened, look_at_source
from heartbeat_assets.sources.spec import EventsSource, FileSource, JsonSource, RowsSource
from heartbeat_assets.telemetry.event_files import event_files
from heartbeat_assets.warehouse import one_row
from heartbeat_assets.warehouse.tables import TableProblem

Severity = Literal["error", "warning"]
_EMPTY = "partitions: {} has no rows; try --period with one that has"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or looks so: the file, and a sentence that names the item in it."""

    severity: Severity
    file: Path
    said: str


@dataclass
class LaneCheck:
    """What was found out about one lane, and what its sources and its KPIs are now, as far as they can be known.

    A partitioned lane is checked over one `period`; `gates` says how many it has.
    """

    lane: str
    file: Path
    findings: list[Finding] = field(default_factory=list)
    sources: Document = field(default_factory=dict)
    digest: Document | None = None
    period: Period | None = None
    gates: int = 0

    @property
    def when(self) -> str:
        """Of when the values are, in a sentence."""
        return in_words(self.period)

    def count(self, severity: Severity) -> int:
        """How many findings of this severity there are."""
        return sum(1 for finding in self.findings if finding.severity == severity)

    @property
    def status(self) -> str:
        """failed with an error, degraded with a warning, else ok."""
        return "failed" if self.count("error") else "degraded" if self.findings else "ok"

    def error(self, file: Path, said: str) -> None:
        """Notes a mistake."""
        self._note(Finding("error", file, said))

    def warn(self, file: Path, said: str) -> None:
        """Notes what looks like one."""
        self._note(Finding("warning", file, said))

    def _note(self, finding: Finding) -> None:
        if finding not in self.findings:
            self.findings.append(finding)

    @contextmanager
    def noting(self, file: Path, source: str = "") -> Iterator[None]:
        """Turns an error a person can mend into a finding, on `file` and `source` where the error names none."""
        try:
            yield
        except SpecProblem as problem:
            for said in problem.problems:
                self.error(Path(problem.file), said)
        except (HeartbeatError, TableProblem) as problem:
            said = str(problem).removeprefix(f"input {source}: ")
            self.error(file, f"sources.{source}: {said}" if source else said)


def period_now(lane: Lane) -> Period | None:
    """The newest period that is over, or the first one of a lane that is about to start."""
    partitions = lane.spec.partitions
    if partitions is None:
        return None
    try:
        return newest_period(partitions, datetime.now(UTC))
    except UsageProblem:
        return period_at(partitions, first_start(partitions))


def check_lanes(
    settings: Settings, names: Sequence[str] = (), periods: Callable[[Lane], Period | None] = period_now
) -> list[LaneCheck]:
    """What is found out about every lane, or those called `names`, over the period that `periods` gives for each.

    Raises UsageProblem for a name there is not, and what `periods` raises, before any lane is looked at.
    """
    lanes: dict[str, Lane] = {}
    checks: dict[str, tuple[LaneCheck, Lane | None]] = {}
    for file in lane_files(settings):
        lane, check = None, LaneCheck(file.parent.name, file)
        with check.noting(file):
            lane = load_lane(settings, file)
            if lane is None:
                continue
            check.lane = lane.name
            add_lane(lanes, lane)
        checks[str(file)] = (check, None if check.findings else lane)
    known = [check.lane for check, _ in checks.values()]
    for name in names:
        if name not in known:
            raise UsageProblem(f"no lane {name!r}; there is {', '.join(known) or f'none below {settings.defs}'}")
    wanted = [(check, lane) for check, lane in checks.values() if not names or check.lane in names]
    for check, lane in wanted:
        if lane is not None:
            check.period, check.gates = periods(lane), len(lane.spec.gates)
    for check, lane in wanted:
        if lane is not None:
            _check(lane, check)
            check.findings.sort(key=lambda finding: finding.severity != "error")
    return [check for check, _ in wanted]


def _check(lane: Lane, check: LaneCheck) -> None:
    defs = lane.folder / "defs.yaml"
    queries = _queries(lane, check)
    paths, stands_in = _look_at_sources(lane, check)
    for said in advice(lane, queries):
        check.warn(defs, said)
    if stands_in is None:
        check.warn(lane.folder / lane.spec.digest_sql, "was not run, since a source cannot be read")
    elif lane.spec.rollup_sql is None or lane.spec.rollup_sql in queries:
        with check.noting(defs):
            _run(lane, check, paths, queries, certain=not stands_in)


def _queries(lane: Lane, check: LaneCheck) -> dict[str, str]:
    """The text of each query that can be read, by its file's name."""
    found = {}
    for name, file in lane.sql_fields().items():
        with check.noting(lane.folder / file):
            found[file] = lane.sql(name, file)
    return found


def _look_at_sources(lane: Lane, check: LaneCheck) -> tuple[dict[str, Path | None], bool | None]:
    """Where the sources are that can be read, and whether empty tables stand in for others (None: they cannot)."""
    paths: dict[str, Path | None] = {}
    lost = []
    for name, source in lane.spec.sources.items():
        before = check.count("error")
        with check.noting(lane.folder / "defs.yaml", name):
            try:
                found = resolve_inputs(lane, only=name)
            except SourceMissing as problem:
                raise InputMissing(_where_it_is_not(lane, name) or str(problem)) from problem
            check.sources[name] = {"present": name in found}
            if name in found:
                check.sources[name] |= _facts(lane, name, found[name])
                paths[name] = found[name]
        if check.count("error") > before:
            lost.append(source)
    if any(isinstance(source, RowsSource) and not source.columns for source in lost):
        return paths, None
    return paths, bool(lost)


def _where_it_is_not(lane: Lane, name: str) -> str | None:
    """What is said of a source whose path, as defs.yaml has it, is not there; None where that is not what is wrong."""
    source, path = lane.spec.sources[name], lane.source_path(name)
    if not isinstance(source, FileSource) or path is None or path.exists():
        return None
    if any(character in source.path for character in "*?["):
        return None
    base = "" if Path(source.path).expanduser().is_absolute() else "; paths are relative to the project"
    return f"{source.path}: no such file or folder{base}. Correct it, or set `required: false`"


def _facts(lane: Lane, name: str, path: Path | None) -> Document:
    """What a source that is there holds now. Raises HeartbeatError."""
    source = lane.spec.sources[name]
    if isinstance(source, EventsSource):
        return {"files": len(event_files(path)) if path else 0}
    if isinstance(source, JsonSource):
        if path is None:
            raise InputUnreadable(f"input {name}: has no path")
        read_document(name, path)
        return {"files": 1}
    seen, rows = look_at_source(lane, name, path)
    return {"files": len(seen.files), "rows": rows, "columns": dict(seen.columns)}


def _run(
    lane: Lane, check: LaneCheck, paths: dict[str, Path | None], queries: dict[str, str], *, certain: bool
) -> None:
    """Runs the queries over the sources at `paths`; their values are told only where those are all `certain`."""
    telemetry = frozenset(name for name, source in lane.spec.sources.items() if isinstance(source, EventsSource))
    row, context, events = None, dict[str, Any](), None
    with opened(lane, paths, raw=telemetry, period=check.period) as sources:
        if lane.spec.digest_sql in queries:
            with check.noting(lane.folder / lane.spec.digest_sql):
                row = digest_row(lane, sources) if certain else _any_row(lane, sources, queries[lane.spec.digest_sql])
        for name, file in lane.spec.context.items():
            if file in queries:
                with check.noting(lane.folder / file):
                    one = replace(lane, spec=lane.spec.model_copy(update={"context": {name: file}}))
                    context |= context_rows(one, sources)
        if certain and check.period:
            events = sources(lane.spec.digest_sql, partial(count_in_period, sources.connection, lane))
    if check.period and events == 0:
        check.warn(lane.folder / "defs.yaml", _EMPTY.format(check.period.key))
    if row is None:
        return
    for problem in shape_problems(lane, row):
        with check.noting(lane.folder / lane.spec.digest_sql):
            raise problem
    if certain and not check.count("error"):
        with check.noting(lane.folder / lane.spec.digest_sql):
            digest = values_now(lane, row, context, list(paths), check.error, check.warn, check.period)
            of_period = {"period": check.period.document, "events_in_period": events} if check.period else {}
            check.digest = digest | of_period


def _any_row(lane: Lane, sources: Opened, sql: str) -> Document:
    """A row of the query, or NULLs in its columns: over tables that only stand in there may be none."""
    # Behind the first line, so that the engine counts the lines of the query as an editor does.
    padded = f"SELECT one_row.* FROM (SELECT 1) LEFT JOIN ({sql}\n) AS one_row ON true LIMIT 1"
    return sources(lane.spec.digest_sql, partial(one_row, sources.connection, padded))

"""A metric's file as it stands on disk: its header, its SELECT, and the optional query that rebuilds the number.

Reading it costs no engine. It must not run the SQL, and asks whether that is one SELECT only when somebody needs it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.header import KEYS, Header, read_header
from heartbeat_assets.metrics.header_lines import Mistake, cut_header
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.service_spec import RESERVED_NAMES
from heartbeat_assets.specs.fields import NAME_PATTERN
from heartbeat_assets.warehouse.query import QueryProblem

AS_OF = "as_of"
"""The one parameter that a metric's SQL may use: the instant its value is about."""

_LONGEST_ID = 80
_CROSSCHECK = re.compile(r"\s*--\s*crosscheck\s*:(.*)", re.IGNORECASE | re.DOTALL)
# Comments and blanks, which alone are no query.
_NO_SQL = re.compile(r"(?:\s|;|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
_PLACE = re.compile(r"^LINE (\d+):", re.MULTILINE)


@dataclass(frozen=True)
class MetricFile:
    """One metric. `sql_line`, `crosscheck_line` and `code_line` are the lines of the file where those begin."""

    metric_id: str
    service: str
    path: Path
    header: Header
    sql: str
    sql_line: int
    crosscheck: str | None = None
    crosscheck_line: int | None = None
    code_line: int = 1

    @cached_property
    def sql_hash(self) -> str:
        """SHA-256 of the SELECT's text, without blanks at the ends of lines; header and crosscheck do not count."""
        return hashlib.sha256(self.sql.encode("utf-8")).hexdigest()

    @cached_property
    def uses_as_of(self) -> bool:
        """Whether the SELECT has the parameter `$as_of`. Raises QueryProblem when it is not one SELECT."""
        return AS_OF in _parameters(self.sql)

    @cached_property
    def crosscheck_uses_as_of(self) -> bool:
        """The same for the crosscheck; false without one."""
        return self.crosscheck is not None and AS_OF in _parameters(self.crosscheck)

    def sql_problems(self) -> list[str]:
        """What the engine says about the form of both queries, a sentence each that names the line; usually nothing."""
        found = _problems_of(self.sql, self.sql_line, "the query")
        if self.crosscheck is not None and self.crosscheck_line is not None:
            found += _problems_of(self.crosscheck, self.crosscheck_line, "crosscheck")
        return found


def read_metric_file(path: Path, service: Service) -> MetricFile:
    """The metric in the file `path` of `service`. Raises SpecProblem with a sentence for each mistake in it."""
    metric_id, lines = path.stem, _lines(path)
    written = cut_header(lines, KEYS)
    header, mistakes = read_header(written, service.sources)
    query, *crosschecks = _cut_queries(lines, written.last)
    if not _has_sql(query.sql):
        sentence = "there is no query; write the SELECT that returns the value below the header"
        mistakes.append(Mistake(max(written.last, 1), "", sentence))
    mistakes += _about_crosschecks(crosschecks)
    sentences = [*_about_the_id(metric_id, service), *map(str, sorted(mistakes, key=lambda mistake: mistake.line))]
    if header is None or sentences:
        raise SpecProblem(str(path), sentences)
    code_line = written.entries["code"].line
    if not crosschecks:
        return MetricFile(metric_id, service.name, path, header, query.sql, query.line, code_line=code_line)
    crosscheck = crosschecks[0]
    return MetricFile(
        metric_id, service.name, path, header, query.sql, query.line, crosscheck.sql, crosscheck.line, code_line
    )


def metric_id_problem(metric_id: str) -> str | None:
    """What keeps `metric_id` from being one, as a sentence without its subject; None when it may be."""
    if len(metric_id) > _LONGEST_ID:
        return f"must be at most {_LONGEST_ID} characters long, not {len(metric_id)}"
    if not re.fullmatch(NAME_PATTERN, metric_id):
        return "must be lower-case letters, digits and _, starting with a letter"
    if metric_id in RESERVED_NAMES:
        return f"is taken: every service has assets called {', '.join(RESERVED_NAMES)}; choose another"
    return None


def _about_the_id(metric_id: str, service: Service) -> Iterator[str]:
    problem = metric_id_problem(metric_id)
    if problem:
        yield f"the file's name is the metric's id: {metric_id!r} {problem}"
    elif any(metric_id in (name, source.asset) for name, source in service.sources.items()):
        yield f"the file's name is the metric's id: {metric_id!r} is a source of the service; choose another"


def _lines(path: Path) -> list[str]:
    try:
        # A byte order mark is not text; lines end where editors show them to, not at every separator of Unicode.
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise SpecProblem(str(path), [f"cannot be read: {problem.strerror}"]) from problem
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise SpecProblem(str(path), [f"line {line}: is not UTF-8 text; save the file as UTF-8"]) from problem
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


class _Cut(NamedTuple):
    """A query's text, the line it begins in, the line that announced it, and what stands behind that line's colon."""

    sql: str
    line: int
    announced_in: int
    behind: str


def _cut_queries(lines: Sequence[str], start: int) -> Iterator[_Cut]:
    """The query that begins after the first `start` lines, then each crosscheck."""
    behind, begin = "", start
    for number in range(start, len(lines)):
        match = _CROSSCHECK.fullmatch(lines[number])
        if match:
            yield _query(lines[begin:number], begin, behind)
            behind, begin = match[1].strip(), number + 1
    yield _query(lines[begin:], begin, behind)


def _query(lines: Sequence[str], begin: int, behind: str) -> _Cut:
    kept = [line.rstrip() for line in lines]
    blank = next((place for place, line in enumerate(kept) if line), len(kept))
    return _Cut("\n".join(kept[blank:]).strip().rstrip("; \n"), begin + blank + 1, begin, behind)


def _about_crosschecks(crosschecks: Sequence[_Cut]) -> Iterator[Mistake]:
    for place, cut in enumerate(crosschecks):
        if place:
            sentence = f"there is one already, in line {crosschecks[0].announced_in}; a metric has one"
            yield Mistake(cut.announced_in, "crosscheck", sentence)
        elif cut.behind:
            sentence = "its query begins in the next line; write nothing behind the colon"
            yield Mistake(cut.announced_in, "crosscheck", sentence)
        elif not _has_sql(cut.sql):
            sentence = "there is no query below it; write one or take the line out"
            yield Mistake(cut.announced_in, "crosscheck", sentence)


def _has_sql(sql: str) -> bool:
    match = _NO_SQL.match(sql)
    return match is None or match.end() < len(sql)


def _parameters(sql: str) -> frozenset[str]:
    from heartbeat_assets.warehouse.statements import parameters_of_select

    return parameters_of_select(sql)


def _problems_of(sql: str, line: int, what: str) -> list[str]:
    try:
        unknown = sorted(_parameters(sql) - {AS_OF})
    except QueryProblem as problem:
        place = _PLACE.search(str(problem))
        at = line + int(place[1]) - 1 if place else line
        return [f"line {at}: {what}: {str(problem).partition(chr(10))[0]}"]
    if unknown:
        names = ", ".join(f"${name}" for name in unknown)
        return [f"line {line}: {what}: has the parameter {names}; there is only ${AS_OF}, the instant of the value"]
    return []

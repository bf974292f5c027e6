"""A new metric from answers and a query: checked, tried on the sources, then written with the reason for having it.

Nothing that is there is written over, and a draft that fails writes nothing. It must not ask questions or register.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError, SpecProblem, UsageProblem
from heartbeat_assets.files import write_atomically, write_new
from heartbeat_assets.ledger import MetricStore
from heartbeat_assets.metrics.candidates import Candidate, candidate_page
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.header import KEYS, REQUIRED, Header, header_text, read_header
from heartbeat_assets.metrics.header_lines import cut_header
from heartbeat_assets.metrics.measuring import Measured, in_file, measuring
from heartbeat_assets.metrics.metric_file import MetricFile, metric_id_problem, read_metric_file
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.similar import Draft, Similar, similar_metrics
from heartbeat_assets.metrics.ticks import newest_tick
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.opening import Progress, silent
from heartbeat_assets.warehouse import QueryProblem

_LINE = re.compile(r"^line (\d+)")


@dataclass(frozen=True)
class DraftMetric:
    """A metric that is not written yet: its `text` as the file will be, and the `file` that the text reads as.

    The lines of `file` are those of the query as it was given, for messages about it.
    """

    service: Service
    file: MetricFile
    path: Path
    text: str


@dataclass(frozen=True)
class Tried:
    """What a draft's queries returned at `at`: the value, and that of the crosscheck where it has one."""

    at: datetime
    measured: Measured
    crosscheck: float | None


def check_id(catalog: Catalog, store: MetricStore, metric_id: str) -> None:
    """Raises UsageProblem when no new metric may be called `metric_id`: it is no id, or it is or was another's."""
    problem = metric_id_problem(metric_id)
    if problem is not None:
        raise UsageProblem(f"{metric_id!r} cannot be a metric's id: it {problem}")
    if metric_id in catalog.files:
        raise UsageProblem(f"there is a metric {metric_id!r}, {catalog.files[metric_id].path}; choose another id")
    for files in catalog.wrong.values():
        if metric_id in files:
            raise UsageProblem(f"there is a file of {metric_id!r} already: {files[metric_id]}")
    row = store.row(metric_id)
    if row is None:
        return
    if row.registration == "registered":
        raise UsageProblem(f"the id {metric_id!r} is that of a registered metric whose file is gone; choose another id")
    ends = [event for event in store.events(metric_id) if event.field == "registration"]
    said = f" by {ends[-1].actor} ({ends[-1].reason})" if ends else ""
    on = ends[-1].at if ends else row.changed_at
    raise UsageProblem(
        f"the id {metric_id!r} was retired on {on:%Y-%m-%d}{said}; an id is never used again: choose another"
    )


def check_code(catalog: Catalog, code: str) -> None:
    """Raises UsageProblem when `code` is another metric's."""
    for file in catalog.files.values():
        if file.header.code == code:
            raise UsageProblem(f"--code {code}: is that of {file.metric_id} ({file.path}); give another")


def draft_metric(
    catalog: Catalog, service: Service, metric_id: str, answers: Mapping[str, str], sql: str, sql_name: str
) -> DraftMetric:
    """The draft with the header that `answers` give by its keys, and the query `sql`, which messages call `sql_name`.

    A crosscheck is a part of `sql`, as in a metric's file. Raises UsageProblem, which names options, and SpecProblem
    for the query.
    """
    header = _header(service, answers)
    check_code(catalog, header.code)
    path = service.metrics_folder / f"{metric_id}.sql"
    if path.exists():
        raise UsageProblem(f"{path} is there already; choose another id, or move it away")
    # A comment that the query begins with would read as a line of the header.
    above = header_text(header) + ("\n" if sql.lstrip().startswith("--") else "")
    blank_lines = sql[: len(sql) - len(sql.lstrip())].count("\n")
    below = "\n".join(line.rstrip() for line in sql.strip().replace("\r\n", "\n").split("\n"))
    text = f"{above}{below}\n"
    file = _read(service, metric_id, text, sql_name, above.count("\n") - blank_lines)
    return DraftMetric(service, file, path, text)


def _header(service: Service, answers: Mapping[str, str]) -> Header:
    given = {key: " ".join(value.split()) for key, value in answers.items()}
    missing = [option_of(key) for key in REQUIRED if not given.get(key)]
    if missing:
        raise UsageProblem(f"missing: {', '.join(missing)}; `heartbeat metrics new --help` says what each is")
    lines = [f"-- {key}: {value}" for key, value in given.items() if value]
    header, mistakes = read_header(cut_header(lines, KEYS), service.sources)
    if header is None:
        said = [f"{option_of(mistake.key)}: {mistake.sentence}" for mistake in mistakes]
        raise UsageProblem("; ".join(said))
    return header


def option_of(key: str) -> str:
    """The option of `heartbeat metrics new` that gives `key` of the header."""
    return f"--{key.replace('_', '-')}"


def _read(service: Service, metric_id: str, text: str, sql_name: str, lines_above: int) -> MetricFile:
    """`text` as the metric that it reads as, with the lines and the name of the query as it was given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{metric_id}.sql"
        path.write_text(text, encoding="utf-8")
        try:
            file = read_metric_file(path, service)
        except SpecProblem as problem:
            said = [_LINE.sub(lambda match: f"line {int(match[1]) - lines_above}", one) for one in problem.problems]
            raise SpecProblem(sql_name, said) from problem
    line = file.crosscheck_line
    file = replace(
        file,
        path=Path(sql_name),
        sql_line=file.sql_line - lines_above,
        crosscheck_line=None if line is None else line - lines_above,
    )
    problems = file.sql_problems()
    if problems:
        raise SpecProblem(sql_name, problems)
    return file


def similar_to(catalog: Catalog, draft: DraftMetric) -> list[Similar]:
    """The metrics that may be the draft over again, the likest first."""
    header = draft.file.header
    compared = Draft(draft.file.metric_id, header.name, header.sources, draft.file.sql)
    return similar_metrics(compared, catalog.files.values())


def try_draft(draft: DraftMetric, now: datetime, *, progress: Progress = silent) -> Tried:
    """Runs the draft's queries over its sources at the newest tick. Raises HeartbeatError when one of them fails."""
    file = draft.file
    at = newest_tick(file.header.every, now)
    with measuring(draft.service, [file], progress=progress) as sources:
        measured = sources.measure(file, at)
        if measured.error is not None:
            raise HeartbeatError(f"the draft failed, and nothing was written: {measured.error}")
        if file.crosscheck is None:
            return Tried(at, measured, None)
        try:
            rebuilt = sources.value_of(file.crosscheck, at, uses_as_of=file.crosscheck_uses_as_of)
        except (QueryProblem, TimeoutError) as problem:
            said = in_file(file.path, file.crosscheck_line or 1, problem)
            raise HeartbeatError(f"the crosscheck failed, and nothing was written: {said}") from problem
    return Tried(at, measured, rebuilt)


def write_metric(
    settings: Settings, draft: DraftMetric, tried: Tried, similar: list[Similar], rationale: str, now: datetime
) -> tuple[Path, Path]:
    """Writes the metric's file and adds it to the day's page of candidates; returns both. All of it or nothing.

    Raises UsageProblem when the file is there by now, HeartbeatError when it cannot be written.
    """
    from filelock import FileLock

    candidate = Candidate(draft.file, draft.path, tried.at, tried.measured, tried.crosscheck, similar, rationale)
    page = settings.project / "docs" / f"metric-candidates-{now.astimezone(UTC):%Y-%m-%d}.md"
    where = draft.path
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        # Two at once would each add to the page as it was before the other.
        with FileLock(settings.home / "candidates.lock"):
            _write_file(draft)
            where = page
            try:
                before = page.read_text(encoding="utf-8") if page.exists() else ""
                write_atomically(page, candidate_page(before, candidate, settings.project, now))
            except BaseException:
                draft.path.unlink(missing_ok=True)
                raise
    except OSError as problem:
        raise HeartbeatError(f"{where}: {problem.strerror or problem}; nothing was written") from problem
    return draft.path, page


def _write_file(draft: DraftMetric) -> None:
    try:
        write_new(draft.path, draft.text)
    except FileExistsError:
        raise UsageProblem(f"{draft.path} is there already; choose another id, or move it away") from None

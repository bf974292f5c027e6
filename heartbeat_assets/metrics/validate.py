"""A dated audit of one metric: is its number right, is it fresh, what was it lately, what do its limits mean.

It measures and reads, and writes one file. It records nothing in the ledger: a validation is no verification.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import fmean, median

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import write_new
from heartbeat_assets.ledger import MetricEvent, MetricStore, MetricValue
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.document import Document, event_document, metric_document, metric_now, text_of
from heartbeat_assets.metrics.measuring import Measuring, in_file, measuring
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.thresholds import STATUSES, THRESHOLD_FIELDS
from heartbeat_assets.metrics.wording import duration_words
from heartbeat_assets.sources.opening import Progress, silent
from heartbeat_assets.sources.spec import RowsSource, event_instants
from heartbeat_assets.warehouse import QueryProblem

AUDITS = Path("docs/metric-audits")
"""Where audits go, from the project's folder."""
TOLERANCE = 1e-9
_DAYS = 30
_OF_VERIFICATION = ("owner", "verification_state", "verified_until")


def validate_metric(
    catalog: Catalog,
    file: MetricFile,
    store: MetricStore,
    now: datetime,
    *,
    tolerance: float = TOLERANCE,
    progress: Progress = silent,
) -> Document:
    """The audit of `file` as of `now` as a document; `problems` are the sentences that a strict validation fails on.

    The crosscheck agrees when it differs by at most `tolerance` of the larger of the two numbers. Raises HeartbeatError
    when the sources cannot be opened at all.
    """
    metric = metric_now(catalog, store, file.metric_id)
    events = store.events(file.metric_id)
    with measuring(catalog.services[file.service], [file], progress=progress) as sources:
        source_documents = [_source(sources, file, name, now) for name in file.header.sources]
        measured = sources.measure(file, now)
        crosscheck = _crosscheck(sources, file, now, measured.value, tolerance)
    values = store.values(file.metric_id, since=now - timedelta(days=_DAYS), until=now)
    return {
        **metric_document(metric),
        "validated_at": text_of(now),
        "now": {"value": measured.value, "error": measured.error, "source_as_of": text_of(measured.source_as_of)},
        "source_freshness": source_documents,
        "crosscheck": crosscheck,
        "crosscheck_sql": file.crosscheck,
        "last_days": _last_days(values, now),
        "thresholds_set": {field: _set_by(events, field) for field in THRESHOLD_FIELDS},
        "verification_history": [event_document(one) for one in events if one.field in _OF_VERIFICATION],
        "problems": list(_problems(source_documents, measured.error, crosscheck)),
    }


def _source(sources: Measuring, file: MetricFile, name: str, now: datetime) -> Document:
    """How fresh one source is; `fresh` is null where it has no dates."""
    problem = sources.problems(file).get(name)
    as_of = sources.ages(file, now).get(name)
    allowed = file.header.fresh_within_duration
    source = sources.service.sources[name]
    dated = bool(source.period_column if isinstance(source, RowsSource) else event_instants(source))
    age = None if as_of is None else max(now - as_of, timedelta())
    if problem is not None:
        fresh: bool | None = False
    elif age is None:
        # A source with dates that has nothing up to now is as stale as can be.
        fresh = False if dated else None
    else:
        fresh = age <= allowed
    return {
        "source": name,
        "as_of": text_of(as_of),
        "age_seconds": None if age is None else int(age.total_seconds()),
        "allowed_seconds": int(allowed.total_seconds()),
        "fresh": fresh,
        "problem": problem,
    }


def _crosscheck(sources: Measuring, file: MetricFile, now: datetime, value: float | None, tolerance: float) -> Document:
    """The number rebuilt by the other query, and how far the two are apart; `agrees` is null when none was made."""
    found: Document = {
        "made": file.crosscheck is not None,
        "value": None,
        "error": None,
        "difference": None,
        "relative_difference": None,
        "tolerance": tolerance,
        "agrees": None,
    }
    if file.crosscheck is None:
        return found
    try:
        if problems := sources.problems(file):
            raise QueryProblem("; ".join(problems.values()))
        other = sources.value_of(file.crosscheck, now, uses_as_of=file.crosscheck_uses_as_of)
    except (QueryProblem, TimeoutError) as problem:
        return {**found, "error": in_file(file.path, file.crosscheck_line or 1, problem), "agrees": False}
    if value is None or other is None:
        return {**found, "value": other, "agrees": value is None and other is None}
    difference, scale = other - value, max(abs(value), abs(other))
    relative = abs(difference) / scale if scale else 0.0
    return {
        **found,
        "value": other,
        "difference": difference,
        "relative_difference": relative,
        "agrees": relative <= tolerance,
    }


def _problems(sources: Iterable[Document], error: str | None, crosscheck: Document) -> Iterator[str]:
    for one in sources:
        if one["problem"]:
            yield f"source {one['source']} cannot be read: {one['problem']}"
        elif one["fresh"] is False:
            allowed = duration_words(timedelta(seconds=one["allowed_seconds"]))
            if one["age_seconds"] is None:
                yield f"source {one['source']} has nothing up to now ({allowed} are allowed)"
            else:
                age = duration_words(timedelta(seconds=one["age_seconds"]))
                yield f"source {one['source']} is {age} old ({allowed} are allowed)"
    if error is not None:
        yield f"the query failed: {error}"
    if crosscheck["error"] is not None:
        yield f"the crosscheck failed: {crosscheck['error']}"
    elif crosscheck["agrees"] is False:
        yield "the crosscheck gives another number than the query"


def _last_days(values: Sequence[MetricValue], now: datetime) -> Document:
    """What was recorded in the days before `now`: figures over all of it, and a row for each day that has a tick."""
    days: dict[date, list[MetricValue]] = {}
    for value in values:
        # A tick closes its hour or day: midnight belongs to the day before.
        days.setdefault((value.tick - timedelta(seconds=1)).astimezone(UTC).date(), []).append(value)
    statuses = Counter(value.status for value in values)
    return {
        "days": _DAYS,
        "since": text_of(now - timedelta(days=_DAYS)),
        "ticks": len(values),
        **_figures(values),
        "shares": {status: statuses[status] / len(values) if values else None for status in STATUSES},
        "by_day": [{"day": text_of(day), **_figures(ones), "worst": _worst(ones)} for day, ones in days.items()],
    }


def _figures(values: Sequence[MetricValue]) -> Document:
    numbers = [one.value for one in values if one.value is not None]
    return {
        "count": len(numbers),
        "no_data": len(values) - len(numbers),
        "min": min(numbers, default=None),
        "median": median(numbers) if numbers else None,
        "mean": fmean(numbers) if numbers else None,
        "max": max(numbers, default=None),
    }


def _worst(values: Sequence[MetricValue]) -> str:
    found = {value.status for value in values}
    return next(status for status in ("red", "amber", "no_data", "green") if status in found)


def _set_by(events: Sequence[MetricEvent], field: str) -> Document | None:
    """Who gave the threshold the value it has, when and why; None when nobody ever set it."""
    newest = next((event for event in reversed(events) if event.field == field), None)
    if newest is None:
        return None
    names = ("actor", "actor_kind", "via", "before", "after", "reason")
    return {**{name: getattr(newest, name) for name in names}, "at": text_of(newest.at)}


def write_audit(text: str, folder: Path, metric_id: str, now: datetime) -> Path:
    """Puts the audit into `folder` under the day and the metric; a second one the same day is `-2`, and so on.

    Never writes over one that is there, whoever else is writing. Raises HeartbeatError when it cannot be written.
    """
    stem = f"{now.astimezone(UTC):%Y-%m-%d}-{metric_id}"
    for number in count(1):
        path = folder / (f"{stem}.md" if number == 1 else f"{stem}-{number}.md")
        try:
            write_new(path, text)
        except FileExistsError:
            continue
        except OSError as problem:
            raise HeartbeatError(f"{path}: {problem.strerror or problem}; the audit was not written") from problem
        return path
    raise AssertionError("there is always another number")

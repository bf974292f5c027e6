"""`heartbeat metrics new`: a metric from a query, asked for at a terminal or given by options. It holds no rules."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.actor import actor_option, the_actor
from heartbeat_assets.cli.metrics.common import Registry, the_registry
from heartbeat_assets.cli.metrics.words import Document, minute_words, normal_words, status_words, value_words
from heartbeat_assets.cli.output import emit, json_option, progress, tell, wrapped
from heartbeat_assets.errors import InputMissing, InputUnreadable, UsageProblem

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor
    from heartbeat_assets.metrics.scaffold import DraftMetric, Tried
    from heartbeat_assets.metrics.service import Service
    from heartbeat_assets.metrics.similar import Similar

# Header key to what a person is asked; those with `required` are asked for again until there is an answer.
_QUESTIONS = {
    "name": "Name, as on its tile",
    "rationale": "What would red on it mean, in losses avoided or revenue gained",
    "code": "Code, 4 letters or digits",
    "period": "The span that a value covers, such as: last 24 hours",
    "unit": "Unit, such as: ratio",
    "direction": "Direction: higher_is_better or lower_is_better",
    "description": "What it measures",
    "how_to_read": "How to read it, and what is normal",
    "methodology": "How it is worked out, in words",
    "sources": "Sources, separated by commas",
    "norm_value": "norm_value, beyond which it is amber (empty: none)",
    "alert_value": "alert_value, beyond which it is red (empty: none)",
    "sql": "File with the query",
}
_MAY_BE_EMPTY = ("norm_value", "alert_value")
_OF_THE_HEADER = (
    "name", "code", "period", "unit", "direction", "description", "how_to_read", "methodology", "sources",
    "norm_value", "alert_value", "recovery_value", "tags", "every", "fresh_within", "verify_every", "benchmark_days",
)  # fmt: skip
_OPTIONS = (
    click.option("--name", metavar="TEXT", help="Its name, as on its tile."),
    click.option("--code", metavar="CODE", help="4 letters or digits that no other metric has, such as ANSW."),
    click.option("--period", metavar="TEXT", help="The span that a value covers, in words: last 24 hours."),
    click.option("--unit", metavar="TEXT", help="What the number counts: ratio, seconds, sessions."),
    click.option("--direction", metavar="WORD", help="higher_is_better or lower_is_better."),
    click.option("--description", metavar="TEXT", help="What it measures."),
    click.option("--how-to-read", metavar="TEXT", help="How to read it, and what is normal."),
    click.option("--methodology", metavar="TEXT", help="How it is worked out, in words."),
    click.option("--sources", metavar="NAMES", help="The service's sources that it reads, separated by commas."),
    click.option("--norm-value", metavar="NUMBER", help="Beyond it the metric is amber; provisional."),
    click.option("--alert-value", metavar="NUMBER", help="Beyond it the metric is red; provisional."),
    click.option("--recovery-value", metavar="NUMBER", help="Where a breach ends once it has begun; provisional."),
    click.option("--tags", metavar="NAMES", help="Tags, separated by commas."),
    click.option("--every", metavar="WORD", help="hour (default) or day."),
    click.option("--fresh-within", metavar="DURATION", help="How old the sources may be, as 36h."),
    click.option("--verify-every", metavar="DURATION", help="After which time a verification expires, as 90d."),
    click.option("--benchmark-days", metavar="N", help="Over how many days normal is worked out; default 30."),
)


def _header_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("new")
@click.argument("metric_id", metavar="ID")
@click.option("--service", "service_name", metavar="NAME", help="The service it belongs to; default: the only one.")
@click.option("--sql", metavar="FILE", help="The query, and its crosscheck if it has one; `-` is standard input.")
@click.option("--rationale", metavar="TEXT", help="What red would mean: the business reason for having it.")
@_header_options
@click.option("--yes", is_flag=True, help="Go on although a metric like it is there.")
@click.option(
    "--backfill-days", type=click.IntRange(0, 3660), default=0, show_default=True,
    help="Compute so many days of its past at once.",
)  # fmt: skip
@actor_option
@json_option
def new_command(
    metric_id: str,
    service_name: str | None,
    sql: str | None,
    rationale: str | None,
    yes: bool,
    backfill_days: int,
    as_person: str | None,
    as_json: bool | None,
    **header: str | None,
) -> None:
    """Make the metric ID of a query: warn of metrics like it, try it, write its file and why it is wanted.

    At a terminal what is not given is asked for. The metric is registered at once, unverified, and gets its first
    value. A draft that fails writes nothing, and nothing that is there is written over.

    \b
    heartbeat metrics new answered_sessions --service citizen_app --sql draft.sql
    """
    from heartbeat_assets.metrics.scaffold import check_id, draft_metric, similar_to, try_draft, write_metric

    registry, now = the_registry(), datetime.now(UTC)
    actor = the_actor(as_person, registry.settings)
    check_id(registry.catalog, registry.store, metric_id)
    service = _service(registry, service_name)
    asks = sys.stdin.isatty() and sql != "-"
    answers = _answers({**header, "rationale": rationale, "sql": sql}, service, asks=asks)
    text, name = _query(answers.pop("sql"))
    why = answers.pop("rationale")
    draft = draft_metric(registry.catalog, service, metric_id, answers, text, name)
    similar = similar_to(registry.catalog, draft)
    _go_on(similar, yes=yes, asks=asks)
    tried = try_draft(draft, now, progress=progress())
    file, page = write_metric(registry.settings, draft, tried, similar, why, now)
    document = {
        "metric_id": metric_id,
        "service": service.name,
        "file": str(file),
        "candidates": str(page),
        "similar": [{"metric_id": one.metric_id, "likeness": one.likeness, "said": one.sentence} for one in similar],
        "draft": _draft_document(draft, tried),
        **_begun(metric_id, actor, backfill_days, now),
    }
    emit(document, lambda: _people(document, draft), as_json)


def _service(registry: Registry, name: str | None) -> Service:
    services = registry.catalog.services
    known = ", ".join(services) or f"none below {registry.settings.defs}"
    if name is None and len(services) == 1:
        return next(iter(services.values()))
    if name is None:
        raise UsageProblem(f"--service NAME is needed; there is {known}")
    if name not in services:
        problems = "".join(f"; {problem}" for problem in registry.catalog.problems if f"/{name}/" in problem.file)
        raise UsageProblem(f"--service {name}: there is {known}{problems}")
    return services[name]


def _answers(given: Mapping[str, str | None], service: Service, *, asks: bool) -> dict[str, str]:
    """What was given, and at a terminal what is asked for. Raises UsageProblem naming all that is missing."""
    answers = {key: value for key, value in given.items() if value is not None}
    missing = [key for key in _QUESTIONS if not answers.get(key, "").strip() and key not in _MAY_BE_EMPTY]
    if not asks:
        if missing:
            options = ", ".join(f"--{key.replace('_', '-')}" for key in missing)
            raise UsageProblem(f"missing: {options}; `heartbeat metrics new --help` says what each is")
        return answers
    for key, question in _QUESTIONS.items():
        if key in missing:
            there = f" ({', '.join(service.sources)})" if key == "sources" else ""
            answers[key] = _asked(f"{question}{there}")
        elif key in _MAY_BE_EMPTY and key not in answers:
            answer = click.prompt(question, default="", show_default=False, err=True)
            answers |= {key: answer} if answer.strip() else {}
    return answers


def _asked(question: str) -> str:
    while True:
        answer = str(click.prompt(question, err=True))
        if answer.strip():
            return answer


def _query(sql: str) -> tuple[str, str]:
    """The query's text and how messages call it. Raises InputMissing or InputUnreadable."""
    if sql == "-":
        return sys.stdin.read(), "--sql -"
    try:
        return Path(sql).expanduser().read_text(encoding="utf-8-sig"), sql
    except FileNotFoundError:
        raise InputMissing(f"--sql {sql}: no such file") from None
    except UnicodeDecodeError as problem:
        raise InputUnreadable(f"--sql {sql}: is not UTF-8 text: {problem.reason}") from problem
    except OSError as problem:
        raise InputUnreadable(f"--sql {sql}: {problem.strerror or problem}") from problem


def _go_on(similar: Sequence[Similar], *, yes: bool, asks: bool) -> None:
    """Warns of metrics like the draft, and ends the command where nobody wants to go on. Raises UsageProblem."""
    if not similar or yes:
        return
    said = "; ".join(one.sentence for one in similar)
    if not asks:
        raise UsageProblem(f"a metric like it is there: {said}. With --yes it is made all the same")
    tell(wrapped(f"A metric like it is there: {said}."))
    if not click.confirm("Make it all the same?", err=True):
        raise UsageProblem("nothing was written, as a metric like it is there")


def _draft_document(draft: DraftMetric, tried: Tried) -> Document:
    from heartbeat_assets.metrics.document import text_of

    return {
        "value": tried.measured.value,
        "crosscheck": tried.crosscheck,
        "at": text_of(tried.at),
        "source_as_of": text_of(tried.measured.source_as_of),
        "sql_hash": draft.file.sql_hash,
    }


def _begun(metric_id: str, actor: Actor, backfill_days: int, now: datetime) -> Document:
    """Registers the metric that was just written, and gives it its first value and its past."""
    from heartbeat_assets.cli.metrics.backfilling import backfilled
    from heartbeat_assets.metrics.document import metric_document, metric_now
    from heartbeat_assets.metrics.welcome import welcome

    # Read anew: there is one file more than before.
    registry = the_registry()
    synced = registry.synced(actor)
    welcome(registry.catalog, registry.store, [metric_id], actor, now, progress=progress())
    past: Any = None
    if backfill_days:
        past = backfilled(registry, [metric_id], actor, now - timedelta(days=backfill_days), now, 1, now)
    told = metric_document(metric_now(registry.catalog, registry.store, metric_id))
    file = registry.file(metric_id)
    return {
        "registered": metric_id in synced.registered or told["registered"],
        **{name: told[name] for name in ("code", "name", "unit", "value", "status", "tick", "error", "benchmark")},
        "has_a_past": file.uses_as_of,
        "backfill": past,
    }


def _people(document: Document, draft: DraftMetric) -> str:
    metric_id, unit = document["metric_id"], document["unit"]
    lines = [
        f"Metric {metric_id} is ready:",
        f"  {draft.path}",
        f"  {document['candidates']}",
        f"{status_words(document['status'])}  {value_words(document['value'], unit)} at "
        f"{minute_words(document['tick'])}",
    ]
    if document["error"]:
        lines.append(wrapped(document["error"], "  "))
    lines.append(wrapped(f"Normal is {normal_words(document['benchmark'], unit)}."))
    if document["backfill"] is None and document["has_a_past"]:
        lines.append(f"Its past: heartbeat metrics backfill {metric_id} --days 90")
    lines.append(f"Next: heartbeat metrics show {metric_id}")
    return "\n".join(lines)

"""`heartbeat run`: lanes from their sources to their published reports, now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.common import end, period_option, strict_option, the_period
from heartbeat_assets.cli.output import emit, json_option, state, wrapped
from heartbeat_assets.cli.tables import digest_table, figures_line, late_lines, window_table
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes.lane import Lane, find_lane, find_lanes
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.lanes.sentences import minute_text
from heartbeat_assets.lanes.values import Document, instant_text, number
from heartbeat_assets.settings import load_settings

if TYPE_CHECKING:
    from heartbeat_assets.lanes.history import HistoryRow
    from heartbeat_assets.lanes.late import LatePeriod


@click.command("run")
@click.argument("lane_names", metavar="[LANE]...", nargs=-1)
@period_option
@strict_option
@click.option("--verbose", is_flag=True, help="Show Dagster's log on standard error.")
@json_option
def run_command(
    lane_names: tuple[str, ...], period: str | None, strict: bool, verbose: bool, as_json: bool | None
) -> None:
    """Run every LANE (all without a name): digest, heartbeat, window checks, publish or block.

    The same Dagster job as in the UI, in this process; the run is recorded in Dagster's instance. A step that fails
    ends with 3; a window with a strict failure reason ends with 4 under --strict, with 0 without: the run worked.

    \b
    heartbeat run
    heartbeat run citizen_product --strict
    """
    settings = load_settings()
    lanes = [find_lane(settings, name) for name in lane_names] or list(find_lanes(settings).values())
    periods = [the_period(lane, period) for lane in lanes]
    log_level = "DEBUG" if verbose else "CRITICAL"
    outcomes = [_run(lane, about, log_level) for lane, about in zip(lanes, periods, strict=True)]
    documents = [document for document, _ in outcomes]
    emit(documents, lambda: "\n\n".join(text for _, text in outcomes) or "There is no lane to run.", as_json)
    errors = [f"{document['lane']}: {error}" for document in documents for error in document["errors"]]
    if errors:
        raise HeartbeatError("; ".join(errors))
    end(strict and any(document["window"]["strict_fail_reasons"] for document in documents))


def _run(lane: Lane, period: Period | None, log_level: str) -> tuple[dict[str, Any], str]:
    """Runs one lane; returns what happened as a document and as text for people."""
    from heartbeat_assets.components.run_now import run_lane
    from heartbeat_assets.lanes.judging import blocked_since, judge_ledger
    from heartbeat_assets.lanes.outbox import digest_of
    from heartbeat_assets.lanes.publish import may_publish, published_report

    before = _row_of(lane, period) if period else None
    outcome = run_lane(lane, period=period, log_level=log_level)
    verdict = judge_ledger(lane)
    newest = verdict.rows[-1] if verdict.rows else None
    row = _row_of(lane, period) if period else newest
    about = _period_document(period, before, row) if period else None
    blocked = not may_publish(verdict)
    errors = list(outcome.failures)
    digest = digest_of(lane, row) if row else None
    late = _late_periods(lane)
    published = published_report(lane)
    published_run = str(published["digest"]["generated_at"]) if published else None
    since = blocked_since(lane) if blocked else ""
    document = {
        "lane": lane.name,
        "dagster_run_id": outcome.run_id,
        "errors": errors,
        "digest": digest,
        "period": about,
        "late_periods": [
            {"period": one.period.key, "late_events": one.late, "recorded": one.recorded, "now": one.now}
            for one in late
        ],
        "window": verdict.report,
        "published": not blocked and not errors,
        "blocked_since": since,
        "published_run_at": published_run,
        "published_folder": str(lane.published),
    }
    lines = [f"{lane.name}", ""]
    lines += [digest_table(lane, digest), ""] if digest else []
    lines += [wrapped(_period_sentence(period, about, errors)), ""] if period and about else []
    lines += [window_table(lane, verdict), ""]
    lines += [*late_lines(lane, late), ""] if late else []
    if errors:
        lines.append(wrapped(f"{state('failed')}  The run did not finish: {'; '.join(errors)}"))
    elif blocked:
        kept = f"the report of {minute_text(published_run)} stays" if published_run else "nothing is published yet"
        lines.append(wrapped(f"{state('failed')}  Publishing is blocked since {minute_text(since)}; {kept}."))
    else:
        lines.append(f"{state('ok')}  Published to {_near(lane.published)}")
    if digest and lane.spec.kpis:
        lines.append(figures_line({kpi.name: digest["metrics"][kpi.name] for kpi in lane.spec.kpis}))
    return document, "\n".join(lines)


def _row_of(lane: Lane, period: Period) -> HistoryRow | None:
    """The row that stands for `period` in the ledger now."""
    from heartbeat_assets.lanes.history import newest_first
    from heartbeat_assets.lanes.revisions import newest_of_period
    from heartbeat_assets.ledger import open_ledger

    rows = newest_first(open_ledger(lane.settings.ledger_url), lane.name)
    return newest_of_period(rows, instant_text(period.end), period.key)


def _period_document(period: Period, before: HistoryRow | None, row: HistoryRow | None) -> Document:
    """What the run came to for its period: whether it added a row, and what the newest row says of late telemetry."""
    content = (row.content if row else None) or {}
    appended = row is not None and (before is None or row.heartbeat_id != before.heartbeat_id)
    told = {name: content.get(name) for name in ("revision", "late_events", "events_in_period")}
    return {"key": period.key, "appended": appended, **told}


def _period_sentence(period: Period, about: Document, errors: list[str]) -> str:
    if not about["appended"]:
        return f"Period {period.key}: {'' if errors else 'nothing has changed; '}no row was added."
    said = f"Period {period.key} (until {minute_text(instant_text(period.end))}): revision {about['revision']}"
    events, late = number(about["events_in_period"]), number(about["late_events"])
    if events is not None:
        said += f"; {events:,.0f} {'event' if events == 1 else 'events'}"
        said += f", {late:,.0f} of them late" if late else ""
    return f"{said}."


def _late_periods(lane: Lane) -> list[LatePeriod]:
    from heartbeat_assets.lanes.late import late_periods

    try:
        return late_periods(lane)
    except HeartbeatError:
        # A source that cannot be read has failed the run, which says so.
        return []


def _near(path: Path) -> Path:
    """`path` as seen from the working directory when it is below that."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

"""`heartbeat kpi days`: what each of the last days of a series came to. It must not judge a day."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from heartbeat_assets.cli.output import emit, json_option, table
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import load_settings

_MOST_DAYS = 3660


@click.command("days")
@click.argument("domain", metavar="DOMAIN")
@click.argument("metric", metavar="METRIC")
@click.option("--days", type=click.IntRange(1, _MOST_DAYS), default=30, show_default=True, metavar="N")
@json_option
def days_command(domain: str, metric: str, days: int, as_json: bool | None) -> None:
    """Show the last N days (UTC) of METRIC in DOMAIN, oldest first; today is one of them, and not over yet.

    p50 and p95 are durations that were measured: the smallest that half, and 95%, of them do not exceed.
    """
    from heartbeat_assets.governance.daily import daily_figures, last_days
    from heartbeat_assets.ledger import WrongKpiEvent, open_ledger

    store = open_ledger(load_settings().ledger_url).events
    try:
        known = bool(store.newest(domain, metric, 1))
    except WrongKpiEvent as problem:
        raise UsageProblem(str(problem)) from problem
    if not known:
        there = ", ".join(f"{one.domain} {one.metric}" for one in store.series()[:10])
        raise UsageProblem(f"{domain} {metric}: has no events; there is {there or 'none at all'}")
    figures = list(daily_figures(store, domain, metric, last_days(days, datetime.now(UTC))))
    documents = [one.document for one in figures]

    def people() -> str:
        rows = [
            [
                one.day.isoformat(),
                f"{one.events:,}",
                "" if one.success_rate is None else f"{one.success_rate:.1%}",
                *("" if number is None else f"{number:,.6g}" for number in (one.mean, one.p50_ms, one.p95_ms)),
            ]
            for one in figures
        ]
        return table(["day", "events", "success rate", "mean", "p50 ms", "p95 ms"], rows)

    emit(documents, people, as_json)

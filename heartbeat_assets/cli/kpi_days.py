"""`heartbeat kpi days`: what each of the last days of a series came to. It must not judge a day."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from heartbeat_assets.cli.kpi_series import domain_argument, metric_argument, newest_events, the_events
from heartbeat_assets.cli.output import emit, json_option, table

_MOST_DAYS = 3660


@click.command("days")
@domain_argument
@metric_argument
@click.option("--days", type=click.IntRange(1, _MOST_DAYS), default=30, show_default=True, metavar="N")
@json_option
def days_command(domain: str, metric: str, days: int, as_json: bool | None) -> None:
    """Show the last N days (UTC) of METRIC in DOMAIN, oldest first; today is one of them, and not over yet.

    p50 and p95 are durations that were measured: the smallest that half, and 95%, of them do not exceed.
    """
    from heartbeat_assets.governance.daily import DAY_COLUMNS, daily_figures, day_row, last_days

    store = the_events()
    newest_events(store, domain, metric, 1)
    figures = daily_figures(store, domain, metric, last_days(days, datetime.now(UTC)))
    documents = [one.document for one in figures]
    emit(documents, lambda: table(DAY_COLUMNS, [day_row(one) for one in documents]), as_json)

"""What the subcommands of `heartbeat kpi` about a series share: its arguments, the ledger, its events. No printing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import load_settings

if TYPE_CHECKING:
    from heartbeat_assets.ledger import EventStore, KpiEvent

domain_argument = click.argument("domain", metavar="DOMAIN")
metric_argument = click.argument("metric", metavar="METRIC")
_TOLD = 10


def the_events() -> EventStore:
    """The KPI events of the configured ledger."""
    from heartbeat_assets.ledger import open_ledger

    return open_ledger(load_settings().ledger_url).events


def newest_events(store: EventStore, domain: str, metric: str, count: int) -> list[KpiEvent]:
    """The newest `count` events of a series, oldest first. Raises UsageProblem for one without any, which tells what
    there is, and for what is no name.
    """
    from heartbeat_assets.ledger import WrongKpiEvent

    try:
        events = store.newest(domain, metric, count)
    except WrongKpiEvent as problem:
        raise UsageProblem(str(problem)) from problem
    if not events:
        there = ", ".join(f"{one.domain} {one.metric}" for one in store.series()[:_TOLD])
        raise UsageProblem(f"{domain} {metric}: has no events; there is {there or 'none at all'}")
    return events

"""What the subcommands of `heartbeat metrics` ask for: the registry, one metric, several, an instant. No printing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

import click

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor, MetricRow, MetricStore
    from heartbeat_assets.metrics.metric_file import MetricFile
    from heartbeat_assets.metrics.registry import SyncReport
    from heartbeat_assets.metrics.service import Service
    from heartbeat_assets.metrics.ticks import Every

CADENCES: tuple[Every, ...] = ("hour", "day")
"""Each is computed for itself: an hourly metric has other ticks than a daily one."""

metric_argument = click.argument("metric_id", metavar="ID")
names_argument = click.argument("names", metavar="[SERVICE|ID]...", nargs=-1)
since_option = click.option("--since", metavar="WHEN", help="From this date or ISO-8601 instant (UTC) on.")
until_option = click.option("--until", metavar="WHEN", help="Up to this date or ISO-8601 instant (UTC), included.")


@dataclass(frozen=True)
class Registry:
    """The files of the project and what the ledger has of them."""

    settings: Settings

    @cached_property
    def catalog(self) -> Catalog:
        return load_catalog(self.settings)

    @cached_property
    def store(self) -> MetricStore:
        from heartbeat_assets.ledger import open_ledger

        return open_ledger(self.settings.ledger_url).metrics

    def synced(self, actor: Actor) -> SyncReport:
        """Brings the ledger in line with the files, as every command that writes does first."""
        from heartbeat_assets.metrics.registry import sync

        return sync(self.catalog, self.store, actor=actor, now=datetime.now(UTC))

    def metric_id(self, name: str) -> str:
        """The id of the metric that `name`, an id or a code, means; `name` itself when it is no code of one."""
        coded = (file.metric_id for file in self.catalog.files.values() if file.header.code == name)
        return next(coded, name)

    def file(self, metric_id: str) -> MetricFile:
        """The file of a metric. Raises SpecProblem where it is wrong, UsageProblem where there is none."""
        file = self.catalog.files.get(metric_id)
        if file is not None:
            return file
        for service in self.catalog.services:
            problem = self.catalog.broken(service).get(metric_id)
            if problem is not None:
                raise problem
        if metric_id in self.rows:
            raise UsageProblem(
                f"{metric_id} is retired: there is no file of it. Its past is there: heartbeat metrics show {metric_id}"
            )
        raise self.unknown(metric_id)

    def row(self, metric_id: str) -> MetricRow | None:
        """What the ledger has of a metric, None before it is registered. Raises UsageProblem for an unknown one."""
        row = self.store.row(metric_id)
        if row is None:
            self.file(metric_id)
        return row

    @cached_property
    def rows(self) -> dict[str, MetricRow]:
        return self.store.rows()

    def unknown(self, metric_id: str) -> UsageProblem:
        """What to say of an id that no metric has."""
        known = sorted(self.catalog.files.keys() | self.rows.keys())
        close = get_close_matches(metric_id, known, n=1)
        if close:
            return UsageProblem(f"no metric {metric_id!r}; did you mean {close[0]!r}?")
        there = ", ".join(known[:10]) + (", ..." if len(known) > 10 else "")
        return UsageProblem(f"no metric {metric_id!r}; there is {there or f'none below {self.settings.defs}'}")

    def chosen(self, names: Sequence[str]) -> list[tuple[Service, Collection[str] | None]]:
        """Services with the ids of theirs that `names` (services and ids; none: everything) ask for, None for all.

        Raises UsageProblem for a name that is neither, SpecProblem for an id whose file is wrong.
        """
        catalog = self.catalog
        if not names:
            return [(service, None) for service in catalog.services.values()]
        wanted: dict[str, set[str] | None] = {}
        for name in names:
            if name in catalog.services:
                wanted[name] = None
            else:
                file = self.file(self.metric_id(name))
                ids = wanted.setdefault(file.service, set())
                if ids is not None:
                    ids.add(file.metric_id)
        return [(catalog.services[name], ids) for name, ids in wanted.items()]


def the_registry() -> Registry:
    """The registry of this project."""
    return Registry(load_settings())


def instant_of(option: str, text: str | None, *, end: bool = False) -> datetime | None:
    """The instant that `text` writes: a date (its begin, or its last moment with `end`) or an ISO-8601 instant.

    Without an offset it is UTC. Raises UsageProblem.
    """
    if text is None:
        return None
    try:
        if len(text) == len("2026-01-01"):
            return datetime.combine(date.fromisoformat(text), time.max if end else time.min, UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem(f"{option} {text}: write a date such as 2026-02-23, or 2026-02-23T14:00:00") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

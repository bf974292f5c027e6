"""What Dagster shows of a day of KPI events: numbers to plot, and a table of the days up to it.

It must not read events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.components.markdown_tables import markdown_table
from heartbeat_assets.governance.daily import DAY_COLUMNS, DayFigures, day_row
from heartbeat_assets.ledger import KpiSeries

_DAYS_SHOWN = 14
_NUMBERS = ("events", "successes", "failures", "success_rate", "mean", "p50_ms", "p95_ms")


def of_day(figures: DayFigures, known: Sequence[Mapping[str, Any]], file: Path) -> dict[str, Any]:
    """The figures of a day; what there is none of is left out, so that a plot has a gap there and no 0."""
    document = figures.document
    numbers = {name: document[name] for name in _NUMBERS if document[name] is not None}
    up_to = [one for one in known if one["day"] <= document["day"]][-_DAYS_SHOWN:]
    rows = [day_row(one) for one in reversed(up_to)]
    return {
        **numbers,
        "dagster/row_count": figures.events,
        "last_days": dg.MetadataValue.md(markdown_table(DAY_COLUMNS, rows)),
        "file": dg.MetadataValue.path(str(file)),
    }


def of_series(series: Sequence[KpiSeries], listed: Sequence[str]) -> dict[str, Any]:
    """Which series the ledger has, and which of them the file lists."""
    rows = [
        [
            f"{one.domain}.{one.metric}",
            "yes" if f"{one.domain}.{one.metric}" in listed else "no",
            f"{one.first_at:%Y-%m-%d %H:%M}",
            f"{one.last_at:%Y-%m-%d %H:%M}",
        ]
        for one in series
    ]
    table = markdown_table(["series", "listed", "first event (UTC)", "last event (UTC)"], rows)
    return {"series": len(series), "all": dg.MetadataValue.md(table)}

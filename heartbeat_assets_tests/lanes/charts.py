"""Backtests of made-up histories, for the tests of their chart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from heartbeat_assets.lanes.backtest import Backtest, backtest
from heartbeat_assets.lanes.history import import_entries
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets_tests.lanes.histories import another, at, row_of, rows_of


def charted(
    lane: Lane,
    rows: list[Document],
    limits: Mapping[str, str] | None = None,
    *,
    since: datetime | None = None,
    now: datetime | None = None,
) -> Backtest:
    """A backtest with curves over `rows`; now is day 50 unless said otherwise."""
    lane = another(lane)
    lines = [json.dumps({**row, "n": number}).encode() for number, row in enumerate(rows)]
    open_ledger(lane.settings.ledger_url).import_entries(lane.name, import_entries(rows_of(lines)))
    return backtest(lane, limits=limits, since=since, now=now or at(50), with_curves=True)


def calm_with_a_drop(**more: Any) -> list[Document]:
    """Forty good days but for days 10 to 12, when nobody opened the evidence; day 12 has no waiting time."""
    return [
        row_of(day, drilldown=0.05 if 10 <= day <= 12 else 0.5, wait=None if day == 12 else 30.0 + day) | more
        for day in range(40)
    ]

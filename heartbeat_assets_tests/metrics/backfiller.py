"""A process that backfills the shop in FOLDER in batches of BATCH values over HOURS ticks, and tells of each batch.

It takes its time between batches, so that it can be killed in the middle of its work.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from unittest import mock

from heartbeat_assets.ledger import MetricStore, NewValue, open_ledger
from heartbeat_assets.metrics import compute
from heartbeat_assets.metrics.catalog import load_catalog
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.metrics.projects import PROGRAM
from heartbeat_assets_tests.metrics.timed_shop import NOW, hours

append_values = MetricStore.append_values


def telling(store: MetricStore, values: Sequence[NewValue]) -> int:
    """Appends, tells how many were new, and rests."""
    count = append_values(store, values)
    print(count, flush=True)
    time.sleep(0.2)
    return count


def main(folder: Path, batch: int, ticks: list[datetime]) -> None:
    settings = Settings(folder, folder / "defs", folder / "home", str(folder / "home" / "ledger.sqlite"))
    catalog = load_catalog(settings)
    store = open_ledger(settings.ledger_url).metrics
    with mock.patch.object(compute, "_BATCH", batch), mock.patch.object(MetricStore, "append_values", telling):
        compute.compute_metrics(catalog, catalog.services["shop"], store, actor=PROGRAM, ticks=ticks, now=NOW)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), hours(int(sys.argv[3])))

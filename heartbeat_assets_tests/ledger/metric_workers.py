"""What the processes of the process tests of metrics do. Each function runs in a process of its own."""

from pathlib import Path
from typing import Any

from heartbeat_assets.ledger import StaleMetric, open_ledger
from heartbeat_assets_tests.ledger.metric_entries import PERSON, change, value

NAME = "metric_{}"


def edit_at_once(url: str, metric_id: str, barrier: Any, rounds: int, report: Path) -> None:
    """Looks at a metric and edits what it saw, in step with the others; notes the place of each edit that won."""
    metrics = open_ledger(url).metrics
    with report.open("w") as notes:
        for number in range(rounds):
            row = metrics.row(metric_id)
            assert row is not None
            barrier.wait(60)
            owner = change("owner", f"{report.name}-{number}@example.com")
            try:
                (event,) = metrics.append_events(metric_id, [owner], PERSON, if_place=row.place)
                notes.write(f"{event.place}\n")
            except StaleMetric as error:
                seen = error.current
                assert seen is not None
                assert seen.place > row.place
            # The next look comes after every edit of this round.
            barrier.wait(60)


def compute_at_once(url: str, barrier: Any, rounds: int, report: Path) -> None:
    """Records the values of tick after tick, as others do too; notes how many were new."""
    metrics = open_ledger(url).metrics
    barrier.wait(60)
    with report.open("w") as notes:
        for number in range(rounds):
            notes.write(f"{metrics.append_values([value(NAME.format(n), number) for n in range(5)])}\n")

"""The days of a series that were worked out so far, kept as a file others may read: one JSON document a series.

A file is replaced in one step, and two writers wait for each other. It must not work out figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from filelock import FileLock

from heartbeat_assets.files import write_atomically
from heartbeat_assets.governance.daily import DayFigures

FOLDER = "kpi_events"
"""Below HEARTBEAT_HOME."""


def book_file(home: Path, domain: str, metric: str) -> Path:
    """The file of a series: `kpi_events/WHOLESALE.contract_rate.json`."""
    return home / FOLDER / f"{domain}.{metric}.json"


def keep_days(home: Path, domain: str, metric: str, figures: Iterable[DayFigures]) -> list[dict[str, Any]]:
    """Puts `figures` into the file, in place of what it had of these days; returns all its days, oldest first.

    Raises OSError when the file cannot be written.
    """
    file = book_file(home, domain, metric)
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f".{file.name}.lock")):
        days = {str(one["day"]): one for one in known_days(file)} | {
            one.day.isoformat(): one.document for one in figures
        }
        kept = [days[day] for day in sorted(days)]
        document = {"domain": domain, "metric": metric, "days": kept}
        write_atomically(file, json.dumps(document, indent=1) + "\n")
    return kept


def known_days(file: Path) -> list[dict[str, Any]]:
    """The days in `file`; none when it is not there, or is no such file: it is made of the ledger, and made anew."""
    try:
        days = json.loads(file.read_text(encoding="utf-8"))["days"]
        return [dict(one) for one in days if "day" in one]
    except (OSError, ValueError, TypeError, KeyError):
        return []

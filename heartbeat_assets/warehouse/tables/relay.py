"""Rows that another database hands over one by one, put where the engine reads them: a CSV file in scratch.

Faster than handing them to the engine from Python, and a null stays apart from an empty text by a mark of its own.
It must not know which database.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heartbeat_assets.warehouse.tables.csv_files import reader_options
from heartbeat_assets.warehouse.tables.plain import new_file
from heartbeat_assets.warehouse.tables.rows import Raw, Rows
from heartbeat_assets.warehouse.tables.sql import file_list, literal


@dataclass(frozen=True)
class Relay:
    """A file for the rows on their way. Whoever selects them puts `null` where there is no value."""

    file: Path
    null: str

    def take(self, rows: Iterable[Sequence[Any]]) -> None:
        """Writes `rows`: texts and numbers, and `null`."""
        with self.file.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, lineterminator="\r\n").writerows(rows)

    def rows(self, types: Mapping[str, str], where: str) -> Rows:
        """What was taken, with the columns and SQL `types` it has; `where` names it in messages."""
        raw = {
            name: Raw(f"c{place}" if type_ == "VARCHAR" else f"CAST(c{place} AS {type_})", type_)
            for place, (name, type_) in enumerate(types.items())
        }
        columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(types)))
        scan = f"""read_csv({file_list([self.file])}, auto_detect=false, columns={{{columns}}}, header=false, delim=',',
            quote='"', escape='"', nullstr={literal(self.null)}, compression='none',
            {reader_options(parallel=False, even=True)})"""
        return Rows(scan, raw, where)


def new_relay(folder: Path) -> Relay:
    """A relay through a file in `folder` with a mark that no value is."""
    return Relay(new_file(folder), f"null {uuid.uuid4().hex}")

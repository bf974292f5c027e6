"""Whether a source of rows can say when its rows happened, by its settings and by its columns as they were read.

Each mistake is a sentence without its beginning, as lanes and services name the item. It must not read a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from heartbeat_assets.sources.spec import RowsSource


def rows_conflicts(name: str, source: RowsSource) -> Iterator[str]:
    """What is wrong with the settings of the source `name`, each a sentence that names the item."""
    if not source.required and not source.columns:
        yield f"sources.{name}: is not required, so list its `columns`: an empty table stands in for it"
    column, columns = source.period_column, source.columns
    if column is None or not columns:
        return
    where = f"sources.{name}.period_column"
    if column not in columns:
        close = get_close_matches(column, columns, n=1, cutoff=0.8)
        instead = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(columns)}"
        yield f"{where}: no column {column!r} under `columns`; {instead}"
    elif columns[column] not in ("timestamp", "date"):
        yield f"{where}: column {column!r} is {columns[column]}; it must be a timestamp or a date"


def period_column_problem(column: str, kinds: Mapping[str, str]) -> str | None:
    """Why `column` does not say when, in a source whose columns have the engine's types `kinds`; None when it does."""
    if column not in kinds:
        return f"no column {column!r}; there are {', '.join(kinds)}"
    if not kinds[column].startswith(("TIMESTAMP", "DATE")):
        return f"column {column!r} is {kinds[column]}; list it under `columns` as timestamp or date"
    return None

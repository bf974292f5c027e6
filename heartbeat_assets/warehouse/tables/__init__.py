"""Rows with columns, wherever they are, as tables that SQL can read: files, databases, the warehouse.

`adding` is the door to a reader per format. It must not know lanes or what the columns mean.
"""

from heartbeat_assets.warehouse.tables.adding import (
    COLUMN_TYPES,
    FORMATS,
    ColumnsMissing,
    TableAt,
    TableMissing,
    TableProblem,
    TableSeen,
    TableUnreadable,
    add_table,
    table_files,
)

__all__ = [
    "COLUMN_TYPES",
    "FORMATS",
    "ColumnsMissing",
    "TableAt",
    "TableMissing",
    "TableProblem",
    "TableSeen",
    "TableUnreadable",
    "add_table",
    "table_files",
]

"""Rows with columns, wherever they are, as tables that SQL can read: files, databases, the warehouse.

`adding` is the door to a reader per format. It must not know lanes or what the columns mean.
"""

from heartbeat_assets.warehouse.tables.adding import TableSeen, add_table, table_files
from heartbeat_assets.warehouse.tables.columns import COLUMN_TYPES
from heartbeat_assets.warehouse.tables.files import FORMATS, TableAt
from heartbeat_assets.warehouse.tables.problems import ColumnsMissing, TableMissing, TableProblem, TableUnreadable

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

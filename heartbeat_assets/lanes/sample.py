"""What a new lane is made from: rows, their columns with types, and two KPIs that surely work over them.

Looks at a file once. It must not write anything.
"""

from __future__ import annotations

import math
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.errors import InputMissing, InputUnreadable
from heartbeat_assets.settings import Settings
from heartbeat_assets.telemetry.typed_sql import identifier
from heartbeat_assets.warehouse import QueryProblem, connect, one_row
from heartbeat_assets.warehouse.tables import TableAt, TableMissing, TableProblem, add_table

# SQL type to what `columns` calls it; what is not here is read as text.
_COLUMN_TYPES = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "integer"),
    **dict.fromkeys(("UBIGINT", "HUGEINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL"), "number"),
    **dict.fromkeys(("STRUCT", "MAP", "LIST", "JSON"), "json"),
    "BOOLEAN": "boolean",
    "DATE": "date",
}
# Names a source cannot have, since the lane has tables or assets of those names.
_TAKEN = ("rollup", "sources", "period", "digest", "heartbeat", "heartbeat_compacted", "published")
_LONGEST = 50
_LENIENT_SHARE = 0.05


@dataclass(frozen=True)
class Sample:
    """Rows at `path` (their `table`, in a database) as the table `source`, and two KPIs: a count and a share."""

    path: str
    table: str
    source: str
    sql_table: str
    source_description: str
    columns: Mapping[str, str]
    description: str
    count_kpi: str
    count_description: str
    count_min: int
    ratio_kpi: str
    ratio_description: str
    ratio_max: float
    condition: str

    def at(self, path: str) -> Sample:
        """The same rows at another path."""
        return replace(self, path=path)

    def words(self) -> dict[str, Any]:
        """What fills the template of defs.yaml, as YAML."""
        texts = ("path", "source", "source_description", "description", "count_description", "ratio_description")
        return {
            **{name: as_yaml(getattr(self, name)) for name in texts},
            **{name: getattr(self, name) for name in ("count_kpi", "count_min", "ratio_kpi", "ratio_max")},
            "table": f"      table: {as_yaml(self.table)}\n" if self.table else "",
            "columns": "\n".join(f"        {as_yaml(name)}: {kind}" for name, kind in self.columns.items()),
        }

    def sql_words(self) -> dict[str, str]:
        """What fills the template of digest.sql."""
        names = {name: getattr(self, name) for name in ("count_kpi", "ratio_kpi", "condition")}
        return {**names, "table": self.sql_table}


def sample_of(settings: Settings, rows: Path, table: str = "") -> Sample:
    """A sample over the file, folder or glob `rows`: its columns as they are found, and KPIs it keeps to now.

    Raises InputMissing or InputUnreadable.
    """
    rows = rows.expanduser().absolute()
    source = _source_name(table.rpartition(".")[2] or rows.name.partition(".")[0])
    where = str(rows.relative_to(settings.project)) if rows.is_relative_to(settings.project) else str(rows)
    columns, without_value = _look(rows, table)
    if not columns:
        raise InputUnreadable(f"{rows}: has no columns; give rows with columns")
    # The first column that lacks values says most; where none does, the first column will do.
    column = next((name for name, share in without_value.items() if share > 0), next(iter(columns)))
    share = without_value[column]
    return Sample(
        path=where,
        table=table,
        source=source,
        # In quotes, since a file may well be called like a word of SQL.
        sql_table=identifier(source),
        source_description=f"Rows of {rows.name}.",
        columns=columns,
        description=f"Whether {source} has rows, and whether they are complete.",
        count_kpi="rows_total",
        count_description="How many rows there are.",
        count_min=1,
        ratio_kpi=f"{name_like(column, 'first_column')}_missing_rate",
        ratio_description=f"Share of the rows without a value in column {column}.",
        ratio_max=max(_LENIENT_SHARE, math.ceil(share * 100) / 100),
        condition=f"{identifier(column)} IS NULL",
    )


def as_yaml(text: str) -> str:
    """`text` as YAML that reads back as just that, on one line."""
    style = None if text.isprintable() else '"'
    written = yaml.safe_dump(text, allow_unicode=True, width=math.inf, default_style=style)
    return str(written).removesuffix("\n").removesuffix("\n...")


def _look(rows: Path, table: str) -> tuple[dict[str, str], dict[str, float]]:
    """The columns of `rows` with what `columns` calls their types, and the share of rows without each."""
    with tempfile.TemporaryDirectory(prefix="heartbeat-") as scratch, connect(Path(scratch)) as connection:
        try:
            seen = add_table(connection, "rows_of_file", TableAt(str(rows), table=table), {}, Path(scratch))
            columns = {name: _column_type(kind) for name, kind in seen.columns if name}
            counts = ", ".join(f"count({identifier(name)})" for name in columns)
            row = list(one_row(connection, f"SELECT count(*), {counts} FROM rows_of_file").values()) if columns else []
        except TableMissing as problem:
            raise InputMissing(str(problem)) from problem
        except (TableProblem, QueryProblem) as problem:
            hint = "; name it by --from-table" if not table and "say which table" in str(problem) else ""
            raise InputUnreadable(f"{problem}{hint}") from problem
    total, *known = row or [0]
    shares = {name: 1 - count / total if total else 0.0 for name, count in zip(columns, known, strict=True)}
    return columns, shares


def _column_type(kind: str) -> str:
    """What `columns` calls an SQL type: DECIMAL(18,3) is number, TIMESTAMP WITH TIME ZONE timestamp."""
    if kind.endswith("]"):
        return "json"
    plain = kind.partition("(")[0]
    return "timestamp" if plain.startswith("TIMESTAMP") else _COLUMN_TYPES.get(plain, "text")


def name_like(text: str, otherwise: str) -> str:
    """`text` as a name: lower-case letters, digits and _, starting with a letter; `otherwise` when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"[^a-z0-9]+", "_", plain.lower()).lstrip("_0123456789")[:_LONGEST].rstrip("_")
    return name or otherwise


def _source_name(text: str) -> str:
    name = name_like(text, "rows")
    return f"{name}_rows" if name in _TAKEN else name

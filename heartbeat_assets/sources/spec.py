"""What SQL may read: the kinds of sources and their settings.

A new kind is a model here, a reader in `tables` or `opening` and a line in docs/lane-reference.md. It must not
open anything.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from heartbeat_assets.specs.fields import Flag, Model, Name, Words

_COLUMNS = ("session_id", "event", "ts_us", "elapsed_ms")


def free_name(name: str) -> str:
    """`name` unless every event has a column of that name already. Raises ValueError."""
    if name in _COLUMNS:
        raise ValueError(f"{name!r} is a column of every event already; choose another name")
    return name


def event_token(event: str) -> str:
    """`event` when it is written as events are compared. Raises ValueError."""
    wanted = re.sub(r"[\s-]", "_", event.strip().lower())
    if not wanted:
        raise ValueError("an event needs a name")
    if event != wanted:
        raise ValueError(f"{event!r} is compared as a token; write {wanted!r}")
    return event


def _as_in_the_ledger(part: Literal["domain", "metric"], name: str) -> str:
    """`name` as the ledger spells domains or metrics. Raises ValueError."""
    from heartbeat_assets.ledger import WrongKpiEvent
    from heartbeat_assets.ledger.kpi_records import domain_of, metric_of

    try:
        return domain_of(name) if part == "domain" else metric_of(name)
    except WrongKpiEvent as problem:
        raise ValueError(problem.sentence) from problem


SetName = Annotated[Name, AfterValidator(free_name)]
ColumnType = Literal["text", "integer", "number", "boolean", "timestamp", "date", "json"]
Token = Annotated[str, AfterValidator(event_token)]
Domain = Annotated[Words, AfterValidator(partial(_as_in_the_ledger, "domain"))]
Metric = Annotated[Words, AfterValidator(partial(_as_in_the_ledger, "metric"))]

KPI_COLUMNS: dict[str, ColumnType] = {
    "domain": "text", "metric": "text", "ts_us": "integer", "success": "boolean", "value": "number",
    "duration_ms": "number", "actor": "text", "correlation_id": "text", "detail": "text", "seq": "integer",
}  # fmt: skip
"""What SQL sees of a source of kind `kpi_events`."""


class SourceModel(Model):
    """What every kind of source has."""

    description: str = Field("", description="What it is and where it comes from.")
    required: Flag = Field(True, description="Whether the digest is an error without it.")
    asset: Name | None = Field(None, description="Name of its Dagster asset; default: the source's name.")
    listed_as: str | None = Field(None, description="How the digest's `telemetry_sources` names it when it was read.")


class FileSource(SourceModel):
    """A source that is files."""

    path: Words = Field(description="File, folder or glob, relative to the project.")

    @property
    def place(self) -> str:
        """Where it is, as a person says it."""
        return self.path


class EventsSource(FileSource):
    """NDJSON telemetry: one event a line, read into session_id, event, ts_us and elapsed_ms."""

    kind: Literal["events"] = Field(description="events: NDJSON telemetry, read once into typed Parquet.")
    event_sets: dict[SetName, Annotated[list[Token], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Set name to event names; each set is a BOOLEAN column of the source's table.",
    )


class JsonSource(FileSource):
    """One JSON object in a file: a table of one row with the column `doc`."""

    kind: Literal["json"] = Field(description="json: a file that holds one JSON object.")


class RowsSource(SourceModel):
    """What every source of rows with columns has."""

    columns: dict[Words, ColumnType] = Field(
        default_factory=dict,
        description="Column to text, integer, number, boolean, timestamp, date or json: the columns digest.sql sees, "
        "each of which must be there; default: all columns, typed as they are found.",
    )
    period_column: Words | None = Field(
        None, description="The timestamp or date that says which of the lane's `partitions` a row belongs to."
    )


class TableSource(RowsSource, FileSource):
    """Rows with columns in files: a table of its own name."""

    kind: Literal["table"] = Field(
        description="table: rows in CSV, NDJSON, JSON or Parquet files, or in a SQLite or DuckDB file."
    )
    format: Literal["auto", "csv", "parquet", "json", "ndjson", "sqlite", "duckdb"] = Field(
        "auto", description="csv, parquet, json, ndjson, sqlite or duckdb; default: auto, by name and content."
    )
    table: Words | None = Field(None, description="The table in a SQLite or DuckDB file; default: the source's name.")


class WarehouseSource(RowsSource):
    """A table of the warehouse that HEARTBEAT_WAREHOUSE_URL names, read only."""

    kind: Literal["warehouse"] = Field(description="warehouse: a table of the warehouse HEARTBEAT_WAREHOUSE_URL names.")
    table: Words = Field(description="The table there, as `table` or `schema.table`.")

    @property
    def place(self) -> str:
        """Where it is, as a person says it."""
        return f"table {self.table} of the warehouse"


class KpiEventsSource(SourceModel):
    """KPI events that product code has emitted: a table of KPI_COLUMNS, read from the configured ledger."""

    kind: Literal["kpi_events"] = Field(description="kpi_events: what product code has emitted, from the ledger.")
    domain: Domain = Field(description="The domain of the events, for example `WHOLESALE`.")
    metric: Metric | None = Field(None, description="The one metric of the domain; default: all of them.")

    @property
    def place(self) -> str:
        """Where it is, as a person says it."""
        return f"the KPI events {self.domain}{f'.{self.metric}' if self.metric else ''} of the ledger"


Source = Annotated[
    EventsSource | JsonSource | TableSource | WarehouseSource | KpiEventsSource, Field(discriminator="kind")
]


def event_instants(source: Source) -> str | None:
    """The column in which each row of `source` says when it happened, in microseconds since 1970; None without one.

    A kind of source has it by itself; the `period_column` of others is of another type.
    """
    return "ts_us" if isinstance(source, EventsSource | KpiEventsSource) else None

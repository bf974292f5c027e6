"""What a lane may read: the kinds of sources and their settings.

A new kind is a model here, a reader in `inputs` and a line in docs/lane-reference.md. It must not open anything.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from heartbeat_assets.lanes.spec_fields import Model, Name, Words

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


SetName = Annotated[Name, AfterValidator(free_name)]
Token = Annotated[str, AfterValidator(event_token)]


class SourceModel(Model):
    """What every kind of source has."""

    path: Words = Field(description="File, folder or glob, relative to the project.")
    description: str = Field("", description="What it is and where it comes from.")
    required: bool = Field(True, description="Whether the digest is an error without it.")
    asset: Name | None = Field(None, description="Name of its Dagster asset; default: the source's name.")
    listed_as: str | None = Field(None, description="How the digest's `telemetry_sources` names it when it was read.")


class EventsSource(SourceModel):
    """NDJSON telemetry: one event a line, read into session_id, event, ts_us and elapsed_ms."""

    kind: Literal["events"] = Field(description="events: NDJSON telemetry, read once into typed Parquet.")
    event_sets: dict[SetName, list[Token]] = Field(
        default_factory=dict,
        description="Set name to event names; each set is a BOOLEAN column of the source's table.",
    )


class JsonSource(SourceModel):
    """One JSON object in a file: a table of one row with the column `doc`."""

    kind: Literal["json"] = Field(description="json: a file that holds one JSON object.")

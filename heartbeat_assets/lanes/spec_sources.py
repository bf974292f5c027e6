"""What a lane may read: the kinds of sources and their settings.

A new kind is a model here, a reader in `inputs` and a line in docs/lane-reference.md. It must not open anything.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

_RESERVED = {"session_id", "event", "ts_us", "elapsed_ms"}
SetName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]


class Model(BaseModel):
    """Base of everything in defs.yaml: a word that means nothing is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class SourceModel(Model):
    """What every kind of source has."""

    path: str = Field(description="File, folder or glob, relative to the project.")
    description: str = Field("", description="What it is and where it comes from.")
    required: bool = Field(True, description="Whether the digest is an error without it.")
    asset: SetName | None = Field(None, description="Name of its Dagster asset; default: the source's name.")
    listed_as: str | None = Field(None, description="How the digest's `telemetry_sources` names it when it was read.")


class EventsSource(SourceModel):
    """NDJSON telemetry: one event a line, read into session_id, event, ts_us and elapsed_ms."""

    kind: Literal["events"] = Field(description="events: NDJSON telemetry, read once into typed Parquet.")
    event_sets: dict[SetName, list[str]] = Field(
        default_factory=dict,
        description="Set name to event names; each set is a BOOLEAN column of the source's table.",
    )

    @field_validator("event_sets")
    @classmethod
    def _tokens(cls, sets: dict[str, list[str]]) -> dict[str, list[str]]:
        for name, events in sets.items():
            if name in _RESERVED:
                raise ValueError(f"{name}: is a column of every event already; choose another name")
            for event in events:
                wanted = re.sub(r"[\s-]", "_", event.strip().lower())
                if event != wanted or not event:
                    raise ValueError(f"{name}: {event!r} is compared as a token; write {wanted!r}")
        return sets


class JsonSource(SourceModel):
    """One JSON object in a file: a table of one row with the column `doc`."""

    kind: Literal["json"] = Field(description="json: a file that holds one JSON object.")

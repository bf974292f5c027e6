"""The documents of the API as models, for its OpenAPI description. What is in them is said by `metrics.document`.

They describe and do not convert: an answer is the document itself. A test holds the two together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["green", "amber", "red", "no_data"]
Direction = Literal["higher_is_better", "lower_is_better"]
VerificationState = Literal["unverified", "verified"]


class BenchmarkDocument(BaseModel):
    """What is normal for a metric. Informational: nothing is judged by it."""

    window_days: int
    count: int = Field(description="How many values it was made from.")
    mean: float | None
    stddev: float | None
    median: float | None
    mad: float | None
    computed_at: datetime


class MetricDocument(BaseModel):
    """A metric: what its file says, what people decided, what it is now."""

    metric_id: str
    service: str
    code: str | None = Field(description="Four characters; null once the file is gone.")
    name: str | None
    period: str | None
    unit: str | None
    direction: Direction | None
    description: str | None
    how_to_read: str | None
    methodology: str | None
    sources: list[str]
    tags: list[str]
    every: Literal["hour", "day"] | None
    owner: str | None
    norm_value: float | None
    alert_value: float | None
    recovery_value: float | None
    target_due_date: date | None
    verification_state: VerificationState
    verified_until: datetime | None
    value: float | None
    status: Status
    tick: datetime | None = Field(description="The instant the value is about.")
    computed_at: datetime | None
    source_as_of: datetime | None = Field(description="How far the sources had come.")
    error: str | None = Field(description="Why there is no value.")
    benchmark: BenchmarkDocument | None
    stage: int = Field(ge=1, le=10, description="Where the metric is in its life.")
    sql: str | None
    sql_hash: str | None
    differences: list[str] = Field(description="Where the file says other than the operators.")
    registered: bool
    retired: bool
    problem: str | None = Field(description="What is wrong with the file.")


class ValueDocument(BaseModel):
    """One tick of a metric."""

    tick: datetime
    value: float | None
    status: Status
    computed_at: datetime
    source_as_of: datetime | None
    sql_hash: str
    revision: int
    error: str | None


class VerificationChange(BaseModel):
    """What people decide about a metric. What is left out stays as it is; null takes it away."""

    model_config = ConfigDict(extra="forbid")

    owner: str | None = Field(default=None, description="An e-mail address.")
    verification_state: VerificationState | None = None
    norm_value: float | None = None
    alert_value: float | None = None
    recovery_value: float | None = None
    target_due_date: date | None = None
    reason: str | None = Field(default=None, description="Why; kept in the audit trail.")


class KpiEventDocument(BaseModel):
    """An event of application code: give one of `success` and `value`."""

    model_config = ConfigDict(extra="forbid")

    domain: str = Field(description="Upper-cased.", examples=["WHOLESALE"])
    metric: str = Field(description="Lower-cased.", examples=["offer_sent"])
    success: bool | None = None
    value: float | None = Field(default=None, description="A finite number.")
    duration_ms: float | None = Field(default=None, description="How long it took; beside `success` only.")
    actor: str | None = Field(default=None, description="Who or what did it.")
    correlation_id: str | None = Field(default=None, description="What it belongs to.")
    detail: Any = Field(default=None, description="More about it: a text, or anything that JSON can say.")
    at: datetime | None = Field(default=None, description="When, with its zone; default: now.")


class RecordedDocument(BaseModel):
    """What was recorded."""

    recorded: int


class LaneDocument(BaseModel):
    """A lane and how it stands."""

    lane: str
    description: str
    owners: list[str]
    status: Literal["ok", "degraded", "failed"]
    entries_total: int | None
    latest_run_at: str
    blocked: bool = Field(description="Whether publishing is held back.")
    blocked_since: str
    strict_fail_reasons: list[str]
    error: str | None = Field(description="What is wrong with the lane's files.")


class WindowDocument(BaseModel):
    """The verdict over the last heartbeats of a lane. What else is in it depends on the lane's KPIs and gates."""

    model_config = ConfigDict(extra="allow")

    generated_at: str
    strict: bool
    window_last: int
    thresholds: dict[str, float | None]
    entries_total: int
    entries_in_window: int
    malformed_entries_in_window: int
    status_counts: dict[str, int]
    latest: dict[str, Any]
    checks: dict[str, bool]
    strict_fail_reasons: list[str]
    status: Literal["ok", "degraded", "failed"]


class ProblemDocument(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    field: str | None = Field(default=None, description="The field that is wrong (422).")
    index: int | None = Field(default=None, description="Which event of a batch is wrong (422), from 0.")
    current: MetricDocument | None = Field(default=None, description="What the metric is now (409).")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem answers of an operation, for its description."""
    told = {
        304: "Nothing has changed.",
        400: "The request cannot be read.",
        401: "Nobody is signed in, or the token is nobody's.",
        403: "The request comes from another site, or carries no CSRF token.",
        404: "There is no such thing.",
        409: "Somebody else was faster; `current` is what the metric is now.",
        413: "The request is too large.",
        415: "The body is not JSON.",
        422: "A value cannot be what was asked for; `field` names it.",
        428: "If-Match is missing.",
        429: "Too many sign-ins have failed; Retry-After says how long to wait.",
        503: "The ledger cannot be reached.",
    }
    return {
        status: {"description": told[status]} | ({} if status == 304 else {"model": ProblemDocument})
        for status in statuses
    }

"""KPI events as plain values: one that is to be recorded, one that is, and which series there are.

A new event is right once it exists: names are spelled alike, numbers finite, texts no longer than there is room for.
Nothing here touches a database, and nothing here knows what is good or bad.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from heartbeat_assets.ledger.errors import LedgerError
from heartbeat_assets.ledger.kpi_detail import detail_text
from heartbeat_assets.ledger.kpi_guards import LONGEST_NAME

LONGEST_LABEL = 200
_DOMAIN = re.compile(rf"[A-Z0-9_-]{{1,{LONGEST_NAME}}}")
_METRIC = re.compile(rf"[a-z0-9_.-]{{1,{LONGEST_NAME}}}")


class WrongKpiEvent(LedgerError):
    """An event cannot be recorded as it is; `field` is the one that is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


class KpiEventRefused(LedgerError):
    """The database itself does not take an event, now or later."""


@dataclass(frozen=True, slots=True)
class NewKpiEvent:
    """An event that is to be recorded: a success or failure (perhaps with how long it took), or a value.

    `domain` is upper-cased and `metric` lower-cased. `detail` may be given as a mapping or any other value, and is
    then its JSON. Without `at` it is now. Raises WrongKpiEvent.
    """

    domain: str
    metric: str
    success: bool | None = None
    value: float | None = None
    duration_ms: float | None = None
    actor: str | None = None
    correlation_id: str | None = None
    detail: Any = None
    at: datetime | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "domain", domain_of(self.domain))
        put(self, "metric", metric_of(self.metric))
        if self.success is not None and not isinstance(self.success, bool):
            raise WrongKpiEvent("success", "must be true or false")
        if self.value is not None:
            put(self, "value", _number("value", self.value))
        if (self.success is None) == (self.value is None):
            raise WrongKpiEvent("value", "give either success or a value, and not both")
        if self.duration_ms is not None:
            put(self, "duration_ms", _duration(self.duration_ms, self.success))
        for field, label in (("actor", self.actor), ("correlation_id", self.correlation_id)):
            if label is not None:
                put(self, field, _label(field, label))
        if self.detail is not None:
            put(self, "detail", detail_text(self.detail))
        put(self, "at", datetime.now(UTC) if self.at is None else _instant(self.at))


@dataclass(frozen=True, slots=True)
class KpiEvent:
    """A recorded event. `recorded_by` is who was signed in when it came from outside, None for a program's own."""

    seq: int
    domain: str
    metric: str
    success: bool | None
    value: float | None
    duration_ms: float | None
    actor: str | None
    correlation_id: str | None
    detail: str | None
    at: datetime
    recorded_by: str | None


@dataclass(frozen=True, slots=True)
class KpiSeries:
    """The events of one domain and metric, from when to when."""

    domain: str
    metric: str
    first_at: datetime
    last_at: datetime


@lru_cache(maxsize=4096)
def _spelled(field: str, name: str, pattern: re.Pattern[str]) -> str:
    spelled = name.strip().upper() if field == "domain" else name.strip().lower()
    if not pattern.fullmatch(spelled):
        letters = "letters A-Z, digits, _ and -" if field == "domain" else "letters a-z, digits, _, . and -"
        example = "BUYER_MATCH" if field == "domain" else "offer_sent"
        raise WrongKpiEvent(
            field, f"{_shown(name)} is no name; use 1 to {LONGEST_NAME} {letters}, without blanks, as {example}"
        )
    return spelled


def domain_of(name: str) -> str:
    """`name` as domains are spelled. Raises WrongKpiEvent."""
    if not isinstance(name, str):
        raise WrongKpiEvent("domain", "must be a text, as BUYER_MATCH")
    return _spelled("domain", name, _DOMAIN)


def metric_of(name: str) -> str:
    """`name` as metrics of events are spelled. Raises WrongKpiEvent."""
    if not isinstance(name, str):
        raise WrongKpiEvent("metric", "must be a text, as offer_sent")
    return _spelled("metric", name, _METRIC)


def _number(field: str, number: Any) -> float:
    if isinstance(number, bool | str | bytes):
        raise WrongKpiEvent(field, "must be a number; success and failure are no numbers")
    try:
        converted = float(number)
    except (TypeError, ValueError, OverflowError):
        raise WrongKpiEvent(field, "must be a number, not beyond 1.7e308") from None
    if not math.isfinite(converted):
        raise WrongKpiEvent(field, f"is {converted}; only finite numbers are recorded")
    return converted


def _duration(duration_ms: Any, success: bool | None) -> float:
    duration = _number("duration_ms", duration_ms)
    if duration < 0:
        raise WrongKpiEvent("duration_ms", f"is {duration}; nothing takes less than no time")
    if success is None:
        raise WrongKpiEvent("duration_ms", "goes with success only; record how long something took as its value")
    return duration


def _label(field: str, label: Any) -> str:
    text = str(label)
    if len(text) > LONGEST_LABEL:
        raise WrongKpiEvent(field, f"has {len(text):,} letters; {LONGEST_LABEL} is the most, the rest fits into detail")
    return text


def _instant(at: Any) -> datetime:
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise WrongKpiEvent("at", "must be a time with its zone, as 2026-02-23T14:31:05+00:00")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise WrongKpiEvent("at", "is no instant that can be written in UTC") from None


def _shown(name: str) -> str:
    return repr(name if len(name) <= 60 else f"{name[:60]}...")

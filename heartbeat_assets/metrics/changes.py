"""A person's change to a metric: owner, thresholds, due date, verification. Recorded whole or not at all.

The one way to change what operators own, for the terminal, the cockpit and the API alike. It must not compute values,
and nothing but a person comes through it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.ledger import Actor, MetricRow, MetricStore, NewMetricEvent, StaleMetric
from heartbeat_assets.metrics.emails import email_problem
from heartbeat_assets.metrics.spelling import meant_by
from heartbeat_assets.metrics.state import MetricState, state_of
from heartbeat_assets.metrics.thresholds import THRESHOLD_FIELDS

EDITABLE = ("owner", "verification_state", *THRESHOLD_FIELDS, "target_due_date")
"""The fields that a person may change."""

_STATES = ("unverified", "verified")
_LONGEST_REASON = 2000
# How often a change is tried anew when somebody else was faster, where the caller named no place.
_TRIES = 20


class FieldProblem(HeartbeatError):
    """`field` cannot be what was asked for; `sentence` says why, without its subject."""

    exit_code = 2

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        self.sentence = sentence
        super().__init__(f"{field}: {sentence}")


class UnknownMetric(UsageProblem):
    """No metric has the id."""


def change_metric(
    store: MetricStore,
    metric_id: str,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str,
    if_place: int | None = None,
    verify_every: timedelta | None = None,
    now: datetime | None = None,
) -> MetricState:
    """Changes the fields `changes` of a metric (None clears one) and returns its state after that.

    `if_place` is the place of the state that the person saw; without it the newest is changed. A verification lasts
    `verify_every`, None for ever. What is so already makes no event. Raises FieldProblem, UnknownMetric, StaleMetric
    (somebody else was faster), or LedgerError.
    """
    if actor.kind != "person":
        raise UsageProblem(f"{actor.name} is a program; owner, thresholds and verification are changed by people alone")
    why = checked_reason(reason)
    now = now or datetime.now(UTC)
    values = {field: _checked(field, value) for field, value in changes.items()}
    for attempt in range(_TRIES):
        row = current_row(store, metric_id, if_place)
        events = _events(row, values, why, None if verify_every is None else now + verify_every)
        try:
            if events:
                store.append_events(metric_id, events, actor, if_place=row.place)
            break
        except StaleMetric:
            if if_place is not None or attempt == _TRIES - 1:
                raise
    return state_of(store.row(metric_id) or row)


def current_row(store: MetricStore, metric_id: str, if_place: int | None = None) -> MetricRow:
    """The metric as it is, which is registered. Raises UnknownMetric, FieldProblem when it is retired, StaleMetric."""
    row = store.row(metric_id)
    if row is None:
        raise UnknownMetric(f"no metric {metric_id!r} is registered; look at `heartbeat metrics`")
    if if_place is not None and row.place != if_place:
        raise StaleMetric(f"{metric_id} was changed by somebody else meanwhile; look at it again", row)
    if row.registration == "retired":
        sentence = f"{metric_id} was retired on {row.changed_at:%Y-%m-%d}; a retired metric takes no change"
        raise FieldProblem("registration", sentence)
    return row


def checked_reason(reason: Any) -> str:
    """`reason` trimmed. Raises FieldProblem when it is none."""
    if not isinstance(reason, str) or not reason.strip():
        raise FieldProblem("reason", "is required: say in a sentence why the change is made")
    if len(reason.strip()) > _LONGEST_REASON:
        raise FieldProblem("reason", f"must be at most {_LONGEST_REASON} characters long, not {len(reason.strip())}")
    return reason.strip()


def _events(
    row: MetricRow, values: Mapping[str, Any], reason: str, verified_until: datetime | None
) -> list[NewMetricEvent]:
    """The events that make `row` have `values`, in the order of EDITABLE. Raises FieldProblem."""
    values = dict(values)
    before = state_of(row)
    owner = values.get("owner", before.owner)
    if values.get("verification_state") == "verified" and owner is None:
        raise FieldProblem("verification_state", "a metric is verified by its owner; give it an owner first")
    if before.verified and owner is None:
        # Nobody is left who stands behind it.
        values["verification_state"] = "unverified"
    _check_thresholds(before, values)
    after = {field: _text(value) for field, value in values.items()}
    if "verification_state" in values:
        verified = values["verification_state"] == "verified"
        after["verified_until"] = _text(verified_until) if verified else None
    now_is = {field: _text(getattr(row, field)) for field in after}
    order = (*EDITABLE, "verified_until")
    return [
        NewMetricEvent(field, after[field], reason)
        for field in order
        if field in after and after[field] != now_is[field]
    ]


def _check_thresholds(before: MetricState, values: Mapping[str, Any]) -> None:
    """Raises FieldProblem when the thresholds do not fit together any more; names a changed field where it can."""
    limits = {field: values[field] for field in THRESHOLD_FIELDS if field in values}
    if not limits:
        return
    problems = replace(before.thresholds, **limits).problems()
    if problems:
        raise FieldProblem(*next((one for one in problems if one[0] in limits), problems[0]))


def _text(value: Any) -> str | None:
    """`value` as events have it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else value


def _checked(field: str, value: Any) -> Any:
    """`value` as the field has it. Raises FieldProblem."""
    if field not in _READERS:
        meant = meant_by(str(field), EDITABLE)
        instead = f"did you mean {meant!r}?" if meant else f"there are {', '.join(EDITABLE)}"
        raise FieldProblem(str(field), f"is no field that can be changed; {instead}")
    return _READERS[field](field, value)


def _owner(field: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldProblem(field, f"must be an e-mail address, not {_shown(value)}")
    problem = email_problem(value.strip())
    if problem:
        raise FieldProblem(field, problem)
    return value.strip()


def _state(field: str, value: Any) -> str:
    if value not in _STATES:
        raise FieldProblem(field, f"must be {' or '.join(_STATES)}, not {_shown(value)}")
    return str(value)


def _number(field: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        hint = ": write it without quotes" if isinstance(value, str) else ""
        raise FieldProblem(field, f"must be a number, not {_shown(value)}{hint}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FieldProblem(field, f"must be a finite number, not {_shown(value)}")
    # Adding nothing turns -0.0, which is equal to 0.0 but written otherwise, into it.
    return number + 0.0


def _due_date(field: str, value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    # Python reads more forms of ISO 8601 than the one that is kept.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise FieldProblem(field, f"must be a date such as 2026-12-31, not {_shown(value)}")


def _shown(value: Any) -> str:
    """`value` as JSON has it, if that is short."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    try:
        text = repr(value)
    except ValueError:
        # Python writes no integer of more than 4,300 digits.
        return "such a large number"
    return text if len(text) <= 60 else f"{text[:60]}..."


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "owner": _owner,
    "verification_state": _state,
    "norm_value": _number,
    "alert_value": _number,
    "recovery_value": _number,
    "target_due_date": _due_date,
}

"""A metric's three checks by its state at this moment: unverified it only warns, verified and owned it blocks.

The one place that turns a value into a finding, for Dagster, the terminal and the guard of what lies downstream. It
must not read the ledger or compute a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from heartbeat_assets.ledger import MetricValue
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.service_spec import CheckSeverities
from heartbeat_assets.metrics.state import MetricState
from heartbeat_assets.metrics.thresholds import keeps
from heartbeat_assets.metrics.ticks import newest_tick
from heartbeat_assets.metrics.wording import duration_words, instant_words, number_words

Severity = Literal["error", "warn"]
WITHIN_ALERT, WITHIN_NORM, FRESH = "within_alert", "within_norm", "fresh"
CHECKS = (WITHIN_ALERT, WITHIN_NORM, FRESH)


@dataclass(frozen=True)
class MetricFinding:
    """One check of one metric: whether it passed, what a failure would be, and the sentence about it."""

    metric_id: str
    check: str
    passed: bool
    severity: Severity
    sentence: str

    @property
    def blocks(self) -> bool:
        """Whether what depends on the metric must wait."""
        return not self.passed and self.severity == "error"


def metric_findings(
    file: MetricFile, state: MetricState, value: MetricValue | None, severities: CheckSeverities, now: datetime
) -> tuple[MetricFinding, ...]:
    """The three checks of the metric with its newest `value` (None: none yet), in the order of CHECKS."""
    return (
        _within(file, state, value, severities, WITHIN_ALERT),
        _within(file, state, value, severities, WITHIN_NORM),
        _fresh(file, state, value, severities, now),
    )


def severity_now(state: MetricState, configured: Severity) -> Severity:
    """What a failure is for the metric as it stands: nobody is blocked by a number nobody stands behind."""
    return configured if state.verified and state.owner is not None else "warn"


def _within(
    file: MetricFile, state: MetricState, value: MetricValue | None, severities: CheckSeverities, check: str
) -> MetricFinding:
    field, statuses = ("alert_value", ("red",)) if check == WITHIN_ALERT else ("norm_value", ("amber", "red"))
    limit: float | None = getattr(state.thresholds, field)
    severity = severity_now(state, getattr(severities, check))
    if value is None or value.value is None:
        # Nothing to judge is not good news, but whether there is a number at all is what `fresh` is for.
        why = f": {value.error}" if value is not None and value.error else ""
        return MetricFinding(file.metric_id, check, False, "warn", f"{file.metric_id} has no value to judge{why}.")
    said = f"{file.metric_id} was {number_words(value.value, file.header.unit)} at {instant_words(value.tick)}"
    if limit is None:
        return MetricFinding(file.metric_id, check, True, severity, f"{said}; it has no {field}.")
    # By the thresholds of this moment, and by the recorded status where a recovery value keeps a breach open.
    kept = keeps(state.thresholds.direction, value.value, limit)
    passed = kept and (state.thresholds.recovery_value is None or value.status not in statuses)
    edge = "minimum" if state.thresholds.direction == "higher_is_better" else "maximum"
    against = f"its {field.removesuffix('_value')} {edge} {number_words(limit, file.header.unit)}"
    if passed:
        return MetricFinding(file.metric_id, check, True, severity, f"{said}, within {against}.")
    if kept:
        recovery = number_words(state.thresholds.recovery_value or limit, file.header.unit)
        sentence = f"{said}: back within {against}, but not yet at its recovery value {recovery}."
    else:
        sentence = f"{said}, beyond {against}."
    return MetricFinding(file.metric_id, check, False, severity, sentence + _stands_behind(state, severity))


def _fresh(
    file: MetricFile, state: MetricState, value: MetricValue | None, severities: CheckSeverities, now: datetime
) -> MetricFinding:
    severity, name = severity_now(state, severities.fresh), file.metric_id
    expected, allowed = newest_tick(file.header.every, now), file.header.fresh_within_duration
    if value is None:
        return MetricFinding(name, FRESH, False, severity, f"{name} has no value yet.")
    if value.value is None:
        why = value.error or "its query found nothing to measure"
        return MetricFinding(name, FRESH, False, severity, f"{name} has no data at {instant_words(value.tick)}: {why}.")
    if expected - value.tick > max(allowed, timedelta(hours=1)):
        sentence = f"{name} was last computed for {instant_words(value.tick)}; look whether its schedule runs."
        return MetricFinding(name, FRESH, False, severity, sentence)
    if value.source_as_of is None:
        sentence = f"{name} is of {instant_words(value.tick)}; its sources are undated."
        return MetricFinding(name, FRESH, True, severity, sentence)
    age = max(value.tick - value.source_as_of, timedelta())
    said = f"the sources of {name} were {duration_words(age)} old at {instant_words(value.tick)}"
    limit = f"({duration_words(allowed)} are allowed)"
    if age > allowed:
        return MetricFinding(name, FRESH, False, severity, f"{said[0].upper()}{said[1:]} {limit}.")
    return MetricFinding(name, FRESH, True, severity, f"{said[0].upper()}{said[1:]} {limit}.")


def _stands_behind(state: MetricState, severity: Severity) -> str:
    if state.verified and state.owner is not None:
        held = "what depends on it is held" if severity == "error" else "the service lets it only warn"
        return f" {state.owner} stands behind it; {held}."
    return " Nobody has verified it, so it only warns."

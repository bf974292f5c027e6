"""What `lanes check` finds out from the row of digest.sql: columns that are lost, and values as they are now.

Each KPI, gate and precondition is looked at by itself, so that one mistake does not hide the next. It must not run SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.heartbeat import build_row, validation_errors
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.lanes.report import gate_rows, kpi_rows, with_unit
from heartbeat_assets.lanes.sentences import value_text
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.spec_criteria import Kpi
from heartbeat_assets.lanes.values import Document

Tell = Callable[[Path, str], None]
_RANGES = {"ratio": "from 0 to 1", "seconds": "not below 0", "count": "not below 0"}
_JUDGED = ("kpis", "gates", "preconditions", "recorded")
_ANY_INSTANT = datetime(2026, 1, 1, tzinfo=UTC)


def shape_problems(lane: Lane, row: Mapping[str, Any]) -> Iterator[SpecProblem]:
    """What the columns of `row` lack for the spec, item by item; what several items lack, once."""
    spec, told = lane.spec, set[str]()
    nothing: dict[str, Any] = {**{field: [] for field in (*_JUDGED, "availability")}, "context": {}}
    good: list[Kpi] = []
    for kpi in spec.kpis:
        problem = _problem(lane, spec.model_copy(update={**nothing, "kpis": [kpi]}), row)
        good += [] if problem else [kpi]
        yield from _once(problem, told)
    # A condition may be about a KPI.
    known = {**nothing, "kpis": good}
    for field in _JUDGED[1:]:
        for item in getattr(spec, field):
            yield from _once(_problem(lane, spec.model_copy(update={**known, field: [item]}), row), told)


def _problem(lane: Lane, part: LaneSpec, row: Mapping[str, Any]) -> SpecProblem | None:
    """Why `part` of the lane's spec gets no digest from `row`."""
    others = {kpi.name for kpi in lane.spec.kpis} - {kpi.name for kpi in part.kpis}
    columns = {name: value for name, value in row.items() if name not in others}
    try:
        build_digest(part, columns, generated_at=_ANY_INSTANT, sql_file=str(lane.folder / lane.spec.digest_sql))
    except SpecProblem as problem:
        return problem
    return None


def _once(problem: SpecProblem | None, told: set[str]) -> Iterator[SpecProblem]:
    if problem is not None and str(problem) not in told:
        told.add(str(problem))
        yield problem


def in_words(period: Period | None) -> str:
    """Of when values are: of `period`, or of now."""
    return f"in the period {period.key}" if period else "now"


def values_now(
    lane: Lane,
    row: Mapping[str, Any],
    context: Mapping[str, Any],
    read: Sequence[str],
    error: Tell,
    warn: Tell,
    period: Period | None = None,
) -> Document:
    """The digest of `row`; what the history would refuse is told as an error, what would fail the run as a warning.

    Raises SpecProblem when there can be no digest.
    """
    when, at = in_words(period), period.end if period else datetime.now(UTC)
    defs, sql_file = lane.folder / "defs.yaml", lane.folder / lane.spec.digest_sql
    digest = build_digest(lane.spec, row, context=context, generated_at=at, sources_read=read, sql_file=str(sql_file))
    refused = validation_errors(lane.spec, build_row(lane.spec, digest))
    places = {kpi.name: f"kpis[{index}] {kpi.name}" for index, kpi in enumerate(lane.spec.kpis)}
    for kpi, value, limit, kept in kpi_rows(lane, digest):
        if f"invalid_{kpi.threshold_name}" in refused:
            error(defs, f"{places[kpi.name]}.{kpi.side}: {_out_of_range(kpi, limit)}; mend it, or the `unit`")
        elif f"invalid_{kpi.name}" in refused:
            error(sql_file, f"column {kpi.name!r}: {_out_of_range(kpi, value)}; mend the query, or the `unit`")
        elif value is None:
            would = "fail" if kpi.missing == "failed" else "be degraded"
            warn(sql_file, f"column {kpi.name!r} is NULL {when}; the run would {would}")
        elif kept is False:
            bounds = f"{with_unit(kpi, value)} {when}, and {kpi.edge} {with_unit(kpi, limit)} is wanted"
            warn(defs, f"{places[kpi.name]}: is {bounds}; the run would fail")
    for index, (gate, figures, passed) in enumerate(gate_rows(lane, digest)):
        if not passed:
            warn(defs, f"gates[{index}] {gate.name}: does not pass {when}: {figures}")
    for index, condition in enumerate(lane.spec.preconditions):
        if condition.reason in digest["failure_reasons"]:
            wanted = f"{condition.value} must be {condition.edge} {value_text(condition.threshold)}"
            warn(defs, f"preconditions[{index}] {condition.reason}: is not met {when}: {wanted}; the run would fail")
    return digest


def _out_of_range(kpi: Kpi, value: float | None) -> str:
    return f"{value_text(value)} is no {kpi.unit} ({_RANGES[kpi.unit]}), and the history would refuse the run"

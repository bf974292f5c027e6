"""A digest: what a lane's numbers are now, which thresholds they keep to, and its status (docs/contract.md, section 2).

Pure: from the one row that digest.sql returned to the document. It must not run SQL or read the clock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from heartbeat_assets.errors import SpecProblem, UsageProblem
from heartbeat_assets.lanes.heartbeat import row_names
from heartbeat_assets.lanes.outcome import Outcome, judge_gates, judge_kpis
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.spec_conflicts import DIGEST_FIELDS
from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE, Kpi
from heartbeat_assets.lanes.values import Document, instant_text, number, rounded
from heartbeat_assets.telemetry.values import number as written_number

# What a digest works out by itself; a column of digest.sql cannot say otherwise.
_COMPUTED = tuple(name for name in DIGEST_FIELDS if name != "metrics")


def build_digest(
    spec: LaneSpec,
    row: Mapping[str, Any],
    *,
    generated_at: datetime,
    context: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    sources_read: Sequence[str] = (),
    thresholds: Mapping[str, float] | None = None,
    sql_file: str = "digest.sql",
) -> Document:
    """The digest document of `row`, the columns of digest.sql by name, and the rows of each `context` table.

    `sources_read` names the sources that were there; `thresholds` replaces those of the spec by name. Raises
    SpecProblem when the row has no column for a KPI or a condition, or a value that is no number.
    """
    limits = spec.thresholds | dict(thresholds or {})
    digest: Document = {"generated_at": instant_text(generated_at)}
    _nest_extra_columns(digest, row, spec, sql_file)
    _settle_recorded(digest, spec, sql_file)
    for name, rows in (context or {}).items():
        if name in digest:
            raise SpecProblem(sql_file, [f"column {name!r}: that name is taken by the context table; rename it"])
        digest[name] = [{str(column): _plain(value) for column, value in one.items()} for one in rows]
    if any(source.listed_as for source in spec.sources.values()):
        listed = [source.listed_as for name, source in spec.sources.items() if name in sources_read]
        digest["telemetry_sources"] = sorted(name for name in listed if name)
    outcome = Outcome()
    if spec.kpis:
        metrics = {kpi.name: _kpi_value(kpi, row, sql_file) for kpi in spec.kpis}
        digest["metrics"] = _in_order_of(row, {**metrics, **digest.pop("metrics", {})})
        judge_kpis(spec, metrics, limits, outcome)
    if spec.gates or spec.preconditions:
        judge_gates(spec, digest, limits, outcome, sql_file)
    return _finished(spec, digest, limits, outcome)


def failed_digest(spec: LaneSpec, *, generated_at: datetime, reasons: Sequence[str], error: str) -> Document:
    """The digest of a run that could not compute one: nothing is known, and `reasons` and `error` say why."""
    digest: Document = {"generated_at": instant_text(generated_at), "error": error}
    outcome = Outcome(reasons=list(reasons))
    if spec.kpis:
        digest["metrics"] = dict.fromkeys(kpi.name for kpi in spec.kpis)
        outcome.missing = [kpi.name for kpi in spec.kpis]
        outcome.checks |= {kpi.check_name: False if kpi.missing == "failed" else None for kpi in spec.kpis}
        outcome.checks |= {availability.check: False for availability in spec.availability}
    outcome.checks |= dict.fromkeys([FOCUS_GATE, *(gate.name for gate in spec.gates)]) if spec.gates else {}
    return _finished(spec, digest, spec.thresholds, outcome)


def _finished(spec: LaneSpec, digest: Document, limits: Mapping[str, float], outcome: Outcome) -> Document:
    """`digest` with what was found out about it, in the contract's order."""
    digest["thresholds"] = dict(limits)
    complete = not outcome.missing and not outcome.reasons and not outcome.gates_failed
    digest["checks"] = outcome.checks | ({"contract_complete": complete} if spec.kpis else {})
    if spec.gates:
        digest[FOCUS_GATE] = {"passed": outcome.checks[FOCUS_GATE], "failed_gates": outcome.gates_failed}
    if spec.kpis:
        digest["missing_metrics"] = sorted(outcome.missing)
    digest["failure_reasons"] = sorted(outcome.reasons)
    digest["status"] = "failed" if outcome.reasons else "ok" if complete else "degraded"
    return digest


def checked_thresholds(spec: LaneSpec, given: Mapping[str, str]) -> dict[str, float]:
    """Thresholds from a command line by name. Raises UsageProblem for an unknown name or no finite number."""
    known = list(spec.thresholds)
    values: dict[str, float] = {}
    for name, value in given.items():
        if name not in known:
            raise UsageProblem(f"--threshold {name}: this lane has {', '.join(known)}")
        number_written = written_number(value)
        if number_written is None:
            raise UsageProblem(f"--threshold {name}={value}: {value!r} is not a finite number")
        values[name] = number_written
    return values


def _kpi_value(kpi: Kpi, row: Mapping[str, Any], sql_file: str) -> float | None:
    if kpi.name not in row:
        raise SpecProblem(sql_file, [f"returns no column {kpi.name!r}, which defs.yaml has as a KPI; add it"])
    value = _plain(row[kpi.name])
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    as_number = number(value)
    if as_number is None:
        raise SpecProblem(sql_file, [f"column {kpi.name!r} is {type(value).__name__}; a KPI must be a number or NULL"])
    return rounded(float(as_number))


def _nest_extra_columns(digest: Document, row: Mapping[str, Any], spec: LaneSpec, sql_file: str) -> None:
    """Puts every column that is no KPI into the document, one named "a.b" below "a"."""
    kpis = [kpi.name for kpi in spec.kpis]
    for name, value in row.items():
        if name in kpis:
            continue
        *parents, leaf = name.split(".")
        if [*parents, leaf][0] in _COMPUTED or (parents == ["metrics"] and leaf in kpis) or name == "metrics":
            raise SpecProblem(sql_file, [f"column {name!r}: that name is taken; rename it"])
        place = digest
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise SpecProblem(sql_file, [f"column {name!r}: {parent!r} is a value already; rename one of the two"])
        if leaf in place:
            raise SpecProblem(sql_file, [f"column {name!r}: that name is taken; rename it"])
        place[leaf] = _plain(value)


def _settle_recorded(digest: Document, spec: LaneSpec, sql_file: str) -> None:
    """Rounds recorded figures, and sees to it that each has a name of its own in the row. Raises SpecProblem."""
    owners = dict.fromkeys(row_names(spec), "a field of every heartbeat")
    for name in spec.recorded:
        figures = digest.get(name)
        if not isinstance(figures, dict):
            raise SpecProblem(
                sql_file, [f'returns no column "{name}.…", which defs.yaml wants `recorded`; add one, or take it out']
            )
        digest[name] = {key: rounded(value) if isinstance(value, float) else value for key, value in figures.items()}
        for figure in figures:
            if figure in owners:
                raise SpecProblem(
                    sql_file, [f'column "{name}.{figure}": {figure!r} is already {owners[figure]}; rename it']
                )
            owners[figure] = f'column "{name}.{figure}"'


def _in_order_of(row: Mapping[str, Any], metrics: Document) -> Document:
    """`metrics` as the columns of digest.sql stand."""
    names = [name.removeprefix("metrics.").partition(".")[0] for name in row]
    return {name: metrics[name] for name in names if name in metrics} | metrics


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else str(value)

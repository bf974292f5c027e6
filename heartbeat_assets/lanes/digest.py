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
from heartbeat_assets.lanes.spec import Kpi, LaneSpec
from heartbeat_assets.lanes.values import Document, instant_text, number, rounded
from heartbeat_assets.telemetry.values import number as written_number

# What a digest works out by itself; a column of digest.sql cannot say otherwise.
_COMPUTED = (
    "generated_at", "telemetry_sources", "thresholds", "checks", "missing_metrics", "failure_reasons", "status"
)  # fmt: skip


def build_digest(
    spec: LaneSpec,
    row: Mapping[str, Any],
    *,
    generated_at: datetime,
    sources_read: Sequence[str] = (),
    thresholds: Mapping[str, float] | None = None,
    sql_file: str = "digest.sql",
) -> Document:
    """The digest document of `row`, the columns of digest.sql by name.

    `sources_read` names the sources that were there; `thresholds` replaces those of the spec by name. Raises
    SpecProblem when the row has no column for a KPI or a value that is no number.
    """
    limits = {kpi.threshold_name: kpi.threshold for kpi in spec.kpis} | dict(thresholds or {})
    metrics: Document = {}
    checks: Document = {}
    missing: list[str] = []
    reasons: list[str] = []
    for kpi in spec.kpis:
        value = _kpi_value(kpi, row, sql_file)
        metrics[kpi.name] = value
        if value is None:
            missing.append(kpi.name)
            checks[kpi.check_name] = False if kpi.missing == "failed" else None
            reasons += [kpi.missing_reason] if kpi.missing == "failed" else []
        else:
            checks[kpi.check_name] = kpi.within(value, limits[kpi.threshold_name])
            reasons += [] if checks[kpi.check_name] else [kpi.breach_reason]
    status = "failed" if reasons else "degraded" if missing else "ok"
    for availability in spec.availability:
        checks[availability.check] = any(metrics[name] is not None for name in availability.any_of)
    checks["contract_complete"] = not missing and status == "ok"
    digest: Document = {"generated_at": instant_text(generated_at)}
    _nest_extra_columns(digest, row, [kpi.name for kpi in spec.kpis], sql_file)
    listed = [source.listed_as for name, source in spec.sources.items() if source.listed_as and name in sources_read]
    if any(source.listed_as for source in spec.sources.values()):
        digest["telemetry_sources"] = sorted(str(name) for name in listed)
    digest["metrics"] = _in_order_of(row, {**metrics, **digest.pop("metrics", {})})
    digest["thresholds"] = limits
    digest["checks"] = checks
    digest["missing_metrics"] = sorted(missing)
    digest["failure_reasons"] = sorted(reasons)
    digest["status"] = status
    return digest


def checked_thresholds(spec: LaneSpec, given: Mapping[str, str]) -> dict[str, float]:
    """Thresholds from a command line by name. Raises UsageProblem for an unknown name or no finite number."""
    known = [kpi.threshold_name for kpi in spec.kpis]
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


def _nest_extra_columns(digest: Document, row: Mapping[str, Any], kpis: Sequence[str], sql_file: str) -> None:
    """Puts every other column into the document, one named "a.b" below "a"."""
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

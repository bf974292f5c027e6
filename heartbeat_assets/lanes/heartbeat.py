"""A heartbeat: the flat row that records one digest, its content-derived id, and what makes it invalid (section 3).

Pure. It must not touch a history; `recording` does.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.spec_conflicts import ROW_FIELDS
from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE, Kpi
from heartbeat_assets.lanes.values import (
    STATUSES,
    Document,
    flag,
    number,
    rounded,
    section,
    status,
    text,
    texts,
    token,
)  # fmt: skip

# What the digest of a period is stamped with when it is recorded, and its row takes over.
STAMP = ("revision", "revises", "backfilled", "late_events")


def digest_in(document: Document) -> Document:
    """The digest that `document` is, or holds under the key `digest`."""
    inner = document.get("digest")
    return inner if isinstance(inner, dict) else document


def build_row(spec: LaneSpec, document: Document) -> Document:
    """The heartbeat row of a digest `document`, or of one that holds the digest under the key `digest`."""
    digest = digest_in(document)
    metrics, thresholds, checks = (section(digest, name) for name in ("metrics", "thresholds", "checks"))
    state = status(digest.get("status"))
    reasons = texts(digest.get("failure_reasons"))
    strict = (reasons or ["failed_without_reason"]) if state == "failed" else []
    row: Document = {
        "run_at": text(digest.get("generated_at")),
        "heartbeat_id": content_id(digest),
        "digest_generated_at": text(digest.get("generated_at")),
        "status": state,
    }
    row |= {kpi.name: rounded(number(metrics.get(kpi.name))) for kpi in spec.kpis}
    row |= {kpi.threshold_name: number(thresholds.get(kpi.threshold_name)) for kpi in spec.kpis}
    row |= recorded_figures(spec, digest)
    row |= {field: flag(checks.get(check)) for check, field in check_fields(spec).items()}
    if spec.gates:
        row[f"{FOCUS_GATE}_passed"] = flag(section(digest, FOCUS_GATE).get("passed"))
    row |= {"missing_metrics": texts(digest.get("missing_metrics"))} if spec.kpis else {}
    row |= {"failure_reasons": reasons, "strict_fail_reasons": strict, "strict_fail_count": len(strict)}
    row |= _period_fields(digest) if spec.partitions else {}
    row |= {"error": text(digest.get("error"))} if digest.get("error") else {}
    return row


def recorded_figures(spec: LaneSpec, digest: Document) -> Document:
    """The figures of the digest's `recorded` sections by their last name: totals.norms_total is norms_total."""
    found: Document = {}
    for name in spec.recorded:
        for figure, value in section(digest, name).items():
            found[str(figure)] = rounded(number(value))
    return found


def _period_fields(digest: Document) -> Document:
    """What the row of a partitioned lane says of its period (`revisions` has the meaning of the stamp)."""
    return {
        "period": text(section(digest, "period").get("key")),
        "events_in_period": number(digest.get("events_in_period")),
        **{name: digest.get(name) for name in STAMP},
    }


def check_fields(spec: LaneSpec) -> dict[str, str]:
    """The checks of a digest of this lane, in order, each with the field of the row that records it."""
    names = [kpi.check_name for kpi in spec.kpis] + [availability.check for availability in spec.availability]
    fields = {name: name for name in names}
    fields |= {FOCUS_GATE: f"{FOCUS_GATE}_passed"} if spec.gates else {}
    fields |= {gate.name: gate.row_name for gate in spec.gates}
    return fields | ({"contract_complete": "contract_complete"} if spec.kpis else {})


def check_names(spec: LaneSpec) -> list[str]:
    """The checks of a digest of this lane, in order."""
    return list(check_fields(spec))


def row_names(spec: LaneSpec) -> set[str]:
    """Every field of a row that a recorded figure cannot be called."""
    kpis = {name for kpi in spec.kpis for name in (kpi.name, kpi.threshold_name)}
    return {*ROW_FIELDS, *kpis, *check_fields(spec).values()}


def content_id(digest: Document) -> str:
    """An id that is a function of the digest's content alone: key order and 30 against 30.0 do not matter."""
    canonical = json.dumps(_canonical(digest), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def validation_errors(spec: LaneSpec, row: Document) -> list[str]:
    """What keeps `row` out of the history, by the contract's names; empty when nothing does."""
    errors = [f"missing_{name}" for name in ("run_at", "heartbeat_id") if not text(row.get(name))]
    if spec.partitions and not text(row.get("period")):
        errors.append("missing_period")
    if token(row.get("status")) not in STATUSES:
        errors.append("invalid_status")
    for kpi in spec.kpis:
        errors += [f"invalid_{kpi.name}"] if _out_of_range(kpi, row.get(kpi.name), lowest_allowed=True) else []
    for kpi in spec.kpis:
        value = row.get(kpi.threshold_name)
        errors += [f"invalid_{kpi.threshold_name}"] if _out_of_range(kpi, value, kpi.unit != "seconds") else []
    if row.get("contract_complete") is True and token(row.get("status")) != "ok":
        errors.append("contract_complete_status_mismatch")
    passing = token(row.get("status")) == "ok"
    for criterion in spec.criteria:
        if criterion.kind != "kpi" and passing and row.get(criterion.field) is False:
            errors.append(f"{criterion.name}_status_mismatch")
    if row.get("strict_fail_count") != len(texts(row.get("strict_fail_reasons"))):
        errors.append("strict_fail_count_mismatch")
    return errors


def _out_of_range(kpi: Kpi, value: object, lowest_allowed: bool) -> bool:
    known = number(value)
    if known is None or kpi.unit == "number":
        return False
    return known < 0 or (known == 0 and not lowest_allowed) or (kpi.unit == "ratio" and known > 1)


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value

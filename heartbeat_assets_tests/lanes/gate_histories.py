"""Digests, rows and histories of the shipped lane of gates, liberty_restrictions."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.heartbeat import build_row
from heartbeat_assets.lanes.history import HistoryRow, parse_line, render_line
from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.window import Verdict, judge

ROOT = Path(__file__).resolve().parents[2]
DEFS_FILE = ROOT / "heartbeat_assets" / "defs" / "liberty_restrictions" / "defs.yaml"
ATTRIBUTES: dict[str, Any] = yaml.safe_load(DEFS_FILE.read_text(encoding="utf-8"))["attributes"]
SPEC = checked_spec(ATTRIBUTES, "defs.yaml")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REQUIRED = ("norms_classified_gate", "fragments_irlc_gate", "fragments_accountability_gate")
OPTIONAL = (
    "rights_with_data_gate", "source_representativity_gate", "scope_representativity_gate",
    "source_dual_coverage_gate", "scope_dual_coverage_gate", "accountability_primary_evidence_gate",
)  # fmt: skip
GATES = (*REQUIRED, *OPTIONAL)
FIGURES: dict[str, Any] = {
    "totals.assessments_total": 40, "totals.sources_total": 4, "totals.scopes_total": 3,
    "totals.accountability_edges_total": 50,
    "coverage.norms_classified_pct": 1.0, "coverage.fragments_with_irlc_pct": 1.0,
    "coverage.fragments_with_accountability_pct": 1.0, "coverage.right_categories_with_data_pct": 1.0,
    "coverage.sources_with_assessments_pct": 1.0, "coverage.scopes_with_assessments_pct": 1.0,
    "coverage.sources_with_dual_coverage_pct": 1.0, "coverage.scopes_with_dual_coverage_pct": 1.0,
    "coverage.accountability_edges_with_primary_evidence_pct": 1.0,
}  # fmt: skip


def spec_with(**changes: Any) -> LaneSpec:
    """The shipped lane's spec with whole sections of it replaced."""
    return checked_spec({**ATTRIBUTES, **changes}, "defs.yaml")


def digest_of(day: int = 0, **figures: Any) -> dict[str, Any]:
    """The digest of a run on `day`, every gate passed but for changed figures (`coverage__norms_classified_pct`)."""
    row = FIGURES | {name.replace("__", "."): value for name, value in figures.items()}
    return build_digest(SPEC, row, generated_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day))


def row_of(day: int = 0, **figures: Any) -> dict[str, Any]:
    """The heartbeat row of `digest_of` the same."""
    return build_row(SPEC, digest_of(day, **figures))


def history_of(*rows: dict[str, Any] | bytes) -> list[HistoryRow]:
    """Rows, or the text of malformed ones, as a history."""
    lines = [row if isinstance(row, bytes) else render_line(row) for row in rows]
    return [parse_line(line, place) for place, line in enumerate(lines, start=1)]


def judged(*rows: dict[str, Any] | bytes, spec: LaneSpec = SPEC) -> Verdict:
    """The verdict of the shipped rules over these rows."""
    history = history_of(*rows)
    return judge(spec, history, rules=spec.rules(), last=20, entries_total=len(history), now=NOW)


@st.composite
def gate_rows(draw: st.DrawFn) -> list[dict[str, Any] | bytes]:
    """Up to twenty rows that may say anything of their gates, and malformed ones among them."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    rows: list[dict[str, Any] | bytes] = []
    for day in range(draw(st.integers(0, 20))):
        if rng.random() < 0.1:
            rows.append(b"not json")
            continue
        row: dict[str, Any] = {**row_of(day), "status": rng.choice(["ok", "ok", "ok", "degraded", "failed", "weird"])}
        for field in ["focus_gate_passed", *(f"{gate}_passed" for gate in GATES)]:
            if rng.random() < 0.2:
                row[field] = rng.choice([True, False, None, "true", 1, 0])
            elif rng.random() < 0.1:
                del row[field]
        rows.append(row)
    return rows

"""Policies, and lanes of KPIs and of gates, that the tests of a backtest replay histories under."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import strategies as st

from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets_tests.lanes.histories import MALFORMED

GATED = checked_spec(
    {
        "sources": {"norms": {"kind": "json", "path": "norms.json"}},
        "recorded": ["coverage"],
        "gates": [
            {"name": "norms_gate", "conditions": [{"value": "coverage.norms_pct", "min": 0.8}]},
            {"name": "rights_gate", "optional": True, "conditions": [{"value": "coverage.rights_pct", "min": 1.0}]},
        ],
    },
    "defs.yaml",
)
"""A lane of gates alone: no limit on degraded rows, no KPIs."""

_COUNTS = st.sampled_from([0, 0, 1, 2, 5, 100])
_RATES = st.sampled_from([0, 0.0, 0.5, 5, 33.3333, 33.3332, 50, 66.6667, 100])


def limit_names(spec: LaneSpec) -> list[str]:
    """Every limit that counts rows or takes their share, of a lane like `spec`."""
    states = ["failed", *(["degraded", "contract_incomplete"] if spec.kpis else [])]
    names = [name for state in states for name in (f"max_{state}", f"max_{state}_rate_pct")]
    for criterion in spec.criteria:
        names.append(f"max_{criterion.count_name}")
        names += [f"max_{criterion.counted_as}_rate_pct"] if criterion.has_rate else []
    return names


def policies(spec: LaneSpec, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Limits of a lane like `spec`, any of them left out; `more` of them may be given too."""
    limits = {name: _RATES if name.endswith("_pct") else _COUNTS for name in limit_names(spec)}
    return st.fixed_dictionaries({}, optional=limits | {"min_entries": st.integers(1, 30)} | more)


def warnings(spec: LaneSpec) -> st.SearchStrategy[dict[str, str]]:
    """A few checks turned to `warn`."""
    checks = [rule.check for rule in spec.rules(dict.fromkeys(limit_names(spec), 0.0))]
    return st.dictionaries(st.sampled_from(checks), st.just("warn"), max_size=3)


@st.composite
def gated_histories(draw: st.DrawFn, most: int = 60) -> list[bytes]:
    """Lines of the lane `GATED`, with gates that passed, failed, are not there, or say something odd."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    lines = []
    for number in range(draw(st.integers(0, most))):
        row: dict[str, Any] = {
            "run_at": "2026-02-01T00:00:00+00:00",
            "status": rng.choice(["ok", "degraded", "failed"]),
        }
        for field in ("focus_gate_passed", "norms_gate_passed", "rights_gate_passed"):
            if rng.random() < 0.9:
                row[field] = rng.choice([True, True, True, False, None, 1])
        lines.append(rng.choice(MALFORMED) if rng.random() < 0.05 else json.dumps(row | {"n": number}).encode())
    return lines

"""What every heartbeat keeps or breaks, one by one: the one idea behind KPI thresholds and gates.

A criterion is a field of the row that is true or false, and the names its breaches are counted under. `rules` makes
window rules of criteria, `window` and `retention` count by them. It must not look at how a digest is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE

if TYPE_CHECKING:
    from heartbeat_assets.lanes.spec import LaneSpec

Kind = Literal["kpi", "focus_gate", "gate"]


@dataclass(frozen=True)
class Criterion:
    """`name` as people know it, `field` of the row that says whether it is kept, `tally` that counts its breaches.

    `counted_as` is the stem of its limits and counters, before `s` or `_rate`: `tfa_violation`, `focus_gate_failed`.
    """

    kind: Kind
    name: str
    field: str
    tally: str
    optional: bool = False

    @property
    def counted_as(self) -> str:
        """The stem of its counters: a KPI has violations, a gate has failed."""
        return f"{self.tally}_violation" if self.kind == "kpi" else f"{self.tally}_failed"

    @property
    def count_name(self) -> str:
        """What its count in a window is called: `tfa_violations`, `focus_gate_failed`."""
        return f"{self.counted_as}s" if self.kind == "kpi" else self.counted_as

    @property
    def has_rate(self) -> bool:
        """Whether its rate in a window is counted and may be limited; of single gates only the count is."""
        return self.kind != "gate"

    def broken_by(self, content: Mapping[str, Any]) -> bool:
        """Whether a row breaks it: by anything but true; where it is optional, only by false."""
        value = content.get(self.field)
        return value is False if self.optional else value is not True


def named(criteria: Sequence[Criterion], tally: str) -> Criterion | None:
    """The criterion whose breaches are counted as `tally`, if it is one of these."""
    return next((criterion for criterion in criteria if criterion.tally == tally), None)


def criteria_of(spec: LaneSpec) -> list[Criterion]:
    """The criteria of a lane in the contract's order: KPIs, then the gate of all gates, then each gate."""
    found = [Criterion("kpi", kpi.name, kpi.check_name, kpi.window) for kpi in spec.kpis]
    if spec.gates:
        found.append(Criterion("focus_gate", FOCUS_GATE, f"{FOCUS_GATE}_passed", FOCUS_GATE))
    return found + [Criterion("gate", gate.name, gate.row_name, gate.name, gate.optional) for gate in spec.gates]

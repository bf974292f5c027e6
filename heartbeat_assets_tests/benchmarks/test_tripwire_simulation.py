"""The simulation of tripwires judges as tripwires do, and shows what is promised of them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.tripwire_simulation import RULES, false_alarms, most_that_triggers
from heartbeat_assets.governance.evaluate import evaluate
from heartbeat_assets.governance.policy import EvidenceRule
from heartbeat_assets_tests.governance.tripwire_events import NOW, policy, runs


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("before", [20, 100, 160, 190, 200])
def test_its_edge_is_where_a_look_triggers_and_one_success_more_does_not(before: int, rule: EvidenceRule) -> None:
    edge = most_that_triggers(before, rule)
    looks = [evaluate(policy(evidence=rule), runs((before, 200), (now, 50)), now=NOW) for now in (edge, edge + 1)]
    assert [found.acts for found in looks] == [True, False]


def test_from_a_rate_of_zero_nothing_triggers() -> None:
    assert [most_that_triggers(0, rule) for rule in RULES] == [-1, -1]


def test_four_looks_with_evidence_cry_wolf_in_fewer_than_one_series_in_twenty() -> None:
    rows = [line.split("|") for line in false_alarms(np.random.default_rng(1), 25_000, (0.5,))][4:]
    alarms = {float(row[1]): float(row[5].strip().rstrip("%")) for row in rows}
    assert list(alarms) == [0.5]
    assert 3 < alarms[0.5] < 4.5
    # The source's rule, for comparison.
    assert float(rows[0][3].strip().rstrip("%")) > 20

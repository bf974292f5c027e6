"""What Prometheus scrapes of switches and tripwires: what is stopped, and the newest look at each tripwire.

It must not judge, nor know how a scrape is answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from heartbeat_assets.cockpit.governing import Governed
from heartbeat_assets.governance.evaluation import LOOKS
from heartbeat_assets.governance.switch import GLOBAL


def of_governed(governed: Governed, now: datetime) -> Iterator[Metric]:
    """The families of `governed`. GLOBAL is there from the beginning, so that an alert on it can be tried."""
    engaged = GaugeMetricFamily("heartbeat_switch_engaged", "1 while a switch stops its domain.", labels=["switch"])
    for name in sorted({GLOBAL, *governed.switches}):
        engaged.add_metric([name], float(name in governed.switches and governed.switches[name].engaged))
    outcome = GaugeMetricFamily(
        "heartbeat_tripwire_outcome", "1 for the outcome of the newest look.", labels=["tripwire", "outcome"]
    )
    age = GaugeMetricFamily("heartbeat_tripwire_age_seconds", "How long ago the newest look was.", labels=["tripwire"])
    for name in governed.tripwires:
        newest = governed.looks.get(name)
        for one in LOOKS:
            outcome.add_metric([name, one], float(newest is not None and newest.kind == one))
        if newest is not None:
            age.add_metric([name], (now - newest.at).total_seconds())
    yield from (engaged, outcome, age)

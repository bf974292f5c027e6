"""What the status of components rests on, as assets: the SLOs, metrics and lanes that conditions ask about.

It must not look at any of them. What is not in the project is left out: the status says that it is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from heartbeat_assets.components.asset_basics import HEARTBEAT
from heartbeat_assets.components.objective_group import asset_name
from heartbeat_assets.components.operations_group import OperationsGroup
from heartbeat_assets.lanes.lane import Lane, each_lane
from heartbeat_assets.metrics.catalog import load_catalog
from heartbeat_assets.objectives.objectives_file import objectives_in
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.objectives.status.conditions import Condition

# The newest partition alone: what is shown is how things stand now, not how they stood at every hour of the past.
_NEWEST = dg.LastPartitionMapping()


def rests_on(group: OperationsGroup) -> list[dg.AssetDep]:
    """The assets that the group's conditions ask about, and its KPIs, in their order, each once."""
    asked: dict[tuple[str, str], None] = {(one.about, one.subject): None for one in conditions(group.spec)}
    asked |= {("metric", name): None for name in group.spec.kpis}
    known = {
        "slo": lambda: dict(_slos(group)),
        "metric": lambda: dict(_metrics(group)),
        "lane": lambda: dict(_lanes(group)),
    }
    found = {about: known[about]() for about in {about for about, _ in asked} if about in known}
    deps = [found[about].get(subject) for about, subject in asked if about in found]
    return [dep for dep in deps if dep is not None]


def conditions(spec: OperationsSpec) -> Iterator[Condition]:
    """Every condition of the file."""
    for component in spec.components:
        yield from component.rules
    for scenario in spec.scenarios:
        yield from (symptom.when for symptom in scenario.symptoms if symptom.when is not None)
        if scenario.rollback.when is not None:
            yield scenario.rollback.when
    yield from (one.when for one in spec.suggestions if one.when is not None)


def _slos(group: OperationsGroup) -> Iterator[tuple[str, dg.AssetDep]]:
    for folder, slo in objectives_in(group.settings.defs).slos():
        yield slo.name, dg.AssetDep(dg.AssetKey([folder.name, asset_name(slo)]))


def _metrics(group: OperationsGroup) -> Iterator[tuple[str, dg.AssetDep]]:
    for name, file in load_catalog(group.settings).files.items():
        yield name, dg.AssetDep(dg.AssetKey([file.service, name]), partition_mapping=_NEWEST)


def _lanes(group: OperationsGroup) -> Iterator[tuple[str, dg.AssetDep]]:
    for name, lane in each_lane(group.settings):
        if isinstance(lane, Lane):
            newest = None if lane.spec.partitions is None else _NEWEST
            yield name, dg.AssetDep(dg.AssetKey([name, HEARTBEAT]), partition_mapping=newest)

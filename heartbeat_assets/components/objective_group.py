"""The SLOs of one folder as Dagster shows them: what the group and its assets are called, and what they are made from.

It must not measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.objectives.measure import sources_read
from heartbeat_assets.objectives.objectives_file import ObjectivesFolder
from heartbeat_assets.objectives.objectives_spec import ObjectivesSpec
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.fields import NAME_PATTERN


@dataclass(frozen=True)
class ObjectivesGroup:
    """One folder of SLOs, called as the folder. Raises SpecProblem for what Dagster cannot take.

    `services` are those whose sources its queries may read, as far as their files are right.
    """

    folder: ObjectivesFolder
    settings: Settings
    services: Mapping[str, Service]

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME_PATTERN, self.name):
            sentence = (
                f"the folder's name {self.name!r} cannot be that of SLOs; rename it to lower-case letters, digits and "
                "_, starting with a letter"
            )
            raise SpecProblem(str(self.file), [sentence])
        problems = list(self._one_an_asset())
        if problems:
            raise SpecProblem(str(self.file), problems)

    def _one_an_asset(self) -> Iterator[str]:
        first: dict[str, Slo] = {}
        for slo in self.folder.documents.slos:
            other = first.setdefault(asset_name(slo), slo)
            if other is not slo:
                yield f"{slo.name} and {other.name} would both be the asset {asset_name(slo)}; rename one of the SLOs"

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def kind(self) -> str:
        """What its assets are tagged as."""
        return "objectives"

    @property
    def spec(self) -> ObjectivesSpec:
        """What its defs.yaml says."""
        return self.folder.spec

    @property
    def file(self) -> Path:
        """Its defs.yaml."""
        return self.folder.file

    @property
    def by_asset(self) -> dict[str, Slo]:
        """The SLOs by the names of their assets, in the order of the documents."""
        return {asset_name(slo): slo for slo in self.folder.documents.slos}

    def sources_of(self, slo: Slo) -> list[tuple[Service, str]]:
        """The sources that its queries read, each once."""
        found: dict[tuple[str, str], tuple[Service, str]] = {}
        for query in slo.queries:
            service = self.services.get(query.service)
            if service is not None:
                found |= {(service.name, name): (service, name) for name in sources_read(query, service)}
        return list(found.values())


def asset_name(slo: Slo) -> str:
    """`api_read_availability` for api-read-availability, in letters that Dagster takes."""
    return re.sub(r"[^a-z0-9_]", "_", slo.name.lower())

"""The operations of a project as Dagster shows them: what the group and its assets are called.

It must not look at anything, nor write a document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.objectives.operations_file import the_operations
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.fields import NAME_PATTERN

if TYPE_CHECKING:
    from heartbeat_assets.objectives.publishing import DocumentName

COMPONENT_STATUS = "component_status"
FRESH = "fresh"
"""The check of `component_status` about its age; the others are called as the components."""
NO_PERSONAL_DATA = "no_personal_data"
CANDIDATES: Mapping[DocumentName, str] = {
    "heartbeat_document": "heartbeat_candidate",
    "status_page": "status_page_candidate",
}
"""The documents, and what the asset is called that each is published from."""


@dataclass(frozen=True)
class OperationsGroup:
    """One defs.yaml of operations, called as its folder. Raises SpecProblem for what Dagster cannot take."""

    name: str
    spec: OperationsSpec
    folder: Path
    settings: Settings

    def __post_init__(self) -> None:
        problems = list(self._mistakes())
        if problems:
            raise SpecProblem(str(self.file), problems)

    def _mistakes(self) -> Iterator[str]:
        if not re.fullmatch(NAME_PATTERN, self.name):
            yield (
                f"the folder's name {self.name!r} cannot be that of operations; rename it to lower-case letters, "
                "digits and _, starting with a letter"
            )
        for position, one in enumerate(self.spec.components):
            if one.id == FRESH:
                yield f"components[{position}].id: {FRESH!r} is what the check of age is called; take another"

    @property
    def kind(self) -> str:
        """What its assets are tagged as."""
        return "operations"

    @property
    def file(self) -> Path:
        """Its defs.yaml."""
        return self.folder / "defs.yaml"

    def spec_now(self) -> OperationsSpec:
        """What the file says at this moment, which may be newer than the loaded definitions. Raises SpecProblem."""
        return the_operations(self.settings).spec

    def cockpit_link(self, page: str) -> dict[str, Any]:
        """Where the cockpit shows `page`, as metadata; nothing where there is no cockpit."""
        url = self.settings.cockpit_url
        return {"cockpit": dg.MetadataValue.url(f"{url}{page}")} if url else {}

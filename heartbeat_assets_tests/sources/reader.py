"""Something with sources that is no lane: what this room may know of its callers, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.owner import SourceOwner, path_of
from heartbeat_assets.sources.spec import Source

_SOURCES: TypeAdapter[dict[str, Source]] = TypeAdapter(dict[str, Source])


@dataclass(frozen=True)
class Reader:
    """A reader of `sources` in a project of its own, with the queries it is said to have."""

    settings: Settings
    sources: Mapping[str, Source]
    name: str = "growth"
    kind: str = "service"
    queries: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.settings.defs / self.name

    @property
    def home(self) -> Path:
        return self.settings.home / "services" / self.name

    def source_path(self, source: str, /) -> Path | None:
        return path_of(self.sources[source], self.settings)

    def sql_files(self) -> dict[str, str]:
        return dict(self.queries)


def reader(project: Path, sources: Mapping[str, object], **queries: str) -> SourceOwner:
    """A reader of `sources`, which are written as in defs.yaml; their files are relative to `project`."""
    settings = Settings(project, project / "defs", project / "home", str(project / "home" / "ledger.sqlite"))
    return Reader(
        settings, _SOURCES.validate_python(sources), queries={f"{name}.sql": q for name, q in queries.items()}
    )

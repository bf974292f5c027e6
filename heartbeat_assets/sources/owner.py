"""What reads sources, as far as this room needs to know it: a name, a folder, and what defs.yaml has as `sources`.

A lane is one, a metrics service is one. It must not say what either does with what it reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.spec import FileSource, Source


class SourceOwner(Protocol):
    """Something with sources. `folder` holds its defs.yaml and SQL; `home` is where what is computed for it is kept."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def kind(self) -> str:
        """What it is, as messages say it: lane or service."""

    @property
    def folder(self) -> Path:
        """Where its defs.yaml and its SQL are."""

    @property
    def home(self) -> Path:
        """Where everything computed for it is kept."""

    @property
    def settings(self) -> Settings:
        """Where the project and its state are."""

    @property
    def sources(self) -> Mapping[str, Source]:
        """What its SQL may read, each by the name of its table."""

    def source_path(self, source: str, /) -> Path | None:
        """Where the files of `source` are; None for no files. `path_of` answers it."""

    def sql_files(self) -> dict[str, str]:
        """Every query of it by its file's name, for messages. Raises SpecProblem when one cannot be read."""


def path_of(source: Source, settings: Settings) -> Path | None:
    """Where the files of `source` are, relative paths being relative to the project; None for no files."""
    return settings.project / Path(source.path).expanduser() if isinstance(source, FileSource) else None

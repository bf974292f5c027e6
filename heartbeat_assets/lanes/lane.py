"""A lane as it stands on disk: its spec, its folder, and where its files and its state are.

Finds and reads the defs.yaml files below a defs folder, without Dagster. It must not run anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.errors import SpecProblem, UsageProblem
from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.spec_fields import NAME_PATTERN
from heartbeat_assets.settings import Settings

COMPONENT_TYPES = ("heartbeat_assets.HeartbeatLane", "heartbeat_assets.components.HeartbeatLane")
_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_loaded: dict[Path, tuple[int, int, LaneSpec | None]] = {}


class _Loader(_BaseLoader):  # type: ignore[misc]
    """Reads YAML and refuses a name that is given twice, which YAML readers let pass in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is given twice", key.start_mark)
            seen |= {key.value} if isinstance(key, yaml.ScalarNode) else set()
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


@dataclass(frozen=True)
class Lane:
    """One lane. `folder` holds defs.yaml and the SQL; `settings` says where the project and its state are."""

    name: str
    spec: LaneSpec
    folder: Path
    settings: Settings

    @property
    def home(self) -> Path:
        """Where everything computed for this lane is kept."""
        return self.settings.home / "lanes" / self.name

    @property
    def published(self) -> Path:
        """The folder that readers of the published report are pointed at."""
        return self.settings.home / "published" / self.name

    @property
    def compacted_history(self) -> Path:
        return self.home / "compacted.jsonl"

    def source_path(self, source: str) -> Path:
        """Where `source` is, relative paths being relative to the project."""
        return self.settings.project / Path(self.spec.sources[source].path).expanduser()

    def digest_sql(self) -> str:
        """The text of digest.sql. Raises SpecProblem when it cannot be read."""
        return self._sql("digest_sql", self.spec.digest_sql)

    def rollup_sql(self) -> str | None:
        """The text of rollup.sql, or None when the lane has none. Raises SpecProblem when it cannot be read."""
        return self._sql("rollup_sql", self.spec.rollup_sql) if self.spec.rollup_sql else None

    def _sql(self, field: str, name: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="utf-8").strip().rstrip(";")
        except (OSError, UnicodeDecodeError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else "not UTF-8 text"
            raise SpecProblem(
                str(self.folder / "defs.yaml"),
                [f"{field}: {self.folder / name}: {reason}; put the query there"],
            ) from problem


def lane_name(spec: LaneSpec, folder: Path) -> str:
    """The lane's name: as its spec says, else its folder's. Raises SpecProblem when that is no name for a lane."""
    if spec.name is None and not re.fullmatch(NAME_PATTERN, folder.name):
        raise SpecProblem(
            str(folder / "defs.yaml"),
            [
                f"name: the folder's name {folder.name!r} cannot be a lane's; give a `name` of lower-case letters, "
                "digits and _, starting with a letter"
            ],
        )
    return spec.name or folder.name


def find_lanes(settings: Settings) -> dict[str, Lane]:
    """Every lane below the defs folder by name. Raises SpecProblem for the first file that is wrong."""
    lanes: dict[str, Lane] = {}
    for file in sorted(settings.defs.glob("**/defs.yaml")):
        spec = _spec_in(file)
        if spec is None:
            continue
        name = lane_name(spec, file.parent)
        if name in lanes:
            raise SpecProblem(str(file), [f"name: {name!r} is taken by {lanes[name].folder}; give another"])
        lanes[name] = Lane(name, spec, file.parent, settings)
    return lanes


def find_lane(settings: Settings, name: str) -> Lane:
    """The lane called `name`. Raises UsageProblem when there is none."""
    direct = settings.defs / name / "defs.yaml"
    # The short way, where the folder is called like the lane. A path is no name, even if a shell completed it.
    spec = _spec_in(direct) if direct.parent.name == name and direct.is_file() else None
    if spec is not None and (spec.name or name) == name:
        return Lane(name, spec, direct.parent, settings)
    lanes = find_lanes(settings)
    if name not in lanes:
        known = ", ".join(lanes) or f"none below {settings.defs}"
        raise UsageProblem(f"no lane {name!r}; there is {known}")
    return lanes[name]


def _spec_in(file: Path) -> LaneSpec | None:
    """The lane in `file`, or None when it holds another component. Read again only when the file has changed."""
    try:
        stat = file.stat()
        known = _loaded.get(file)
        if known and known[:2] == (stat.st_mtime_ns, stat.st_size):
            return known[2]
        documents = list(yaml.load_all(file.read_text(encoding="utf-8"), Loader=_Loader))
    except OSError as problem:
        raise SpecProblem(str(file), [f"cannot be read: {problem.strerror}"]) from problem
    except UnicodeDecodeError as problem:
        raise SpecProblem(str(file), [f"is not UTF-8 text: {problem.reason}; save it as UTF-8"]) from problem
    except yaml.YAMLError as problem:
        raise SpecProblem(str(file), [_yaml_sentence(problem)]) from problem
    except (ValueError, RecursionError) as problem:
        # What looks like a date or a number to YAML and is none: 2026-13-45.
        raise SpecProblem(str(file), [f"holds a value YAML cannot read: {problem}; put it in quotes"]) from problem
    spec = None
    for document in documents:
        if isinstance(document, dict) and document.get("type") in COMPONENT_TYPES:
            spec = checked_spec(document.get("attributes"), str(file))
            lane_name(spec, file.parent)
    _loaded[file] = (stat.st_mtime_ns, stat.st_size, spec)
    return spec


def _yaml_sentence(problem: yaml.YAMLError) -> str:
    mark = getattr(problem, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}{getattr(problem, 'problem', None) or problem}"

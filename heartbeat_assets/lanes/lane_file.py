"""A defs.yaml as text: the lane that one of its YAML documents is.

Refuses what nobody would look for: a misspelt `type`, settings beside `attributes`. It must not look at the lane's
other files.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.problems import NO_ATTRIBUTES, checked_spec
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.specs.component_file import beside_the_attributes
from heartbeat_assets.specs.read_once import ReadOnce
from heartbeat_assets.specs.yaml_file import documents_in

COMPONENT_TYPES = ("heartbeat_assets.HeartbeatLane", "heartbeat_assets.components.HeartbeatLane")
_OTHER_TYPES = (
    "heartbeat_assets.RunPruning",
    "heartbeat_assets.components.RunPruning",
    "heartbeat_assets.MetricService",
    "heartbeat_assets.components.MetricService",
)


def spec_in(file: Path) -> LaneSpec | None:
    """The lane in `file`, or None when it holds another component. Read again only when the file has changed.

    Raises SpecProblem.
    """
    return _spec_in(file)


def _read(file: Path) -> LaneSpec | None:
    spec = None
    for document in documents_in(file):
        if isinstance(document, dict) and _is_lane(document, file):
            spec = checked_spec(document.get("attributes"), str(file))
    return spec


_spec_in = ReadOnce(_read)


def _is_lane(document: dict[Any, Any], file: Path) -> bool:
    """Whether `document` is a lane. Raises SpecProblem when it was meant to be one and is written wrongly."""
    kind, attributes = document.get("type"), document.get("attributes")
    problem = _about_the_type(kind, isinstance(attributes, dict) and {"sources", "digest_sql"} & attributes.keys())
    if problem:
        raise SpecProblem(str(file), [f"type: {problem}"])
    if kind not in COMPONENT_TYPES:
        return False
    problems = list(beside_the_attributes(document, LaneSpec.model_fields))
    if problems:
        problems += [] if isinstance(attributes, dict) else [NO_ATTRIBUTES]
        raise SpecProblem(str(file), problems)
    return True


def _about_the_type(kind: Any, like_a_lane: object) -> str:
    """What is wrong with the `type` of a document; empty when it is a lane's or surely another component's."""
    write = f"for a lane write {COMPONENT_TYPES[0]}"
    if not isinstance(kind, str):
        given = "is required" if kind is None else f"must be text, not {kind}"
        return f"{given}; {write}" if like_a_lane else ""
    if kind in (*COMPONENT_TYPES, *_OTHER_TYPES):
        return ""
    ours = kind.partition(".")[0] == "heartbeat_assets" or "." not in kind
    close = get_close_matches(kind, (*COMPONENT_TYPES, *_OTHER_TYPES), n=1, cutoff=0.9)
    if not close and not (ours and like_a_lane):
        return ""
    return f"there is no component {kind!r}; " + (f"did you mean {close[0]!r}?" if close else write)

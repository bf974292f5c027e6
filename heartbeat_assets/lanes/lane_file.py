"""A defs.yaml as text: its YAML documents, and the lane that one of them is.

Refuses what YAML readers let pass in silence: names given twice, a misspelt `type`, settings beside `attributes`. It
must not look at the lane's other files.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.problems import NO_ATTRIBUTES, checked_spec
from heartbeat_assets.lanes.spec import LaneSpec

COMPONENT_TYPES = ("heartbeat_assets.HeartbeatLane", "heartbeat_assets.components.HeartbeatLane")
_OTHER_TYPES = ("heartbeat_assets.RunPruning", "heartbeat_assets.components.RunPruning")
_FIELDS = ("type", "attributes", "template_vars_module", "requirements", "post_processing")
# What to do about the commonest complaints of the YAML reader, by its words.
_YAML_HINTS = {
    "tab character": "indent with blanks",
    "mapping values are not allowed": "put text that holds a colon in quotes, or look at the indentation",
    "undefined alias": "put text that starts with * in quotes",
    "did not find expected": "look at the indentation and the brackets, here and in the lines before",
    "cannot start any token": "put text that starts with this sign in quotes",
}
_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_loaded: dict[Path, tuple[int, int, LaneSpec | None]] = {}


class _Loader(_BaseLoader):  # type: ignore[misc]
    """Reads YAML and refuses a name that is given twice, which YAML readers let pass in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                problem = f"{key.value!r} is given twice; take one out"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen |= {key.value} if isinstance(key, yaml.ScalarNode) else set()
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


# A date stays the text it is written as, and the field that takes one says what is wrong with it.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _BaseLoader.yaml_implicit_resolvers.items()
}


def spec_in(file: Path) -> LaneSpec | None:
    """The lane in `file`, or None when it holds another component. Read again only when the file has changed.

    Raises SpecProblem.
    """
    try:
        stat = file.stat()
    except OSError as problem:
        raise SpecProblem(str(file), [f"cannot be read: {problem.strerror}"]) from problem
    known = _loaded.get(file)
    if known and known[:2] == (stat.st_mtime_ns, stat.st_size):
        return known[2]
    spec = None
    for document in documents_in(file):
        if isinstance(document, dict) and _is_lane(document, file):
            spec = checked_spec(document.get("attributes"), str(file))
    _loaded[file] = (stat.st_mtime_ns, stat.st_size, spec)
    return spec


def documents_in(file: Path) -> list[Any]:
    """The YAML documents in `file`. Raises SpecProblem naming line and column where it is no YAML."""
    try:
        return list(yaml.load_all(file.read_text(encoding="utf-8"), Loader=_Loader))
    except OSError as problem:
        raise SpecProblem(str(file), [f"cannot be read: {problem.strerror}"]) from problem
    except UnicodeDecodeError as problem:
        raise SpecProblem(str(file), [f"is not UTF-8 text: {problem.reason}; save it as UTF-8"]) from problem
    except yaml.YAMLError as problem:
        raise SpecProblem(str(file), [_yaml_sentence(problem)]) from problem
    except (ValueError, RecursionError) as problem:
        # What looks like a date or a number to YAML and is none: 2026-13-45.
        raise SpecProblem(str(file), [f"holds a value YAML cannot read: {problem}; put it in quotes"]) from problem


def _is_lane(document: dict[Any, Any], file: Path) -> bool:
    """Whether `document` is a lane. Raises SpecProblem when it was meant to be one and is written wrongly."""
    kind, attributes = document.get("type"), document.get("attributes")
    problem = _about_the_type(kind, isinstance(attributes, dict) and {"sources", "digest_sql"} & attributes.keys())
    if problem:
        raise SpecProblem(str(file), [f"type: {problem}"])
    if kind not in COMPONENT_TYPES:
        return False
    problems = list(_beside_the_attributes(document))
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


def _beside_the_attributes(document: dict[Any, Any]) -> Iterator[str]:
    for name in document:
        if name in LaneSpec.model_fields:
            yield f"{name}: stands beside `attributes`; indent it, so that it is under `attributes`"
        elif name not in _FIELDS:
            close = get_close_matches(str(name), _FIELDS, n=1)
            instead = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(_FIELDS)}"
            yield f"unknown field {name!r} beside `attributes`; {instead}"


def _yaml_sentence(problem: yaml.YAMLError) -> str:
    mark = getattr(problem, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    said = str(getattr(problem, "problem", None) or problem)
    hint = next((f"; {hint}" for words, hint in _YAML_HINTS.items() if words in said), "")
    return f"{where}{said}{hint}"

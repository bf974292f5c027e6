"""A YAML file as the documents in it, read more strictly than YAML readers do.

Refuses names given twice, and says in a sentence where a text is no YAML. It must not know what the documents mean.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.errors import SpecProblem

# What to do about the commonest complaints of the YAML reader, by its words.
_YAML_HINTS = {
    "tab character": "indent with blanks",
    "mapping values are not allowed": "put text that holds a colon in quotes, or look at the indentation",
    "undefined alias": "put text that starts with * in quotes",
    "did not find expected": "look at the indentation and the brackets, here and in the lines before",
    "cannot start any token": "put text that starts with this sign in quotes",
}
_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


def _yaml_sentence(problem: yaml.YAMLError) -> str:
    mark = getattr(problem, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    said = str(getattr(problem, "problem", None) or problem)
    hint = next((f"; {hint}" for words, hint in _YAML_HINTS.items() if words in said), "")
    return f"{where}{said}{hint}"

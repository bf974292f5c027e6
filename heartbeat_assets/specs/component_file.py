"""The YAML documents of a defs.yaml that are a component, of those that may stand in the file.

Refuses what nobody would look for: a misspelt `type`, settings beside `attributes`, two of a kind in one file. It must
not know what the attributes mean.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.specs.read_once import ReadOnce
from heartbeat_assets.specs.yaml_file import documents_in

Spec = TypeVar("Spec", bound=BaseModel)
_FIELDS = ("type", "attributes", "template_vars_module", "requirements", "post_processing")


def spec_reader(
    types: Collection[str], model: type[Spec], checked: Callable[[Any, str], Spec]
) -> ReadOnce[Spec | None]:
    """What reads the one component of `types` in a file as its `model`, or gives None when there is none.

    `checked` makes the model of the attributes and the file's name. A file is read again only when it has changed.
    """

    def read(file: Path) -> Spec | None:
        attributes = attributes_in(file, types, model.model_fields)
        return None if attributes is None else checked(attributes, str(file))

    return ReadOnce(read)


def attributes_in(file: Path, types: Collection[str], fields: Collection[str]) -> dict[Any, Any] | None:
    """The attributes of the one document in `file` whose `type` is of `types`; None when there is none.

    `fields` are the names that attributes may have. Raises SpecProblem.
    """
    documents = [one for one in documents_in(file) if isinstance(one, dict) and is_of_type(one, file, types)]
    if len(documents) > 1:
        raise SpecProblem(str(file), [f"holds two of {next(iter(types))}; put each into a folder of its own"])
    if not documents:
        return None
    attributes = documents[0].get("attributes", {})
    problems = list(beside_the_attributes(documents[0], fields))
    if not isinstance(attributes, dict):
        raise SpecProblem(str(file), [*problems, "attributes: must be a mapping of settings"])
    if problems:
        raise SpecProblem(str(file), problems)
    return attributes


def is_of_type(document: dict[Any, Any], file: Path, types: Collection[str]) -> bool:
    """Whether `document` is of one of `types`. Raises SpecProblem when its type is one of them misspelt."""
    kind = document.get("type")
    if kind in types:
        return True
    close = get_close_matches(kind, types, n=1, cutoff=0.9) if isinstance(kind, str) else []
    if close:
        raise SpecProblem(str(file), [f"type: there is no component {kind!r}; did you mean {close[0]!r}?"])
    return False


def beside_the_attributes(document: dict[Any, Any], fields: Collection[str]) -> Iterator[str]:
    """A sentence for each word beside `attributes` that does not belong there; `fields` belong under them."""
    for name in document:
        if name in fields:
            yield f"{name}: stands beside `attributes`; indent it, so that it is under `attributes`"
        elif name not in _FIELDS:
            close = get_close_matches(str(name), _FIELDS, n=1)
            instead = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(_FIELDS)}"
            yield f"unknown field {name!r} beside `attributes`; {instead}"

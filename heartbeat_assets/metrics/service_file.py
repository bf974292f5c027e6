"""A defs.yaml as text: the metrics service that one of its YAML documents is.

Refuses what nobody would look for: a misspelt `type`, settings beside `attributes`, two services in a file. It must not
look at the metrics.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.service_spec import CheckSeverities, History, ServiceSchedule, ServiceSpec
from heartbeat_assets.specs.problems import checked
from heartbeat_assets.specs.read_once import ReadOnce
from heartbeat_assets.specs.yaml_file import documents_in

COMPONENT_TYPES = ("heartbeat_assets.MetricService", "heartbeat_assets.components.MetricService")
NO_ATTRIBUTES = "attributes: must be a mapping of the service's settings"

_FIELDS = ("type", "attributes", "template_vars_module", "requirements", "post_processing")
_MODELS: dict[object, type[BaseModel]] = {"schedule": ServiceSchedule, "checks": CheckSeverities, "history": History}


def checked_service(attributes: Any, file: str) -> ServiceSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    return checked(ServiceSpec, attributes, file, models=_MODELS, no_attributes=NO_ATTRIBUTES)


def service_spec_in(file: Path) -> ServiceSpec | None:
    """The service in `file`, or None when it holds none. Read again only when the file has changed.

    Raises SpecProblem.
    """
    return _spec_in(file)


def _read(file: Path) -> ServiceSpec | None:
    documents = [one for one in documents_in(file) if isinstance(one, dict) and _is_service(one, file)]
    if len(documents) > 1:
        raise SpecProblem(str(file), ["holds two services; put each into a folder of its own"])
    return checked_service(documents[0].get("attributes"), str(file)) if documents else None


_spec_in = ReadOnce(_read)


def _is_service(document: dict[Any, Any], file: Path) -> bool:
    """Whether `document` is a service. Raises SpecProblem when it was meant to be one and is written wrongly."""
    kind = document.get("type")
    if kind not in COMPONENT_TYPES:
        close = get_close_matches(kind, COMPONENT_TYPES, n=1, cutoff=0.9) if isinstance(kind, str) else []
        if close:
            raise SpecProblem(str(file), [f"type: there is no component {kind!r}; did you mean {close[0]!r}?"])
        return False
    problems = list(_beside_the_attributes(document))
    if problems:
        problems += [] if isinstance(document.get("attributes"), dict) else [NO_ATTRIBUTES]
        raise SpecProblem(str(file), problems)
    return True


def _beside_the_attributes(document: dict[Any, Any]) -> Iterator[str]:
    for name in document:
        if name in ServiceSpec.model_fields:
            yield f"{name}: stands beside `attributes`; indent it, so that it is under `attributes`"
        elif name not in _FIELDS:
            close = get_close_matches(str(name), _FIELDS, n=1)
            instead = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(_FIELDS)}"
            yield f"unknown field {name!r} beside `attributes`; {instead}"

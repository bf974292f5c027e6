"""A defs.yaml as text: the metrics service that one of its YAML documents is.

Refuses what nobody would look for: a misspelt `type`, settings beside `attributes`, two services in a file. It must not
look at the metrics.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.service_spec import CheckSeverities, History, ServiceSchedule, ServiceSpec
from heartbeat_assets.specs.component_file import beside_the_attributes, is_of_type
from heartbeat_assets.specs.problems import checked
from heartbeat_assets.specs.read_once import ReadOnce
from heartbeat_assets.specs.yaml_file import documents_in

COMPONENT_TYPES = ("heartbeat_assets.MetricService", "heartbeat_assets.components.MetricService")
NO_ATTRIBUTES = "attributes: must be a mapping of the service's settings"

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
    if not is_of_type(document, file, COMPONENT_TYPES):
        return False
    problems = list(beside_the_attributes(document, ServiceSpec.model_fields))
    if problems:
        problems += [] if isinstance(document.get("attributes"), dict) else [NO_ATTRIBUTES]
        raise SpecProblem(str(file), problems)
    return True

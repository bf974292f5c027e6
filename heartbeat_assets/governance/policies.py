"""Policies as YAML: a file's list of them, and the four that ship. It must not know where else policies are kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, Field, model_validator

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.specs.fields import Model, given_twice
from heartbeat_assets.specs.problems import checked
from heartbeat_assets.specs.yaml_file import documents_in

_MODELS: Mapping[object, type[BaseModel]] = {"policies": TripwirePolicy}
SHIPPED = Path(__file__).with_name("shipped_policies.yaml")


class PolicyFile(Model):
    """What a file of policies holds."""

    policies: list[TripwirePolicy] = Field(min_length=1, description="The policies, at most one a domain and metric.")

    @model_validator(mode="after")
    def _one_a_metric(self) -> PolicyFile:
        problems = list(given_twice("policies", [policy.name for policy in self.policies], "has a policy"))
        if problems:
            raise ValueError(*problems)
        return self


def policies_in(file: Path) -> tuple[TripwirePolicy, ...]:
    """The policies that `file` lists. Raises SpecProblem with a sentence per mistake."""
    documents = documents_in(file)
    if len(documents) != 1:
        raise SpecProblem(str(file), [f"holds {len(documents)} documents; write one, with a list `policies`"])
    missing = "must be a mapping with a list `policies`"
    return tuple(checked(PolicyFile, documents[0], str(file), models=_MODELS, no_attributes=missing).policies)


def shipped_policies() -> tuple[TripwirePolicy, ...]:
    """The four tripwires that ship, each disabled."""
    return policies_in(SHIPPED)

"""One mistake in a valid defs.yaml is one error that names the item, from the terminal and through Dagster alike.

The mistakes in values are in mutations.yaml; those in the text of the file are here.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.lane import load_lane
from heartbeat_assets_tests.copied_project import ROOT
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject, own_project

pytestmark = pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")

SHIPPED = ROOT / "heartbeat_assets" / "defs"
Mutation = dict[str, Any]
# Words of the validator and of Python that mean nothing to somebody who wrote a YAML file.
JARGON = re.compile(
    r"(?i:input should|validation|type=|pydantic|value error|dictionary|instance of|unable to)|None|True|False"
)


def mutations() -> Iterator[tuple[str, Mutation]]:
    """Each mutation with the lane it belongs to."""
    text = Path(__file__).with_name("mutations.yaml").read_text(encoding="utf-8")
    for lane, found in yaml.safe_load(text).items():
        yield from ((lane, mutation) for mutation in found)


MUTATIONS = list(mutations())
IDS = [f"{lane}: {mutation['said']}"[:90] for lane, mutation in MUTATIONS]


@cache
def shipped(lane: str) -> dict[str, Any]:
    """The shipped defs.yaml of `lane`, read once."""
    document: dict[str, Any] = yaml.safe_load((SHIPPED / lane / "defs.yaml").read_text(encoding="utf-8"))
    return document


def mutated(lane: str, mutation: Mutation) -> str:
    """The shipped defs.yaml of `lane` with the mistake in it."""
    document = copy.deepcopy(shipped(lane))
    *parents, last = mutation["at"]
    place: Any = document["attributes"]
    for part in parents:
        place = place[part]
    before = copy.deepcopy(place)
    if "put" not in mutation:
        del place[last]
    elif last == "+":
        place.append(mutation["put"])
    else:
        place[last] = mutation["put"]
    assert repr(place) != repr(before), "the mutation changes nothing"
    return str(yaml.safe_dump(document, sort_keys=False))


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    yield from own_project(tmp_path, monkeypatch)


def write(own: OwnProject, lane: str, text: str) -> Path:
    """Writes `text` as the defs.yaml of a shipped lane, its queries beside it."""
    for sql in (SHIPPED / lane).glob("*.sql"):
        own.write(f"{PACKAGE}/defs/{lane}/{sql.name}", sql.read_text(encoding="utf-8"))
    return own.write(f"{PACKAGE}/defs/{lane}/defs.yaml", text)


@pytest.mark.parametrize("lane", ["citizen_product", "liberty_restrictions"])
def test_without_a_mistake_the_lanes_load(own: OwnProject, lane: str) -> None:
    file = write(own, lane, (SHIPPED / lane / "defs.yaml").read_text(encoding="utf-8"))
    assert load_lane(own.settings, file) is not None
    assert own.definitions().resolve_job_def(f"{lane}_job")


@pytest.mark.parametrize(("lane", "mutation"), MUTATIONS, ids=IDS)
def test_one_mistake_is_one_error_that_names_the_item(own: OwnProject, lane: str, mutation: Mutation) -> None:
    file = write(own, lane, mutated(lane, mutation))
    with pytest.raises(SpecProblem) as raised:
        load_lane(own.settings, file)
    # What is said beside it follows from it, as the limit of a KPI that now has another name.
    assert mutation["said"] in raised.value.problems
    assert str(raised.value).startswith(f"{file}: ")
    assert not any(JARGON.search(problem) for problem in raised.value.problems)
    refused = own.refusal()
    assert f"{file}: " in refused
    assert mutation["said"] in refused


# --- Mistakes in the text of the file: a change of it, what is said of it, and what Dagster must say ---------------

TYPE = "type: heartbeat_assets.HeartbeatLane"
TWICE = "is given twice; take one out"
IN_THE_TEXT: list[tuple[Callable[[str], str], str, str]] = [
    (lambda text: text.replace("last: 20", "last: [20"), "look at the indentation and the brackets", "expected ','"),
    (lambda text: text.replace("  kpis:", "\tkpis:"), "indent with blanks", "cannot start any token"),
    (lambda text: text.replace("Citizen product", "Citizen: product"), "holds a colon in quotes", "mapping values"),
    (lambda text: text.replace("      max: 0.45", "     max: 0.45"), "look at the indentation", "expected <block end>"),
    (lambda text: text.replace("max: 0.45", "max: *limit"), "text that starts with * in quotes", "undefined alias"),
    (
        lambda text: text.replace("max: 0.45", "max: @limit"),
        "text that starts with this sign",
        "cannot start any token",
    ),
    (
        lambda text: text.replace("      max: 0.45", "      max: 0.45\n      max: 0.5"),
        f"'max' {TWICE}",
        f"'max' {TWICE}",
    ),
    (lambda text: text + "  window: {last: 5}\n", f"'window' {TWICE}", f"'window' {TWICE}"),
    (
        lambda text: text.replace("recent: 20", "recent: 2026-13-45"),
        "retention.recent: must be a whole number, not '2026-13-45'",
        "retention.recent: must be a whole number, not '2026-13-45'",
    ),
    (
        lambda text: text.replace(TYPE, "type: heartbeat_assets.HeartbeatLan"),
        "type: there is no component 'heartbeat_assets.HeartbeatLan'; did you mean 'heartbeat_assets.HeartbeatLane'?",
        "HeartbeatLan",
    ),
    (
        lambda text: text.replace(TYPE, "type: heartbeat_assets.Lane"),
        "type: there is no component 'heartbeat_assets.Lane'; for a lane write heartbeat_assets.HeartbeatLane",
        "Lane",
    ),
    (
        lambda text: text.replace(TYPE, "type: HeartbeatLane"),
        "type: there is no component 'HeartbeatLane'; for a lane write heartbeat_assets.HeartbeatLane",
        "HeartbeatLane",
    ),
    (
        lambda text: text.replace(TYPE, ""),
        "type: is required; for a lane write heartbeat_assets.HeartbeatLane",
        "type",
    ),
    (
        lambda text: text.replace(TYPE, "type: 5"),
        "type: must be text, not 5; for a lane write heartbeat_assets.HeartbeatLane",
        "type",
    ),
    (
        lambda text: text.replace("attributes:", "atributes:"),
        "unknown field 'atributes' beside `attributes`; did you mean 'attributes'?",
        "atributes",
    ),
    (
        lambda text: text.replace("\n  publish:", "\npublish:"),
        "publish: stands beside `attributes`; indent it, so that it is under `attributes`",
        "publish",
    ),
    (
        lambda text: text.replace("attributes:\n", "attributes: none\nignored:\n"),
        "attributes: must be a mapping of the lane's settings",
        "attributes",
    ),
    (
        lambda text: text.replace("title: Citizen product", "title: 2026"),
        "publish.title: must be text, not 2026; put it in quotes",
        "publish.title: must be text, not 2026; put it in quotes",
    ),
    (
        lambda text: text.replace("every_seconds: 30", "every_seconds: yes"),
        "sensor.every_seconds: must be a number, not true",
        "sensor.every_seconds: must be a number, not true",
    ),
]


@pytest.mark.parametrize(("change", "said", "by_dagster"), IN_THE_TEXT, ids=[case[1] for case in IN_THE_TEXT])
def test_a_mistake_in_the_text_is_one_error_too(
    own: OwnProject, change: Callable[[str], str], said: str, by_dagster: str
) -> None:
    shipped = (SHIPPED / "citizen_product" / "defs.yaml").read_text(encoding="utf-8")
    assert change(shipped) != shipped
    file = write(own, "citizen_product", change(shipped))
    with pytest.raises(SpecProblem) as raised:
        load_lane(own.settings, file)
    assert any(said in problem for problem in raised.value.problems), raised.value.problems
    assert str(raised.value).startswith(f"{file}: ")
    numbered = re.match(r"line (\d+), column \d+: ", raised.value.problems[0])
    if numbered:
        # The reader may notice only in the line after.
        lines = zip(shipped.splitlines(), change(shipped).splitlines(), strict=False)
        unchanged = next((number for number, (old, new) in enumerate(lines) if old != new), shipped.count("\n"))
        assert int(numbered[1]) - unchanged in (1, 2)
    assert by_dagster in own.refusal()

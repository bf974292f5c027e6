"""`dg scaffold defs heartbeat_assets.HeartbeatLane NAME` writes what `heartbeat lanes new NAME` writes."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from dagster.components.component_scaffolding import scaffold_object
from dagster_dg_cli.cli import create_dg_cli

from heartbeat_assets.lanes.checking import check_lanes
from heartbeat_assets.lanes.scaffold import new_lane
from heartbeat_assets_tests.own_project import OwnProject, own_project

TYPE = "heartbeat_assets.HeartbeatLane"
pytestmark = pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    yield from own_project(tmp_path, monkeypatch)


def files_below(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file()
    }


def test_both_ways_write_the_same(own: OwnProject, capsys: pytest.CaptureFixture[str]) -> None:
    scaffold_object(own.defs / "my_lane", TYPE, None, "yaml", own.folder)
    said = capsys.readouterr().out
    assert f"Wrote {own.defs / 'my_lane' / 'digest.sql'}." in said
    assert said.endswith("Look at it with: heartbeat lanes check my_lane\n")
    by_dagster = files_below(own.defs / "my_lane")
    assert (own.folder / "data" / "my_lane" / "orders.csv").is_file()
    new_lane(own.settings, "my_lanf")
    by_hand = {name: text.replace("my_lanf", "my_lane") for name, text in files_below(own.defs / "my_lanf").items()}
    assert {name: text.replace("My lanf", "My lane") for name, text in by_hand.items()} == by_dagster


def test_the_lane_is_one_that_dagster_loads(own: OwnProject) -> None:
    scaffold_object(own.defs / "my_lane", TYPE, None, "yaml", own.folder)
    names = {key.to_user_string() for key in own.definitions().resolve_asset_graph().get_all_asset_keys()}
    assert names >= {"my_lane/orders", "my_lane/digest", "my_lane/heartbeat", "my_lane/published"}


def test_the_rows_may_be_a_file_somebody_has(own: OwnProject) -> None:
    file = own.write("data/rows.csv", "a,b\n1,x\n")
    scaffold_object(own.defs / "deep" / "shop", TYPE, f'{{"from_file": "{file}"}}', "yaml", own.folder)
    (check,) = check_lanes(own.settings)
    assert (check.lane, check.findings) == ("shop", [])
    first = (own.defs / "deep" / "shop" / "defs.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../lane.schema.json"


@pytest.mark.parametrize(
    ("folder", "how", "said"),
    [
        ("My-Lane", "yaml", "'My-Lane' cannot be a lane's name: .* for example my_lane"),
        ("my_lane", "python", "a lane is a defs.yaml of its own and SQL; leave --format out"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_leaves_no_folder(own: OwnProject, folder: str, how: str, said: str) -> None:
    with pytest.raises(click.ClickException, match=said):
        scaffold_object(own.defs / folder, TYPE, None, how, own.folder)
    assert not (own.defs / folder).exists()


def test_a_folder_that_holds_something_stays_as_it_is(own: OwnProject) -> None:
    file = own.write_lane("shop")
    before = file.read_bytes()
    with pytest.raises(click.ClickException, match="shop is there already"):
        scaffold_object(file.parent, TYPE, None, "yaml", own.folder)
    assert file.read_bytes() == before


@pytest.fixture
def dg(own: OwnProject, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Calls `dg` in the project as a person would; in this process, where Dagster is loaded already."""
    monkeypatch.setenv("DAGSTER_HOME", str(own.folder))
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.chdir(own.folder)

    def call(*arguments: str) -> Result:
        with warnings.catch_warnings():
            # What dg and click say to each other is no mistake of ours.
            warnings.simplefilter("ignore")
            return CliRunner().invoke(create_dg_cli(), arguments)  # type: ignore[no-untyped-call]

    return call


def test_dg_makes_a_lane_that_its_own_checks_pass_and_explains_its_fields(
    own: OwnProject, dg: Callable[..., Result]
) -> None:
    made = dg("scaffold", "defs", TYPE, "my_lane")
    assert made.exit_code == 0, made.output
    for what in ("yaml", "defs"):
        done = dg("check", what)
        assert done.exit_code == 0, done.output
    shown = dg("utils", "inspect-component", TYPE, "--defs-yaml-schema").stdout
    assert "unit: <string>  # Optional: ratio (0 to 1), seconds, count or number" in shown
    (own.defs / "my_lane" / "defs.yaml").write_text(
        (own.defs / "my_lane" / "defs.yaml").read_text(encoding="utf-8").replace("unit: ratio", "unit: percent"),
        encoding="utf-8",
    )
    refused = dg("check", "yaml")
    assert refused.exit_code != 0
    assert "'percent' is not one of ['ratio', 'seconds', 'count', 'number']" in refused.stdout

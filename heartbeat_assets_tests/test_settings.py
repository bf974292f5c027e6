"""Tests of settings: what the environment decides."""

from pathlib import Path

import pytest

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEARTBEAT_PROJECT", "HEARTBEAT_HOME", "HEARTBEAT_LEDGER_URL"):
        monkeypatch.delenv(name, raising=False)


def make_project(folder: Path, table: str = 'root_module = "mine"') -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(f"[tool.dg.project]\n{table}\n", encoding="utf-8")
    return folder


def test_a_project_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    inside = project / "deep" / "er"
    inside.mkdir(parents=True)
    # Another tool's file on the way up is not a project of ours.
    (project / "deep" / "pyproject.toml").write_text("[tool.other]\n")

    found = load_settings(inside)

    assert (found.project, found.defs) == (project, project / "mine" / "defs")
    assert found.home == project / ".heartbeat"
    assert found.ledger_url == str(project / ".heartbeat" / "ledger.sqlite")


def test_the_defs_may_be_elsewhere_in_the_project(tmp_path: Path) -> None:
    project = make_project(tmp_path, 'root_module = "mine"\ndefs_module = "mine.other.lanes"')

    assert load_settings(project).defs == project / "mine" / "other" / "lanes"


def test_the_environment_decides_over_what_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = make_project(tmp_path / "named")
    monkeypatch.setenv("HEARTBEAT_PROJECT", str(named))
    monkeypatch.setenv("HEARTBEAT_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", "postgresql://somewhere/else")

    found = load_settings(make_project(tmp_path / "here"))

    assert (found.project, found.home, found.ledger_url) == (
        named,
        tmp_path / "state",
        "postgresql://somewhere/else",
    )


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEARTBEAT_PROJECT", "HEARTBEAT_HOME", "HEARTBEAT_LEDGER_URL"):
        monkeypatch.setenv(name, "")

    assert load_settings(make_project(tmp_path)).home == tmp_path / ".heartbeat"


def test_a_home_with_a_tilde_or_relative_to_here_becomes_a_full_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))

    monkeypatch.setenv("HEARTBEAT_HOME", "state")
    assert load_settings().home == tmp_path / "state"
    monkeypatch.setenv("HEARTBEAT_HOME", "~/state")
    assert load_settings().home == tmp_path / "me" / "state"


@pytest.mark.parametrize("content", [None, "", "[tool.dg.project", "[tool.dg]\nproject = 5\n", "[tool.dg.project]\n"])
def test_a_named_folder_that_is_no_project_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "pyproject.toml").write_text(content)
    monkeypatch.setenv("HEARTBEAT_PROJECT", str(tmp_path))

    with pytest.raises(UsageProblem, match=f"HEARTBEAT_PROJECT={tmp_path}: no pyproject.toml"):
        load_settings()


def test_outside_of_any_project_the_checkout_of_the_package_is_taken(tmp_path: Path) -> None:
    found = load_settings(tmp_path)

    assert (found.project, found.defs) == (ROOT, ROOT / "heartbeat_assets" / "defs")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (None, "http://127.0.0.1:8420"),
        ("", "http://127.0.0.1:8420"),
        ("https://cockpit.example.org/", "https://cockpit.example.org"),
        ("off", None),
    ],
)
def test_where_links_into_the_cockpit_lead(
    monkeypatch: pytest.MonkeyPatch, written: str | None, url: str | None
) -> None:
    monkeypatch.delenv("HEARTBEAT_COCKPIT_URL", raising=False)
    if written is not None:
        monkeypatch.setenv("HEARTBEAT_COCKPIT_URL", written)
    assert load_settings().cockpit_url == url

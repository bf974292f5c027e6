"""Tests of `heartbeat cockpit token`. The running cockpit is tested beside its server."""

from pathlib import Path

from heartbeat_assets.cockpit.security.operators import Operators
from heartbeat_assets_tests.cli.calling import Heartbeat


def test_a_token_is_shown_once_and_its_line_lets_its_owner_in(heartbeat: Heartbeat, tmp_path: Path) -> None:
    document = heartbeat("cockpit", "token", "ann@example.org").document

    assert document["token"] not in document["line"]
    file = tmp_path / "operators.yaml"
    file.write_text(document["line"] + "\n", encoding="utf-8")
    found = Operators(file).with_token(document["token"])
    assert found is not None
    assert found.name == "ann@example.org"


def test_people_get_the_token_and_the_line(heartbeat: Heartbeat) -> None:
    told = heartbeat("cockpit", "token", "ann@example.org", "--table").stdout

    assert "Token of ann@example.org" in told
    assert "\nann@example.org: sha256:" in told


def test_a_token_for_what_is_no_address_is_wrong_usage(heartbeat: Heartbeat) -> None:
    assert "no e-mail address" in heartbeat.fails(2, "cockpit", "token", "ann")


def test_a_host_that_others_reach_is_refused_before_anything_listens(heartbeat: Heartbeat) -> None:
    assert "nobody could sign in" in heartbeat.fails(2, "cockpit", "--host", "0.0.0.0")

"""Tests of operators: who has which token, and what the file may say."""

import os
from pathlib import Path

import pytest

from heartbeat_assets.cockpit.security.operators import Operators, new_token, operators_line, token_hash
from heartbeat_assets.errors import SpecProblem


def written(file: Path, text: str, seconds: int = 0) -> Path:
    file.write_text(text, encoding="utf-8")
    # As if written at another time: tests are quicker than the clock of some file systems.
    os.utime(file, (1_800_000_000 + seconds,) * 2)
    return file


def test_an_operator_of_the_file_is_found_by_the_token(tmp_path: Path) -> None:
    token, other = new_token(), new_token()
    text = operators_line("ann@example.org", token) + "\n" + operators_line("bob@example.org", other) + "\n"
    operators = Operators(written(tmp_path / "operators.yaml", text))

    found = operators.with_token(token)

    assert found is not None
    assert found.name == "ann@example.org"
    assert operators.with_token(token, "ann@example.org") == found
    assert operators.with_token(token, "ANN@example.org") == found
    assert operators.with_token(token, "bob@example.org") is None
    for wrong in ("", token[:-1], token + "x", token_hash(token), "x" * 10_000, "é\ud800"):
        assert operators.with_token(wrong) is None


def test_an_operator_may_have_several_tokens(tmp_path: Path) -> None:
    old, new = new_token(), new_token()
    text = f"ann@example.org:\n  - {token_hash(old)}\n  - {token_hash(new)}\n"
    operators = Operators(written(tmp_path / "operators.yaml", text))

    first, second = operators.with_token(old), operators.with_token(new)
    assert first is not None
    assert second is not None
    assert first.fingerprint != second.fingerprint


def test_a_token_that_is_taken_out_of_the_file_ends_the_sessions_it_began(tmp_path: Path) -> None:
    token = new_token()
    file = written(tmp_path / "operators.yaml", operators_line("ann@example.org", token))
    operators = Operators(file)
    found = operators.with_token(token)
    assert found is not None
    assert operators.still(found.name, found.fingerprint)

    written(file, operators_line("ann@example.org", new_token()), seconds=5)

    assert not operators.still(found.name, found.fingerprint)
    assert operators.with_token(token) is None


def test_while_the_file_is_wrong_nobody_in_it_is_an_operator_and_the_start_token_still_is(tmp_path: Path) -> None:
    token = new_token()
    file = written(tmp_path / "operators.yaml", operators_line("ann@example.org", token))
    operators = Operators(file, start_name="eve@example.org", start_token="start")
    operators.check()

    written(file, "ann@example.org: [", seconds=5)

    assert operators.with_token(token) is None
    assert operators.with_token("start") is not None
    assert operators.problem is not None
    written(file, operators_line("ann@example.org", token), seconds=10)
    assert operators.with_token(token) is not None
    assert operators.problem is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names nobody"),
        ("- ann@example.org", "names nobody"),
        ("ann@example.org: hunter2", "is no sha256:HASH"),
        ("ann@example.org:", "is no sha256:HASH"),
        ("ann@example.org: []", "is no sha256:HASH"),
        ("ann: sha256:" + "a" * 64, "'ann': is no e-mail address"),
        ("7: sha256:" + "a" * 64, "7: is no e-mail address"),
        ("a: b: c", "line 1: is not YAML"),
    ],
)
def test_a_mistake_in_the_file_is_said_without_showing_what_may_be_a_token(
    tmp_path: Path, text: str, said: str
) -> None:
    operators = Operators(written(tmp_path / "operators.yaml", text))

    with pytest.raises(SpecProblem, match=r"operators\.yaml") as caught:
        operators.check()

    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_not_there_is_a_problem_of_the_start(tmp_path: Path) -> None:
    with pytest.raises(SpecProblem, match="cannot be read: No such file"):
        Operators(tmp_path / "operators.yaml").check()


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 40

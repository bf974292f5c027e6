"""Tests of errors: the errors a user can do something about, each with the exit code of docs/contract.md, section 8."""

import pytest

from heartbeat_assets.errors import HeartbeatError, InputMissing, InputUnreadable, SpecProblem, UsageProblem


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageProblem("x"), 2),
        (InputMissing("x"), 2),
        (InputUnreadable("x"), 3),
        (HeartbeatError("x"), 3),
        (SpecProblem("defs.yaml", ["x"]), 3),
    ],
)
def test_each_error_ends_a_command_with_the_code_of_the_contract(error: HeartbeatError, code: int) -> None:
    assert error.exit_code == code

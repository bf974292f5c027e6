"""The errors a user can do something about, each with the exit code of docs/contract.md, section 8.

Every message names the file, line, field or setting and says what to do. A leaf: it must not import a room.
"""

from __future__ import annotations


class HeartbeatError(Exception):
    """Something is wrong that a person can mend; `exit_code` is what a command ends with."""

    exit_code = 3


class UsageProblem(HeartbeatError):
    """A wrong option or name."""

    exit_code = 2


class InputMissing(HeartbeatError):
    """An input that does not exist."""

    exit_code = 2


class InputUnreadable(HeartbeatError):
    """An input that is there and cannot be read."""


class SpecProblem(HeartbeatError):
    """A lane's defs.yaml or SQL is wrong; `problems` holds one sentence each."""

    def __init__(self, file: str, problems: list[str]) -> None:
        self.file = file
        self.problems = problems
        super().__init__(f"{file}: " + "; ".join(problems))

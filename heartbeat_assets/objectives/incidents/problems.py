"""What is wrong with something that was asked of incidents, by the field that is wrong. It must not judge."""

from __future__ import annotations

from heartbeat_assets.errors import HeartbeatError, UsageProblem


class IncidentProblem(UsageProblem):
    """`field` (id, title, severity, at, actor, ...) cannot be what was asked for; `sentence` says why, without its
    subject.
    """

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        self.sentence = sentence
        super().__init__(f"{field}: {sentence}")


class IncidentUnreadable(HeartbeatError):
    """The journal holds an event of an incident that this program cannot read."""

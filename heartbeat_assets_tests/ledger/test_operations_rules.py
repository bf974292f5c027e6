"""What the database takes of incidents, components, objectives and corrections: through raw SQL, as anybody could."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger
from heartbeat_assets_tests.ledger.journal_entries import BY_PROGRAM, INSERT, REFUSED, next_row, rows_of
from heartbeat_assets_tests.ledger.raw import execute

OPEN, OVER, RULE, UNDECIDED = "INC-20260223-001", "INC-20260223-002", "rule:api-down", "rule:slow"
SUGGESTED, DISMISSED = 3, 6
"""The numbers of the suggestion that was opened, and of the one that nobody has decided about."""

BEFORE: list[tuple[str, dict[str, Any]]] = [
    (OPEN, {"kind": "opened"}),
    (OPEN, {"kind": "acknowledged"}),
    (RULE, {"kind": "suggested", **BY_PROGRAM}),
    (OVER, {"kind": "opened", "cause": SUGGESTED}),
    (OVER, {"kind": "resolved"}),
    (UNDECIDED, {"kind": "suggested", **BY_PROGRAM}),
]
"""An acknowledged incident, and one that a rule suggested and that is resolved."""


@pytest.fixture
def put(ledger: Ledger, raw: sa.Engine) -> Callable[..., None]:
    """Records the next event of a subject as it is; `stream` is incident unless given."""

    def record(subject: str, *, stream: str = "incident", **changes: Any) -> None:
        execute(raw, INSERT, **next_row(raw, stream, subject, **changes))
        assert ledger.journal.verify(stream, subject).unbroken

    for subject, changes in BEFORE:
        record(subject, **changes)
    return record


@pytest.fixture
def refuses(put: Callable[..., None]) -> Callable[..., None]:
    """Asserts that an event is refused by the guards, in this sentence."""

    def check(sentence: str, subject: str, **changes: Any) -> None:
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED) as caught:
            put(subject, **changes)
        assert sentence in str(caught.value.orig)

    return check


AGAINST_THE_RULES: list[tuple[str, str, dict[str, Any]]] = [
    ("an event of incident is suggested, dismissed, opened", OPEN, {"kind": "closed"}),
    ("is as INC-20260223-001", "INC-20260223-1", {"kind": "opened"}),
    ("is as INC-20260223-001", "INC-2026022-0001", {"kind": "opened"}),
    ("is as INC-20260223-001", "inc-20260223-003", {"kind": "opened"}),
    ("is as INC-20260223-001", "INC-20260223-003 ", {"kind": "opened"}),
    ("is as INC-20260223-001", "INC-20260223-00a", {"kind": "opened"}),
    ("is as INC-20260223-001", "INC-20260223-0000001", {"kind": "opened"}),
    ("is as INC-20260223-001", RULE, {"kind": "opened"}),
    ("has the subject rule:", OPEN, {"kind": "suggested"}),
    ("has the subject rule:", "rule:", {"kind": "suggested"}),
    ("only a person decides about one", "INC-20260223-003", {"kind": "opened", **BY_PROGRAM}),
    ("only a person decides about one", OPEN, {"kind": "updated", **BY_PROGRAM}),
    ("only a person decides about one", OPEN, {"kind": "mitigated", **BY_PROGRAM}),
    ("only a person decides about one", OPEN, {"kind": "resolved", **BY_PROGRAM}),
    ("only a person decides about one", OPEN, {"kind": "action_added", **BY_PROGRAM}),
    ("only a person decides about one", UNDECIDED, {"kind": "dismissed", "cause": DISMISSED, **BY_PROGRAM}),
    ("an event of an incident says why", OPEN, {"kind": "mitigated", "reason": " \n"}),
    ("an event of an incident says why", "rule:other", {"kind": "suggested", "reason": "", **BY_PROGRAM}),
    ("is its opening, and no other one is", OPEN, {"kind": "opened"}),
    ("is its opening, and no other one is", "INC-20260223-003", {"kind": "updated"}),
    ("is its opening, and no other one is", "INC-20260223-003", {"kind": "resolved"}),
    ("names it as the cause", UNDECIDED, {"kind": "dismissed"}),
    ("names it as the cause", RULE, {"kind": "dismissed", "cause": DISMISSED}),
    ("names it as the cause", "INC-20260223-003", {"kind": "opened", "cause": 1}),
    ("a suggestion is opened or dismissed once", "INC-20260223-003", {"kind": "opened", "cause": SUGGESTED}),
    ("a suggestion is opened or dismissed once", RULE, {"kind": "dismissed", "cause": SUGGESTED}),
    ("only an open incident is acknowledged", OPEN, {"kind": "acknowledged"}),
    ("only an open incident is acknowledged", OVER, {"kind": "acknowledged"}),
    ("an incident is mitigated once", OVER, {"kind": "mitigated"}),
    ("a resolved incident is not resolved again", OVER, {"kind": "resolved"}),
    ("only a resolved incident is reopened", OPEN, {"kind": "reopened"}),
    ("an event of component is changed, overridden or", "api", {"stream": "component", "kind": "said"}),
    ("only a person overrides", "api", {"stream": "component", "kind": "overridden", **BY_PROGRAM}),
    ("only a person overrides", "api", {"stream": "component", "kind": "overridden", "reason": ""}),
    ("only an override is ended", "api", {"stream": "component", "kind": "override_ended"}),
    ("an event of objective is green, yellow", "reads", {"stream": "objective", "kind": "blue"}),
    ("an event of correction is corrected or withdrawn", "reads", {"stream": "correction", "kind": "said"}),
    ("only a person corrects", "reads", {"stream": "correction", "kind": "corrected", **BY_PROGRAM}),
    ("only a person corrects", "reads", {"stream": "correction", "kind": "corrected", "reason": " "}),
]


def test_what_is_against_the_rules_is_refused_whoever_asks(refuses: Callable[..., None], raw: sa.Engine) -> None:
    before = rows_of(raw)
    for sentence, subject, changes in AGAINST_THE_RULES:
        refuses(sentence, subject, **changes)
    assert rows_of(raw) == before


def test_an_incident_goes_through_its_states_and_comes_back(put: Callable[..., None]) -> None:
    for kind in ("updated", "action_added", "mitigated", "resolved", "updated", "action_done", "reopened", "mitigated"):
        put(OPEN, kind=kind)
    for kind in ("resolved", "reopened", "resolved"):
        put(OPEN, kind=kind)
    put("INC-20260223-1000", kind="opened")
    put("INC-20260223-1000", kind="resolved")


def test_a_suggestion_is_opened_or_dismissed_and_may_come_again(
    put: Callable[..., None], refuses: Callable[..., None]
) -> None:
    put(UNDECIDED, kind="dismissed", cause=DISMISSED)
    refuses("a suggestion is opened or dismissed once", "INC-20260223-003", kind="opened", cause=DISMISSED)
    put(UNDECIDED, kind="suggested", **BY_PROGRAM)
    put("INC-20260223-003", kind="opened", cause=8)


def test_states_are_overridden_by_people_and_changed_by_programs(
    put: Callable[..., None], refuses: Callable[..., None]
) -> None:
    put("api", stream="component", kind="changed", reason="", **BY_PROGRAM)
    put("api", stream="component", kind="overridden")
    put("api", stream="component", kind="changed", reason="", **BY_PROGRAM)
    refuses("only a person overrides", "api", stream="component", kind="override_ended", **BY_PROGRAM)
    put("api", stream="component", kind="override_ended")
    refuses("only an override is ended", "api", stream="component", kind="override_ended")


def test_verdicts_are_a_programs_and_corrections_a_persons(put: Callable[..., None]) -> None:
    for kind in ("green", "yellow", "red", "exhausted", "no_data", "problem"):
        put("reads", stream="objective", kind=kind, reason="", **BY_PROGRAM)
    put("reads", stream="correction", kind="corrected")
    put("reads", stream="correction", kind="withdrawn")

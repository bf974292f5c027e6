"""What the database takes from a person only, and what of switches at all: through raw SQL, as anybody could."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger
from heartbeat_assets_tests.ledger.journal_entries import (
    BY_PROGRAM,
    ENGAGED,
    INSERT,
    OK,
    TRIGGERED,
    next_row,
)
from heartbeat_assets_tests.ledger.raw import execute

# --- Switches ---------------------------------------------------------------------------------------------------------


AGAINST_THE_RULES_OF_SWITCHES: list[tuple[str, dict[str, Any], str]] = [
    ("GLOBAL", {"kind": "opened"}, "an event of switch is engaged, released, rehearsed or held"),
    ("GLOBAL", {"kind": "said"}, "an event of switch is engaged, released, rehearsed or held"),
    ("wholesale", {"kind": "engaged"}, "a switch is GLOBAL or a domain"),
    ("Global", {"kind": "engaged"}, "a switch is GLOBAL or a domain"),
    ("GLOBAL ", {"kind": "engaged"}, "a switch is GLOBAL or a domain"),
    ("É", {"kind": "engaged"}, "a switch is GLOBAL or a domain"),
    ("A" * 101, {"kind": "engaged"}, "a switch is GLOBAL or a domain"),
    ("WHOLESALE", {"kind": "released", **BY_PROGRAM}, "only a person releases a switch"),
    ("WHOLESALE", {"kind": "released", "cause": TRIGGERED, **BY_PROGRAM}, "only a person releases a switch"),
    ("WHOLESALE", {"kind": "released", "reason": ""}, "whoever engages or releases a switch says why"),
    ("WHOLESALE", {"kind": "released", "reason": " \n\t"}, "whoever engages or releases a switch says why"),
    ("GLOBAL", {"kind": "engaged", "reason": " "}, "whoever engages or releases a switch says why"),
    ("GLOBAL", {"kind": "engaged", "reason": "", "cause": 1, **BY_PROGRAM}, "engages or releases a switch says"),
    ("GLOBAL", {"kind": "released"}, "only an engaged switch is released"),
    ("BUYER_MATCH", {"kind": "released"}, "only an engaged switch is released"),
    ("WHOLESALE", {"kind": "engaged"}, "an engaged switch is not engaged again"),
    ("WHOLESALE", {"kind": "engaged", "cause": TRIGGERED, **BY_PROGRAM}, "an engaged switch is not engaged again"),
    ("GLOBAL", {"kind": "engaged", **BY_PROGRAM}, "a program acts on a tripwire that has triggered"),
    ("GLOBAL", {"kind": "engaged", "cause": OK, **BY_PROGRAM}, "a program acts on a tripwire that has triggered"),
    ("GLOBAL", {"kind": "engaged", "cause": ENGAGED, **BY_PROGRAM}, "a program acts on a tripwire"),
    ("GLOBAL", {"kind": "rehearsed", **BY_PROGRAM}, "a program acts on a tripwire that has triggered"),
    ("GLOBAL", {"kind": "rehearsed", "cause": OK, **BY_PROGRAM}, "a program acts on a tripwire that has triggered"),
    ("WHOLESALE", {"kind": "held", "cause": OK, **BY_PROGRAM}, "a program acts on a tripwire that has triggered"),
    ("WHOLESALE", {"kind": "held", **BY_PROGRAM}, "a program acts on a tripwire that has triggered"),
]


def test_a_switch_changes_by_its_rules_only(refuses: Callable[..., None], shared: sa.Engine) -> None:
    for subject, changes, sentence in AGAINST_THE_RULES_OF_SWITCHES:
        refuses(INSERT, sentence, **next_row(shared, "switch", subject, **changes))


def test_a_person_engages_and_releases_as_often_as_need_be(takes: Callable[..., None]) -> None:
    for name in ("GLOBAL", "BUYER_MATCH"):
        for _ in range(2):
            takes("switch", name, kind="engaged")
            takes("switch", name, kind="released")


def test_a_program_engages_rehearses_and_holds_for_a_tripwire_that_has_triggered(takes: Callable[..., None]) -> None:
    for kind in ("rehearsed", "held", "engaged", "held", "rehearsed"):
        takes("switch", "GLOBAL", kind=kind, cause=TRIGGERED, **BY_PROGRAM)
    takes("switch", "GLOBAL", kind="released")
    takes("switch", "GLOBAL", kind="engaged", cause=TRIGGERED, **BY_PROGRAM)


def test_what_was_rehearsed_or_held_leaves_a_switch_as_it_was(
    takes: Callable[..., None], ledger: Ledger, raw: sa.Engine
) -> None:
    for kind in ("rehearsed", "held"):
        takes("switch", "WHOLESALE", kind=kind)
        takes("switch", "BUYER_MATCH", kind=kind)
    for name, kind in (("WHOLESALE", "engaged"), ("BUYER_MATCH", "released")):
        with pytest.raises(sa.exc.IntegrityError, match=r"engaged switch is"):
            execute(raw, INSERT, **next_row(raw, "switch", name, kind=kind))
    assert ledger.journal.mark() == 11


# --- Tripwires and going live -----------------------------------------------------------------------------------------


NOT_A_PROGRAMS: list[tuple[str, dict[str, Any], str]] = [
    ("tripwire", {"kind": "said"}, "an event of tripwire is ok, triggered, inconclusive"),
    ("tripwire", {"kind": "released"}, "an event of tripwire is ok, triggered, inconclusive"),
    ("tripwire", {"kind": "baseline_released", **BY_PROGRAM}, "only a person releases a frozen baseline"),
    ("tripwire", {"kind": "baseline_released", "reason": ""}, "only a person releases a frozen baseline"),
    ("tripwire", {"kind": "baseline_released", "reason": "\r\n"}, "only a person releases a frozen baseline"),
    ("go_live", {"kind": "said"}, "an event of go_live is declared or withdrawn"),
    ("go_live", {"kind": "declared", **BY_PROGRAM}, "only a person states what is ready to go live"),
    ("go_live", {"kind": "withdrawn", **BY_PROGRAM}, "only a person states what is ready to go live"),
    ("go_live", {"kind": "declared", "reason": " "}, "only a person states what is ready to go live"),
    ("go_live", {"kind": "withdrawn", "reason": ""}, "only a person states what is ready to go live"),
]


def test_what_is_a_persons_to_say_no_program_says(refuses: Callable[..., None], shared: sa.Engine) -> None:
    for stream, changes, sentence in NOT_A_PROGRAMS:
        refuses(INSERT, sentence, **next_row(shared, stream, "WHOLESALE.contract_rate", **changes))


def test_what_is_a_programs_to_say_needs_no_reason(takes: Callable[..., None]) -> None:
    kinds = ("ok", "triggered", "inconclusive", "insufficient_events", "no_data", "disabled", "problem")
    for kind in kinds:
        takes("tripwire", "WHOLESALE.contract_rate", kind=kind, reason="", **BY_PROGRAM)
    takes("tripwire", "WHOLESALE.contract_rate", kind="baseline_released")
    takes("go_live", "backend_complete", kind="declared")
    takes("go_live", "backend_complete", kind="withdrawn")

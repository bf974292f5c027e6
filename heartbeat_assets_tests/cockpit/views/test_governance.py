"""The sentences of the page of switches, and the order of the tripwires."""

from __future__ import annotations

import pytest

from heartbeat_assets.cockpit.views import GovernanceView, worst_tripwire_first
from heartbeat_assets_tests.cockpit.sample_views import evaluation, switch, tripwire


@pytest.mark.parametrize(
    ("names", "headline"),
    [
        ([], "Nothing is stopped"),
        (["WHOLESALE"], "WHOLESALE is stopped"),
        (["WHOLESALE", "CAPITAL"], "WHOLESALE and CAPITAL are stopped"),
        (["A", "B", "C"], "A, B and C are stopped"),
        (["GLOBAL", "CAPITAL"], "Everything is stopped"),
    ],
)
def test_the_headline_says_what_is_stopped(names: list[str], headline: str) -> None:
    assert GovernanceView(engaged=tuple(switch(name=name, title=name) for name in names)).headline == headline


@pytest.mark.parametrize(
    ("outcomes", "headline"),
    [
        ([], "Tripwires: there is none"),
        (["ok", "inconclusive"], "Tripwires: none of 2 is triggered"),
        (["triggered", "ok"], "Tripwires: 1 of 2 is triggered"),
        (["triggered", "triggered", "problem"], "Tripwires: 2 of 3 are triggered and 1 of 3 cannot be judged"),
        (["disabled"], "Tripwires: the only one is disabled"),
        (["disabled", "disabled"], "Tripwires: all 2 are disabled"),
    ],
)
def test_the_second_headline_says_how_many_tripwires_say_something(outcomes: list[str], headline: str) -> None:
    tripwires = tuple(tripwire(outcome=outcome, enabled=outcome != "disabled") for outcome in outcomes)

    assert GovernanceView(tripwires=tripwires).tripwires_headline == headline


def test_the_worst_comes_first_and_what_is_off_last() -> None:
    outcomes = ["disabled", "ok", "pending", "no_data", "inconclusive", "problem", "triggered"]

    found = worst_tripwire_first(tripwire(name=outcome, outcome=outcome) for outcome in outcomes)

    assert [one.outcome for one in found] == list(reversed(outcomes))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("triggered", ("◆", "triggered", "red")),
        ("problem", ("◆", "cannot be judged", "red")),
        ("inconclusive", ("▲", "inconclusive", "amber")),
        ("insufficient_events", ("○", "too few events", "no_data")),
        ("no_data", ("○", "no data", "no_data")),
        ("ok", ("●", "ok", "green")),
        ("disabled", ("⊘", "disabled", "no_data")),
        ("baseline_released", ("○", "baseline released", "no_data")),
    ],
)
def test_an_outcome_is_a_shape_and_a_word(outcome: str, said: tuple[str, str, str]) -> None:
    view = evaluation(outcome=outcome)

    assert view.look == said

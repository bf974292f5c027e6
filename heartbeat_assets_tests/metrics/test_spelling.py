"""Tests of spelling: what somebody probably meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.metrics.spelling import meant_by

KEYS = ("norm_value", "alert_value", "how_to_read", "every")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("norm", "norm_value"),
        ("How to read", "how_to_read"),
        ("ALERT-VALUE", "alert_value"),
        ("evry", "every"),
        ("colour", None),
        ("", None),
    ],
)
def test_a_word_cut_short_misspelt_or_with_other_signs_is_known(text: str, meant: str | None) -> None:
    assert meant_by(text, KEYS) == meant


@given(st.text(), st.lists(st.text()))
def test_what_is_meant_is_one_of_the_choices(text: str, choices: list[str]) -> None:
    assert meant_by(text, choices) in (None, *choices)

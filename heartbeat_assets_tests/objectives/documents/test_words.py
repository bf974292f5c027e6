"""Figures are written in one way, and none looks better than it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.objectives.documents import words


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.995, "99.5%"), (1.0, "100%"), (0.9999999, "99.999%"), (0.0, "0%"), (-0.8, "-80%"), (None, "no data"),
     (0.99954, "99.954%"), (float("nan"), "no data")],
)  # fmt: skip
def test_shares(share: float | None, said: str) -> None:
    assert words.percent(share) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(41.0, "41"), (1234567.0, "1,234,567"), (17.625, "17.625"), (0.17612345678, "0.176123"), (0.0, "0"), (-0.0, "0"),
     (1e-9, "0.000000001"), (None, "no data"), (-12.5, "-12.5"), (1000, "1,000"), (1e21, "1" + ",000" * 7)],
)  # fmt: skip
def test_numbers(value: float | None, said: str) -> None:
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59.6, "1 min"), (5400, "1 h 30 min"), (86_400, "1 d"), (90_061, "1 d 1 h"), (86_430, "1 d"),
     (None, "none yet"), (-60, "-1 min")],
)  # fmt: skip
def test_durations(seconds: float | None, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("15m", "< 15 min"), ("1h", "< 1 hour"), ("4h", "< 4 hours"), ("1 business day", "< 1 business day"),
     ("best effort", "best-effort"), ("1m", "< 1 min")],
)  # fmt: skip
def test_promises(text: str, said: str) -> None:
    assert words.promise(text) == said


@pytest.mark.parametrize(
    ("kind", "said"),
    [("the last 7 days", "rolling 7 days"), ("this calendar window of 1 month", "monthly"),
     ("this calendar window of 2 weeks", "every 2 weeks"), ("", "")],
)  # fmt: skip
def test_windows(kind: str, said: str) -> None:
    assert words.window(kind) == said


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_can_be_written(value: float) -> None:
    assert "e" not in words.number(value).lower()


@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_share_below_the_whole_never_looks_whole(share: float) -> None:
    assert words.percent(share) != "100%"

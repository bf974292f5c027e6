"""Tests of backtest_strip: blocked stretches as blocks, short ones seen and many told apart from long."""

from datetime import timedelta

from heartbeat_assets.lanes.backtest.episodes import Episode, PolicyReplay, Weight
from heartbeat_assets.lanes.backtest.shapes import LEFT, RIGHT, Area, Axis, Words
from heartbeat_assets.lanes.backtest.strip import STRIP, strip
from heartbeat_assets_tests.lanes.histories import NOW, SPEC

# A pixel for every second.
AXIS = Axis(NOW, NOW + timedelta(seconds=RIGHT - LEFT))


def episode(begins: float, ends: float | None, reason: str = "max_failed_exceeded") -> Episode:
    began = NOW + timedelta(seconds=begins)
    ended = None if ends is None else NOW + timedelta(seconds=ends)
    found = Episode(began, ended, ended is None, 1, (RIGHT - LEFT if ends is None else ends) - begins)
    found.weights = {(reason,): Weight(1, found.seconds)}
    return found


def blocks(*episodes: Episode) -> list[Area]:
    policy = PolicyReplay(SPEC, SPEC.rules(), 20)
    policy.episodes = list(episodes)
    shapes = list(strip(AXIS, SPEC, "Current policy", policy, 0.0))
    return [shape for shape in shapes if isinstance(shape, Area) and shape.role == "blocked"]


def span(area: Area) -> tuple[float, float, float]:
    """Where it begins and ends, and how high it is."""
    xs, ys = ([point[axis] for point in area.points] for axis in (0, 1))
    return min(xs) - LEFT, max(xs) - LEFT, STRIP - min(ys)


def test_a_long_episode_is_a_block_of_full_height() -> None:
    assert [span(area) for area in blocks(episode(100, 300))] == [(100, 300, 24)]


def test_an_episode_that_goes_on_reaches_the_end() -> None:
    assert [span(area) for area in blocks(episode(500, None))] == [(500, RIGHT - LEFT, 24)]


def test_an_episode_shorter_than_a_pixel_is_still_seen() -> None:
    assert [span(area) for area in blocks(episode(100.2, 100.25))] == [(100, 102, 3)]


def test_one_that_took_no_time_is_still_seen_and_one_without_a_time_stands_at_the_beginning() -> None:
    nowhere = Episode(None, None, False, 1, 0.0, {("max_failed_exceeded",): Weight(1)})

    assert [span(area)[0] for area in blocks(nowhere, episode(50, 50))] == [0, 50]


def test_one_at_the_very_end_is_seen() -> None:
    (area,) = blocks(episode(RIGHT - LEFT, None))

    assert span(area)[0] == RIGHT - LEFT - 1


def test_many_short_ones_are_as_high_as_the_share_of_the_time_they_took() -> None:
    (area,) = blocks(*(episode(100 + number, 100.5 + number) for number in range(50)))

    assert span(area) == (100, 150, 12)
    assert len(area.points) == 4
    assert "(50 times, 25 s)" in area.hint


def test_a_block_says_when_how_long_and_by_what() -> None:
    (first, second) = blocks(episode(0, 60, "max_drilldown_violations_exceeded"), episode(200, None))

    assert first.hint == (
        "Current policy: blocked from 2026-03-01 12:00 UTC to 2026-03-01 12:01 UTC (60 s), mostly by "
        "max_drilldown_violations_exceeded"
    )
    assert " to now (" in second.hint


def test_a_policy_that_never_blocked_says_so() -> None:
    policy = PolicyReplay(SPEC, SPEC.rules(), 20)

    (words, line) = strip(AXIS, SPEC, "Proposed policy", policy, 0.0)

    assert isinstance(words, Words)
    assert (words.text, words.note) == ("Proposed policy", "never blocked")
    assert isinstance(line, Area)
    assert line.role == "allowed"

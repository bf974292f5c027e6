"""What is kept: made once for all who ask, and anew when it may be another one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from heartbeat_assets.cockpit import keeping
from heartbeat_assets.cockpit.keeping import Briefly, PerVersion


@pytest.fixture
def version() -> list[int]:
    """That of the files; a test makes it grow."""
    return [1]


def test_it_is_made_once_for_each_version(version: list[int]) -> None:
    made = count(1)
    numbers = PerVersion(lambda: version[0], lambda: next(made))

    assert [numbers.now(), numbers.now()] == [1, 1]
    version[0] += 1
    assert [numbers.now(), numbers.now()] == [2, 2]


def test_a_look_is_kept_for_seconds_unless_the_files_change_or_it_is_forgotten(
    version: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = count(1)
    numbers = Briefly(lambda: next(looks), lambda: version[0])

    assert [numbers.now(), numbers.now()] == [1, 1]
    version[0] += 1
    assert [numbers.now(), numbers.now()] == [2, 2]
    numbers.forget()
    assert [numbers.now(), numbers.now()] == [3, 3]
    monkeypatch.setattr(keeping, "KEPT_SECONDS", 0.0)
    assert [numbers.now(), numbers.now()] == [4, 5]


def test_what_is_decided_during_a_look_is_in_the_next(version: list[int]) -> None:
    looks = count(1)

    def look() -> int:
        # As a decision does, in another thread.
        numbers.forget()
        return next(looks)

    numbers: Briefly[int] = Briefly(look, lambda: version[0])

    assert [numbers.now(), numbers.now()] == [1, 2]


def test_what_failed_is_tried_again(version: list[int]) -> None:
    answers: Iterator[int | None] = iter(())

    def look() -> int:
        found = next(answers)
        if found is None:
            raise OSError("away")
        return found

    for kept in (Briefly(look, lambda: version[0]), PerVersion(lambda: version[0], look)):
        answers = iter([None, 7])
        with pytest.raises(OSError, match="away"):
            kept.now()
        assert kept.now() == 7

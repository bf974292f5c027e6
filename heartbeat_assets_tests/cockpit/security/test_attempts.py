"""Tests of failed sign-ins: who has to wait, how long, and how much is remembered."""

from heartbeat_assets.cockpit.security.attempts import MOST_ALTOGETHER, MOST_OF_AN_ADDRESS, Attempts


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_after_five_failures_an_address_waits_until_the_first_is_a_minute_old() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(MOST_OF_AN_ADDRESS):
        assert attempts.wait_seconds("10.0.0.7") == 0
        attempts.failed("10.0.0.7")
        clock.now += 10

    assert attempts.wait_seconds("10.0.0.7") == 10
    assert attempts.wait_seconds("10.0.0.8") == 0
    clock.now += 10
    assert attempts.wait_seconds("10.0.0.7") == 0


def test_failures_from_everywhere_make_everybody_wait() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for number in range(MOST_ALTOGETHER):
        attempts.failed(f"10.0.1.{number}")

    assert attempts.wait_seconds("10.9.9.9") == 60
    clock.now += 60
    assert attempts.wait_seconds("10.9.9.9") == 0


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    attempts = Attempts(Clock())
    for number in range(MOST_OF_AN_ADDRESS):
        attempts.failed(f"2001:db8:0:1::{number:x}")

    assert attempts.wait_seconds("2001:db8:0:1:ffff::1") > 0
    assert attempts.wait_seconds("2001:db8:0:2::1") == 0


def test_an_ipv4_address_in_the_form_of_ipv6_is_that_address() -> None:
    attempts = Attempts(Clock())
    for _ in range(MOST_OF_AN_ADDRESS):
        attempts.failed("::ffff:10.0.0.7")

    assert attempts.wait_seconds("10.0.0.7") > 0
    assert attempts.wait_seconds("::ffff:10.0.0.8") == 0


def test_its_memory_is_bounded_however_many_addresses_knock() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for number in range(10_000):
        clock.now += 100
        attempts.failed(f"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}")

    assert len(attempts) <= 4096


def test_what_is_no_address_is_remembered_in_short() -> None:
    attempts = Attempts(Clock())
    for _ in range(MOST_OF_AN_ADDRESS):
        attempts.failed("x" * 1_000_000)

    assert attempts.wait_seconds("x" * 2_000_000) > 0

"""Tests of emails: the loose form of RFC 5321 that owners are written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.metrics.emails import LONGEST, email_problem


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.org",
        "a@b.co",
        "first.last+tag@sub.example.museum",
        "o'neil/ops=1@example.org",
        "!#$%&'*+/=?^_`{|}~-@example.org",
        "x" * 64 + "@example.org",
        "ana@xn--bcher-kva.example",
        "ana@1.example",
    ],
)
def test_an_address_is_taken(address: str) -> None:
    assert email_problem(address) is None


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "has no @"),
        ("ana", "has no @"),
        ("@example.org", "before the @"),
        (".ana@example.org", "before the @"),
        ("a..b@example.org", "before the @"),
        ("ana @example.org", "before the @"),
        ("ana@home@example.org", "before the @"),
        ('"a b"@example.org', "before the @"),
        ("\u0430na@example.org", "before the @"),
        ("x" * 65 + "@example.org", "more than 64 characters"),
        ("ana@localhost", "'localhost' is no domain"),
        ("ana@example..org", "is no domain"),
        ("ana@-example.org", "is no domain"),
        ("ana@example.org\n", "is no domain"),
        ("ana@127.0.0.1", "is no domain"),
        ("ana@[127.0.0.1]", "is no domain"),
        ("ana@" + "x" * 64 + ".org", "is no domain"),
        ("ana@" + "x." * 130 + "org", f"at most {LONGEST}"),
    ],
)
def test_what_is_no_address_is_told_with_its_reason(address: str, said: str) -> None:
    assert said in (email_problem(address) or "")


@given(st.emails(domains=st.just("example.org")))
def test_unquoted_addresses_are_taken(address: str) -> None:
    assert email_problem(address) is None


@given(st.text())
def test_no_text_is_taken_that_could_break_a_line_or_hold_blanks(text: str) -> None:
    if email_problem(text) is None:
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text

"""Conditions of the metrics' guards that the two databases put in different words, about NEW, the row to come.

What the guards of a released migration say is made of these: they are changed by new functions, never in place.
It must not run anything.
"""

from __future__ import annotations

LARGEST = "1e300"
"""The largest threshold, in the words of both databases."""

_SMALLEST = "1e-300"


def differ(dialect: str, column: str, other: str) -> str:
    """True when a column of the new row is not `other`, NULL being a value like any."""
    return f"NEW.{column} {'IS NOT' if dialect == 'sqlite' else 'IS DISTINCT FROM'} {other}"


def blank(dialect: str, column: str) -> str:
    """True when a column of the new row is empty or only blanks."""
    blanks = "char(9, 10, 13, 32)" if dialect == "sqlite" else "chr(9) || chr(10) || chr(13) || chr(32)"
    return f"{'trim' if dialect == 'sqlite' else 'btrim'}(NEW.{column}, {blanks}) = ''"


def no_number(dialect: str) -> str:
    """True when `after` is no number that both databases and Python read alike."""
    if dialect == "sqlite":
        # What is made of these letters and is JSON, is a number.
        size = "abs(CAST(NEW.after AS REAL))"
        wrong = "NEW.after GLOB '*[^0-9.e+-]*' OR NOT json_valid(NEW.after)"
    else:
        size = "abs(NEW.after::numeric)"
        wrong = "NEW.after !~ '^-?(0|[1-9][0-9]*)([.][0-9]+)?(e[+-]?[0-9]{1,3})?$'"
    beyond = f"{size} > {LARGEST} OR ({size} > 0 AND {size} < {_SMALLEST})"
    return f"(CASE WHEN {wrong} THEN 1 = 1 ELSE {beyond} END)"


def no_date(dialect: str, text: str) -> str:
    """True when `text` is not a day of the calendar, as ISO-8601 writes it."""
    if dialect == "sqlite":
        # Any modifier makes SQLite count 30 February as 2 March. Python has no year 0.
        return f"(date({text}, '+0 days') IS NOT {text} OR {text} < '0001')"
    date = f"to_char({text}::date, 'YYYY-MM-DD')"
    return f"(CASE WHEN {text} !~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' THEN true ELSE {date} <> {text} END)"


def no_moment(dialect: str) -> str:
    """True when `at` is not a moment as the ledger writes it: UTC, with microseconds."""
    seconds, rest = "substr(NEW.at, 1, 19)", "substr(NEW.at, 20)"
    if dialect == "sqlite":
        read = f"strftime('%Y-%m-%dT%H:%M:%S', {seconds}, '+0 days')"
        fraction = "." + "[0-9]" * 6
        return f"{read} IS NOT {seconds} OR {seconds} < '0001' OR {rest} NOT GLOB '{fraction}+00:00'"
    shape = "^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}[.][0-9]{6}[+]00:00$"
    read = f"to_char({seconds}::timestamp, 'YYYY-MM-DD\"T\"HH24:MI:SS')"
    return f"(CASE WHEN NEW.at !~ '{shape}' THEN true ELSE {read} <> {seconds} END)"

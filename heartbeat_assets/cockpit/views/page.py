"""What every page has around its content or in its forms, and the pages that have nothing else.

It must not know a session's secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """Who reads the page and from where; handed to every template as `page`, beside its `view`."""

    path: str = "/"
    """Path and query of this page: where a sign-in comes back to."""
    operator: str = ""
    """The signed-in operator's name; "" when nobody is signed in."""
    csrf_token: str = ""
    """What a write must send as X-CSRF-Token; "" when nobody is signed in."""
    sign_in_offered: bool = True
    """False behind a trusted proxy, where there is nothing to sign in to."""
    dagster_url: str = ""
    """The Dagster UI, for the link in the navigation; "" leaves it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """The page where an operator enters a token; POST /sign-in with `token`, `next` and `csrf_token`."""

    next: str = "/"
    """The path to go to afterwards. The server must have checked that it is one of its own."""
    problem: str = ""
    """Why the last attempt failed, as a sentence; "" on the first."""
    form_token: str = ""
    """What the form sends back as `csrf_token`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A page that only says something: not found, refused, a ledger that cannot be reached."""

    status: int
    title: str
    """What happened: `No metric is called answered_session`."""
    sentences: tuple[str, ...] = ()
    """What it means and what to do, one paragraph each."""
    command: str = ""
    """A command that helps, shown as code; "" for none."""
    links: tuple[tuple[str, str], ...] = ()
    """(words, path) of where to go from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """What a form that was refused says, and what was typed into it."""

    name: str = ""
    """Which form: `engage`, `release WHOLESALE`; "" for none."""
    problem: str = ""
    values: dict[str, str] = field(default_factory=dict)
    wrong: str = ""
    """Which of its fields the problem is about; "" for none of them."""

    def problem_of(self, name: str) -> str:
        """The problem of the form `name`."""
        return self.problem if name == self.name else ""

    def value(self, name: str, field_name: str, before: str = "") -> str:
        """What was typed into a field of the form `name`; in any other form what it held `before`."""
        return self.values.get(field_name, before) if name == self.name else before

    def is_wrong(self, name: str, field_name: str) -> bool:
        """Whether the problem is about that field of the form `name`."""
        return name == self.name and field_name == self.wrong

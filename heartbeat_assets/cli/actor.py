"""Who is at the terminal: `--as`, else HEARTBEAT_ACTOR, else git's user.email, else the login name.

It names a person for the audit trail and proves nothing: whoever may write to the ledger may give any name.
"""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path

import click

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.ledger import Actor
from heartbeat_assets.settings import Settings

_LONGEST = 254
_GIT_SECONDS = 5

actor_option = click.option(
    "--as",
    "as_person",
    metavar="EMAIL",
    help="Who changes it; default: HEARTBEAT_ACTOR, else git's user.email, else the login name.",
)
why_option = click.option("--why", metavar="TEXT", help="Why; required, and kept for ever in the audit trail.")
reason_option = click.option("--reason", metavar="TEXT", help="Why; required, and kept for ever in the journal.")


def the_actor(as_person: str | None, settings: Settings) -> Actor:
    """The person who is at the terminal. Raises UsageProblem for a name that is none."""
    given = as_person if as_person is not None else settings.actor
    if given is None:
        return Actor(_git_email(settings.project) or _login(), "person", "cli")
    name = given.strip()
    if not name or len(name) > _LONGEST or not name.isprintable():
        option = "--as" if as_person is not None else "HEARTBEAT_ACTOR"
        raise UsageProblem(f"{option} {given!r}: give the e-mail address of who changes it, on one line")
    return Actor(name, "person", "cli")


def the_reason(why: str | None, option: str = "--why") -> str:
    """The reason given with `option`. Raises UsageProblem without one: a change that nobody explains is not made."""
    if why is None or not why.strip():
        raise UsageProblem(f"{option} is required: say in a sentence why, for those who read the audit trail later")
    return why.strip()


def _git_email(project: Path) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(project), "config", "user.email"],
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    email = done.stdout.strip()
    return email if done.returncode == 0 and email.isprintable() and len(email) <= _LONGEST and email else None


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError) as problem:
        raise UsageProblem("nobody knows who you are; give --as EMAIL, or set HEARTBEAT_ACTOR") from problem

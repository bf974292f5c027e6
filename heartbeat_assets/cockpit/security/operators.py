"""Who may sign in: the operators file with its hashed tokens, and the token printed at the start.

Tokens are long random strings, so a plain hash is enough; all compares take the same time whatever was given. The file
is read again when it changes. It must not keep a token itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.errors import SpecProblem

EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9.-]{1,253}")
_HASH = re.compile(r"sha256:([0-9a-f]{64})")
_TOKEN_BYTES = 32
LONGEST_TOKEN = 512


@dataclass(frozen=True)
class Operator:
    """A person, and the fingerprint of the token that proved it: a session ends when the token is withdrawn."""

    name: str
    fingerprint: str


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What the operators file has of `token`."""
    return "sha256:" + hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def operators_line(email: str, token: str) -> str:
    """The line of the operators file that lets `email` in with `token`."""
    return f"{email}: {token_hash(token)}"


class Operators:
    """Everybody who may sign in. `start_name` may, with `start_token`, until the program ends."""

    def __init__(self, file: Path | None = None, *, start_name: str = "", start_token: str = "") -> None:
        self._file = file
        self._start = (start_name, token_hash(start_token)) if start_name and start_token else None
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._listed: tuple[tuple[str, str], ...] = ()
        self.problem: SpecProblem | None = None
        """What is wrong with the file as it is now: while it is, nobody in it can sign in."""

    def check(self) -> None:
        """Reads the file. Raises SpecProblem."""
        self._known()
        if self.problem is not None:
            raise self.problem

    def with_token(self, token: str, name: str | None = None) -> Operator | None:
        """The operator whose token this is; of that `name` alone when one is given."""
        if not token or len(token) > LONGEST_TOKEN:
            return None
        given = token_hash(token)
        found = None
        # Every one is compared, found or not.
        for known, hashed in self._known():
            same = hmac.compare_digest(hashed, given)
            named = name is None or hmac.compare_digest(known.lower().encode(), name.strip().lower().encode())
            if same and named and found is None:
                found = Operator(known, _fingerprint(hashed))
        return found

    def still(self, name: str, fingerprint: str) -> bool:
        """Whether the operator `name` has still the token with this fingerprint."""
        return any(known == name and _fingerprint(hashed) == fingerprint for known, hashed in self._known())

    def _known(self) -> tuple[tuple[str, str], ...]:
        with self._lock:
            if self._file is not None:
                self._read(self._file)
            return (*self._listed, *([self._start] if self._start else []))

    def _read(self, file: Path) -> None:
        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return
            self._listed = _operators_in(file, file.read_bytes())
            self._stamp, self.problem = stamp, None
        except OSError as problem:
            self._refuse_all(SpecProblem(str(file), [f"cannot be read: {problem.strerror or problem}"]))
        except SpecProblem as problem:
            self._refuse_all(problem)

    def _refuse_all(self, problem: SpecProblem) -> None:
        self._listed, self._stamp, self.problem = (), None, problem


def _fingerprint(hashed: str) -> str:
    return hashlib.sha256(hashed.encode()).hexdigest()[:16]


def _operators_in(file: Path, content: bytes) -> tuple[tuple[str, str], ...]:
    """(e-mail, hash) of everybody in the file; an operator may have several tokens. Raises SpecProblem."""
    try:
        document: Any = yaml.safe_load(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise SpecProblem(str(file), ["is not UTF-8 text"]) from None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        raise SpecProblem(str(file), [f"{line}is not YAML; write EMAIL: sha256:HASH in each line"]) from None
    if not isinstance(document, dict) or not document:
        raise SpecProblem(str(file), ["names nobody; add the line that `heartbeat cockpit token EMAIL` prints"])
    found: list[tuple[str, str]] = []
    problems: list[str] = []
    for email, hashes in document.items():
        if not isinstance(email, str) or not EMAIL.fullmatch(email):
            problems.append(f"{email!r}: is no e-mail address")
            continue
        for hashed in hashes if isinstance(hashes, list) and hashes else [hashes]:
            # The value itself is not shown: it may be a token somebody wrote down by mistake.
            if isinstance(hashed, str) and _HASH.fullmatch(hashed):
                found.append((email, hashed))
            else:
                problems.append(f"{email}: is no sha256:HASH; make one with `heartbeat cockpit token {email}`")
    if problems:
        raise SpecProblem(str(file), problems)
    return tuple(found)

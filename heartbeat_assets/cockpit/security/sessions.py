"""Sessions: a signed cookie that says who has signed in, for 12 hours; and the CSRF token that goes with it.

What a session may do is not in it: whether the operator is still one is asked at every request. It must not know the
web.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from heartbeat_assets.cockpit.security.operators import Operator

LIFETIME_SECONDS = 12 * 3600
_LONGEST_COOKIE = 2048
_CLOCK_SKEW_SECONDS = 60
# Signed-out sessions are remembered until they would have expired anyway; more than this many push out the oldest.
_MOST_ENDED = 10_000


@dataclass(frozen=True)
class Session:
    """Who signed in, with which token, and when."""

    session_id: str
    operator: Operator
    began_at: int


class Sessions:
    """Makes, reads and ends sessions; `secret` signs them. Safe to use from several threads."""

    def __init__(self, secret: str | None = None, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret or secrets.token_hex(32)
        self._clock = clock
        self._signing = URLSafeSerializer(
            self._secret, salt="heartbeat cockpit session", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._ended: dict[str, int] = {}
        self._lock = threading.Lock()

    def begin(self, operator: Operator) -> str:
        """The cookie of a new session."""
        content = [secrets.token_urlsafe(16), operator.name, operator.fingerprint, int(self._clock())]
        return str(self._signing.dumps(content))

    def read(self, cookie: str) -> Session | None:
        """The session in `cookie`; None when it was tampered with, has expired or was ended."""
        if not cookie or len(cookie) > _LONGEST_COOKIE:
            return None
        try:
            session_id, name, fingerprint, began_at = self._signing.loads(cookie)
        except (BadSignature, ValueError, TypeError):
            return None
        age = self._clock() - began_at
        with self._lock:
            if not -_CLOCK_SKEW_SECONDS <= age < LIFETIME_SECONDS or session_id in self._ended:
                return None
        return Session(session_id, Operator(name, fingerprint), began_at)

    def end(self, session: Session) -> None:
        """Makes the session's cookie worthless, also where it was copied to."""
        now = self._clock()
        with self._lock:
            self._ended[session.session_id] = session.began_at
            gone = [one for one, began in self._ended.items() if now - began >= LIFETIME_SECONDS]
            for one in [*gone, *list(self._ended)[: max(0, len(self._ended) - _MOST_ENDED)]]:
                self._ended.pop(one, None)

    def csrf_token(self, subject: str) -> str:
        """What a write must send that comes with the session, or from the person, called `subject`."""
        key = self._secret.encode("utf-8", "surrogatepass")
        return hmac.new(key, f"heartbeat cockpit csrf {subject}".encode(), hashlib.sha256).hexdigest()

    def is_csrf_token(self, given: str, subject: str) -> bool:
        """Whether `given` is that token."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.csrf_token(subject).encode())

"""How many sign-ins may fail, from one address and altogether, before the next has to wait.

Its memory is bounded, whoever knocks from however many addresses. It must not know tokens.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_SECONDS = 60.0
MOST_OF_AN_ADDRESS = 5
MOST_ALTOGETHER = 50
_MOST_ADDRESSES = 4096


class Attempts:
    """The failed sign-ins of the last minute. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._of_address: OrderedDict[str, deque[float]] = OrderedDict()
        self._altogether: deque[float] = deque(maxlen=MOST_ALTOGETHER)

    def wait_seconds(self, address: str) -> int:
        """How long somebody at `address` has to wait before the next attempt is looked at; 0 for not at all."""
        now = self._clock()
        with self._lock:
            own = self._of_address.get(_neighbourhood(address), deque())
            left = max(_left(own, MOST_OF_AN_ADDRESS, now), _left(self._altogether, MOST_ALTOGETHER, now))
        return math.ceil(left)

    def failed(self, address: str) -> None:
        """Takes note of a failed attempt."""
        now, key = self._clock(), _neighbourhood(address)
        with self._lock:
            self._altogether.append(now)
            self._of_address.setdefault(key, deque(maxlen=MOST_OF_AN_ADDRESS)).append(now)
            self._of_address.move_to_end(key)
            while len(self._of_address) > _MOST_ADDRESSES:
                self._of_address.popitem(last=False)

    def __len__(self) -> int:
        return len(self._of_address)


def _left(failures: deque[float], most: int, now: float) -> float:
    """How long until fewer than `most` of the failures are in the window."""
    if len(failures) < most:
        return 0.0
    return max(0.0, failures[-most] + WINDOW_SECONDS - now)


def _neighbourhood(address: str) -> str:
    """The address, or of an IPv6 one the network that one household or machine is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))

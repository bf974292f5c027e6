"""Serves the cockpit until it is told to stop: the socket, the sign-in link, the signals.

The token of the link is told once, on standard error, and to this machine alone. It must not decide who may do what.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from urllib.parse import quote

import uvicorn

from heartbeat_assets.cockpit.app import create_app
from heartbeat_assets.cockpit.security.operators import new_token
from heartbeat_assets.cockpit.settings import CockpitSettings
from heartbeat_assets.errors import HeartbeatError

# What hangs, such as a write that waits for the ledger's lock, is left to itself: nothing is half done.
_LAST_MOMENT_SECONDS = 1.7
_GRACE_SECONDS = 1
_MOST_CONNECTIONS = 512
_BACKLOG = 256


def serve(settings: CockpitSettings, actor: str, tell: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM. `actor` is whom the printed link signs in; `tell` prints a line for people.

    Raises HeartbeatError when it cannot listen, SpecProblem when the operators file is wrong.
    """
    with bound(settings.host, settings.port) as listening:
        settings = replace(settings, port=listening.getsockname()[1])
        # Others could read over the shoulder of a server's log; there operators have tokens of their own.
        token = new_token() if settings.loopback else ""
        app = create_app(settings, start_name=actor, start_token=token)
        log = logging.StreamHandler(sys.stderr)
        # SciPy tells the root logger, at every look at a tripwire, what it works with.
        log.addFilter(lambda record: record.name != "root" or record.levelno >= logging.WARNING)
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", handlers=[log])
        logging.getLogger("uvicorn").setLevel(logging.WARNING)
        logging.getLogger("alembic").setLevel(logging.WARNING)

        def started() -> None:
            for line in welcome_lines(settings, actor, token):
                tell(line)

        config = uvicorn.Config(
            app,
            # Limits the size of headers, which the faster one does not.
            http="auto" if settings.loopback else "h11",
            ws="none",
            lifespan="on",
            log_config=None,
            # Its lines would have the token of the link.
            access_log=False,
            # Whom a proxy forwards for is decided by the cockpit's own rules.
            proxy_headers=False,
            server_header=False,
            limit_concurrency=_MOST_CONNECTIONS,
            backlog=_BACKLOG,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        with _signals_end_quietly():
            _Server(config, started).run(sockets=[listening])
    if any(thread.is_alive() and not thread.daemon for thread in threading.enumerate() if not _is_main(thread)):
        _end_now()


def welcome_lines(settings: CockpitSettings, actor: str, token: str) -> list[str]:
    """What is told when it is ready."""
    address = address_of(settings.host, settings.port)
    lines = [f"The cockpit is at {address}"]
    if token:
        lines.append(f"Sign in as {actor}: {address}/sign-in?token={quote(token, safe='')}")
    return [*lines, "Stop it with Ctrl-C."]


def address_of(host: str, port: int) -> str:
    """The address as a browser takes it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port`, 0 for any. Raises HeartbeatError with what to do."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as problem:
        raise HeartbeatError(f"--host {host}: is no address of this machine ({problem.strerror})") from problem
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        # Now, and not with the server: of two cockpits that start at once the second is told so.
        listening.listen(_BACKLOG)
    except OSError as problem:
        listening.close()
        if problem.errno == errno.EADDRINUSE:
            sentence = "something is listening there already, perhaps another cockpit; stop it, or give another --port"
        elif problem.errno == errno.EACCES:
            sentence = "this user may not listen there; give a --port of 1024 or more"
        else:
            sentence = problem.strerror or str(problem)
        raise HeartbeatError(f"--port {port} on {host}: {sentence}") from problem
    except OverflowError:
        listening.close()
        raise HeartbeatError(f"--port {port}: is no port; give one from 1 to 65535") from None
    return listening


class _Server(uvicorn.Server):
    """Tells when it is ready, and ends in time."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            late = threading.Timer(_LAST_MOMENT_SECONDS, _end_now)
            late.daemon = True
            late.start()
        super().handle_exit(sig, frame)


class _signals_end_quietly:
    """After the server has stopped for a signal, uvicorn raises it again; it was obeyed already."""

    def __enter__(self) -> None:
        self._before = {one: signal.signal(one, _nothing) for one in (signal.SIGINT, signal.SIGTERM)}

    def __exit__(self, *_: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)


def _nothing(_signal: int, _frame: FrameType | None) -> None:
    pass


def _is_main(thread: threading.Thread) -> bool:
    return thread is threading.main_thread()


def _end_now() -> None:
    sys.stderr.flush()
    os._exit(0)

"""What the cockpit is run with: where it listens, who may sign in, and whom it believes. Checked once, at the start.

The environment is read in `heartbeat_assets.settings`. It must not open anything.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import CockpitVariables, Settings

DEFAULT_PORT = 8420
_SHORTEST_SECRET = 32
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_EVERY_ADDRESS = ("0.0.0.0", "::")
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
# What carries something else, or is never a proxy's word alone.
_NOT_A_NAME = frozenset({"authorization", "cookie", "host", "origin", "referer", "x-csrf-token", "x-forwarded-for"})

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class CockpitSettings:
    """`project` says where the project and its ledger are; the rest is the cockpit's own."""

    project: Settings
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    operators_file: Path | None = None
    proxy_header: str | None = None
    proxies: tuple[Network, ...] = ()
    hosts: frozenset[str] = _LOOPBACK_NAMES
    """What the Host header may name, without the port."""
    dagster_url: str = ""
    """Without a slash at the end; "" for no links."""
    secret: str | None = None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it: then reading needs no sign-in."""
        return is_loopback(self.host)

    def is_ours(self, host: str) -> bool:
        """Whether a request may name `host`, without a port.

        Where it listens on every address of the machine, any address will do: a browser names what it was told to
        open, so only a name can be one that somebody else points here.
        """
        return host in self.hosts or (self.host in _EVERY_ADDRESS and _is_address(host))


def cockpit_settings(
    project: Settings, variables: CockpitVariables, *, host: str = "127.0.0.1", port: int = DEFAULT_PORT
) -> CockpitSettings:
    """The settings of a cockpit that listens on `host`. Raises UsageProblem, which names the variable or option."""
    header = _proxy_header(variables.proxy_header)
    if not is_loopback(host) and variables.operators is None and header is None:
        raise UsageProblem(
            f"--host {host}: others could reach the cockpit, and nobody could sign in; name operators in "
            "HEARTBEAT_COCKPIT_OPERATORS, or put a proxy in front and set HEARTBEAT_COCKPIT_PROXY_HEADER"
        )
    if variables.secret is not None and len(variables.secret) < _SHORTEST_SECRET:
        raise UsageProblem(f"HEARTBEAT_COCKPIT_SECRET: is shorter than {_SHORTEST_SECRET} characters; make it longer")
    return CockpitSettings(
        project=project,
        host=host,
        port=port,
        operators_file=variables.operators,
        proxy_header=header,
        proxies=_networks(variables.proxies) if header else (),
        hosts=_hosts(host, variables.hosts),
        dagster_url=_dagster_url(variables.dagster_url),
        secret=variables.secret,
    )


def is_loopback(host: str) -> bool:
    """Whether `host` is a name or an address of this machine that no other machine can reach."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _proxy_header(name: str | None) -> str | None:
    if name is None:
        return None
    if not _HEADER.fullmatch(name) or name.lower() in _NOT_A_NAME:
        raise UsageProblem(
            f"HEARTBEAT_COCKPIT_PROXY_HEADER={name}: is no header that names a person; give one such as "
            "X-Forwarded-Email, or take the variable away"
        )
    return name.lower()


def _networks(text: str) -> tuple[Network, ...]:
    networks = []
    for one in _listed(text):
        try:
            networks.append(ipaddress.ip_network(one))
        except ValueError:
            raise UsageProblem(
                f"HEARTBEAT_COCKPIT_PROXIES: {one!r} is neither an address nor a network; write 10.0.0.7 or 10.0.0.0/8"
            ) from None
    if any(network.prefixlen == 0 for network in networks):
        raise UsageProblem("HEARTBEAT_COCKPIT_PROXIES: everybody could name themselves; list the proxies' addresses")
    return tuple(networks)


def _hosts(host: str, text: str) -> frozenset[str]:
    names = set(_LOOPBACK_NAMES)
    for name in _listed(text):
        if not re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", name):
            raise UsageProblem(
                f"HEARTBEAT_COCKPIT_HOSTS: {name!r} is no host name; write cockpit.example.org, without a port"
            )
        names.add(name.lower())
    # An address that stands for all of them is nothing a browser asks for.
    if host not in _EVERY_ADDRESS:
        names.add(f"[{host.lower()}]" if ":" in host else host.lower())
    return frozenset(names)


def _dagster_url(url: str) -> str:
    if url.lower() == "off":
        return ""
    if not re.fullmatch(r"https?://[^\s\"'<>]+", url):
        raise UsageProblem(
            f"HEARTBEAT_DAGSTER_URL={url}: is no address of a web page; write http://127.0.0.1:3000, or off"
        )
    return url.rstrip("/")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]

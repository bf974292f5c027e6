"""Keeps secrets out of what a runbook shows: passwords of addresses, and values that the environment keeps secret.

The last door before anything is shown, not the only one: a check must not put a secret into its words to begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"PASSW|PASSPHRASE|(^|_)PASS(_|$)|_PWD$|SECRET|TOKEN|API_?KEY|(^|_)KEYS?(_|$)|CREDENTIAL|(^|_)DSN(_|$)|DATABASE_URL",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"(?<=:)[^:@/\s]+(?=@)|(?<=password=)[^&\s]+", re.IGNORECASE)
_LOGIN = re.compile(r"(://[^:@/\s]*):\S+@")
# What a terminal would obey, what turns a line around, and halves of letters that no file can hold.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Shorter ones are in every other word: hiding them would show them.
_SHORTEST = 4
# Nor are these secrets, whoever chose one as a password: to hide them is to hide the words of every other sentence.
_NO_SECRETS = frozenset(
    (
        "dagster",
        "database",
        "heartbeat",
        "heartbeat_assets",
        "localhost",
        "postgres",
        "postgresql",
        "production",
        "true",
    )
)


def is_secret(name: str) -> bool:
    """Whether the value of an environment variable called so is nobody's business."""
    return _SECRET_NAME.search(name) is not None


class Cleaner:
    """Takes the secrets out of texts, and out of what holds texts."""

    def __init__(
        self, environment: Mapping[str, str], addresses: Iterable[str | None] = (), project: Path | None = None
    ) -> None:
        found = {value for name, value in environment.items() if is_secret(name)}
        for text in (*environment.values(), *(address for address in addresses if address)):
            found |= set(_passwords(text))
        # The longest first: one may be a part of another.
        kept = (one for one in found if len(one) >= _SHORTEST and one.lower() not in _NO_SECRETS)
        self._secrets = sorted(kept, key=len, reverse=True)
        # A path of the project is as clear, and shorter, without where that lies on this machine.
        self._project = f"{project}/" if project is not None and project.name else None

    def text(self, text: str) -> str:
        """`text` without secrets, nor the folder of the project."""
        if self._project:
            text = text.replace(self._project, "")
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return _UNSEEN.sub("\ufffd", _LOGIN.sub(rf"\1:{HIDDEN}@", text))

    def plain(self, value: Any) -> Any:
        """`value` without secrets, as values that JSON can hold; what is none becomes its kind's name."""
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if value - value == 0 else None
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(name)): self.plain(one) for name, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.plain(one) for one in value]
        return f"a {type(value).__name__}"


def _passwords(text: str) -> Iterator[str]:
    for match in _PASSWORD.finditer(text):
        yield match[0]
        yield unquote(match[0])

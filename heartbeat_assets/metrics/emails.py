"""Whether a text is an e-mail address, in a loose form of RFC 5321: `local@domain.tld` in ASCII, at most 254 letters.

Loose because it takes every unquoted local part and any domain with a dot. Quoted local parts (`"a b"@example.org`),
address literals (`x@[192.0.2.1]`) and hosts without a dot are left out: nobody signs with them. Dagster's own pattern
for owners is narrower still (no `'` or `/`, a last label of 2 to 7 letters). It must not ask any server.
"""

from __future__ import annotations

import re

LONGEST = 254
_LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_FOR_EXAMPLE = "write one such as ana@example.org"


def email_problem(text: str) -> str | None:
    """What keeps `text` from being an e-mail address, as a sentence without its subject; None when it is one."""
    if len(text) > LONGEST:
        return f"is {len(text)} characters long; an e-mail address has at most {LONGEST}"
    local, at, domain = text.rpartition("@")
    if not at:
        return f"{text!r} is no e-mail address: it has no @; {_FOR_EXAMPLE}"
    if not _LOCAL.fullmatch(local):
        return f"{text!r} is no e-mail address: what stands before the @ cannot be; {_FOR_EXAMPLE}"
    if len(local) > _LONGEST_LOCAL:
        return f"{text!r} is no e-mail address: more than {_LONGEST_LOCAL} characters stand before the @"
    labels = domain.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        return f"{text!r} is no e-mail address: {domain!r} is no domain; {_FOR_EXAMPLE}"
    return None

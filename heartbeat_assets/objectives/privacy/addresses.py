"""Addresses by which a person or a machine is reached: e-mail, IP, hardware, telephone. It must not look them up."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from heartbeat_assets.objectives.privacy.finding import Hit

EMAIL, IPV4, IPV6 = "e-mail address", "IPv4 address", "IPv6 address"
MAC, PHONE = "hardware address", "telephone number"

_LOCAL = r"(?:\"[^\"\n]{1,64}\"|[^\W_](?:[\w.!#$%&'*+/=?^`{|}~-]{0,63})|[_+][\w.+-]{1,63})"
_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[\w-]{2,59})|localhost"
_AT = re.compile(rf"{_LOCAL}@(?:(?:{_HOST})|\[[0-9A-Fa-f:.IPv]+\])(?![\w@])")
_MAILTO = re.compile(r"\bmailto:(?!\?)([^\s\"'<>?@]{1,200}@[^\s\"'<>?@]{1,200})", re.IGNORECASE)
_SPOKEN = re.compile(
    r"\b[\w.+-]{1,64}\s+at\s+[\w-]+(?:\s+(?:dot|\.)\s+[\w-]+)*\s+dot\s+[a-z]{2,24}\b"
    r"|\b[\w.+-]{1,64}\s+at\s+(?:[\w-]+\.)+(?:com|org|net|io|dev|edu|gov|co|de|fr|uk|eu|nl|ch|at|es|it|info|example)\b",
    re.IGNORECASE,
)
_AT_AS_A_WORD = re.compile(r"\sat\s", re.IGNORECASE)
_QUAD = re.compile(r"(?<![0-9vV])(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)")
_ODD_QUAD = re.compile(r"(?<![\w.])(?:(?:0[xX][0-9a-fA-F]{1,2}|0[0-7]{1,3}|\d{1,3})\.){3}"
                       r"(?:0[xX][0-9a-fA-F]{1,2}|0[0-7]{1,3}|\d{1,3})(?![\w]|\.\w)")  # fmt: skip
_SPACED_QUAD = re.compile(r"(?<![\w.])\d{1,3}(?: \. \d{1,3}){3}(?![\w]| ?\. ?\d)")
_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_NUMERIC_HOST = re.compile(r"(?<=://)(?:[^\s/@]*@)?(0[xX][0-9a-fA-F]{7,8}|0[0-7]{9,11}|\d{8,10})(?=[:/\s\"'<>)]|$)")
_IN_A_NAME = re.compile(r"\b(?:ip|host|ec2|node|client|dhcp|dsl|pool|static)-\d{1,3}(?:-\d{1,3}){3}(?![\w-])", re.I)
_COLONS = re.compile(r"[0-9A-Fa-f:.]{2,}")
_LITERAL = re.compile(
    r"(?<![\w-])[0-9a-f]{0,4}(?:-[0-9a-f]{0,4}){2,7}(?:s\w{1,20})?\.ipv6-literal\.net\b", re.IGNORECASE
)
_REVERSED = re.compile(r"\b(?:[0-9a-f]\.){8,32}ip6\.arpa\b", re.IGNORECASE)
_MAC = re.compile(
    r"(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})(?![0-9A-Za-z]|[:-][0-9A-Fa-f])"
    r"|(?<![\w.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w]|\.\w)"
)
_FOREIGN = re.compile(
    r"(?<![\w+])\+\s?\(?\d[\d\s().\-/]{6,22}\d(?!\w)|(?<![\w.:+-])00[1-9]\d[\d\s().\-/]{6,18}\d(?!\w)"
)
_NORTH_AMERICAN = re.compile(
    r"(?<![\w.+-])(?:1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?![\w-]|\.\d)"
)
# As they are written at home: 07700 900123, 0171 2345678, 06 12 34 56 78.
_HOME = re.compile(r"(?<![\w.+,-])0(?:\d{2,4}[ /-]\d{6,8}|\d(?:[ .]\d\d){4})(?!\w|[.,:-]\d)")
_CALLED = re.compile(
    r"\b(?:tel|telephone|phone|mobile|cell|call|fax|whatsapp|sms|signal)(?:\s?(?:no|number|nr))?[.:=]*\s*[\"']?"
    r"(\(?0?\d[\d\s().\-/]{5,18}\d)(?!\w)",
    re.IGNORECASE,
)
_FEWEST_DIGITS, _MOST_DIGITS = 8, 15


def addresses(text: str) -> Iterator[Hit]:
    """Every address in `text`."""
    yield from _emails(text)
    yield from _version_4(text)
    yield from _version_6(text)
    yield from (Hit(MAC, *match.span()) for match in _MAC.finditer(text))
    yield from _telephones(text)


def _emails(text: str) -> Iterator[Hit]:
    if "@" in text:
        yield from (Hit(EMAIL, *match.span()) for match in _AT.finditer(text))
        yield from (Hit(EMAIL, *match.span(1)) for match in _MAILTO.finditer(text))
    if _AT_AS_A_WORD.search(text):
        yield from (Hit(EMAIL, *match.span()) for match in _SPOKEN.finditer(text))


def _version_4(text: str) -> Iterator[Hit]:
    for pattern in (_QUAD, _SPACED_QUAD):
        for match in pattern.finditer(text):
            if all(int(part) < 256 for part in match[0].split(".")):
                yield Hit(IPV4, *match.span())
    for match in _ODD_QUAD.finditer(text):
        if "0x" in match[0].lower() or any(len(part) == 4 for part in match[0].split(".")):
            yield Hit(IPV4, *match.span())
    yield from (Hit(IPV4, *match.span(1)) for match in _NUMERIC_HOST.finditer(text))
    yield from (Hit(IPV4, *match.span()) for match in _IN_A_NAME.finditer(text))


def _version_6(text: str) -> Iterator[Hit]:
    yield from (Hit(IPV6, *match.span()) for match in _LITERAL.finditer(text))
    yield from (Hit(IPV6, *match.span()) for match in _REVERSED.finditer(text))
    for match in _COLONS.finditer(text):
        if match[0].count(":") < 2:
            continue
        start, end = match.span()
        before, behind = text[start - 1 : start], text[end : end + 1]
        if before.isalpha() or before == "_":
            # What stands before the first colon is the end of a word: `addr:2001:db8::1`, `Name::b2`.
            start = text.index(":", start)
            if text.startswith("::", start):
                continue
        if behind.isalpha() or behind == "_":
            continue
        found = _parsed(text[start:end])
        if found:
            lead = text.index(found, start)
            yield Hit(IPV6, lead, lead + len(found))


def _parsed(run: str) -> str:
    """The address in `run`, which may have a colon before it and a full stop, colon or port behind; '' for none."""
    stripped = run[1:] if run.startswith(":") and not run.startswith("::") else run
    for one in (stripped, stripped.rstrip("."), stripped.rstrip(".:"), stripped.rpartition(".")[0]):
        try:
            ipaddress.IPv6Address(one)
        except ValueError:
            continue
        groups = [group for group in one.split(":") if group]
        if any(letter.isdigit() for letter in one) or len(groups) > 2:
            return one
    return ""


def _telephones(text: str) -> Iterator[Hit]:
    import phonenumbers

    for pattern, region in ((_FOREIGN, None), (_NORTH_AMERICAN, "US")):
        for match in pattern.finditer(text):
            written = match[0].strip()
            if len(written.splitlines()) > 1:
                continue
            number = "+" + written[2:] if region is None and written.startswith("00") else written
            if _FEWEST_DIGITS <= sum(letter.isdigit() for letter in number) <= _MOST_DIGITS:
                try:
                    parsed = phonenumbers.parse(number, region)
                except phonenumbers.NumberParseException:
                    continue
                if phonenumbers.is_possible_number(parsed):
                    yield Hit(PHONE, *match.span())
    yield from (Hit(PHONE, *match.span()) for match in _HOME.finditer(text))
    for match in _CALLED.finditer(text):
        digits = sum(letter.isdigit() for letter in match[1])
        if _FEWEST_DIGITS <= digits <= _MOST_DIGITS and "\n" not in match[1] and not _DATE.search(match[1]):
            yield Hit(PHONE, *match.span(1))

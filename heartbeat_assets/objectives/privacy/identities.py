"""Ids of agents, customers and the like, and numbers that states and banks give people. It must not look them up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from heartbeat_assets.objectives.privacy.finding import Hit

IBAN, CARD, WALLET = "bank account number (IBAN)", "payment card number", "wallet address"
SOCIAL, INSURANCE = "social security number", "national insurance number"
ID = "id of a person or thing (UUID)"
PAPERS, BIRTH, PLACE = "number of an identity document", "date of birth", "geographic position"

_AGENT = r"agent|agt|bot"
_CUSTOMER = (
    r"cust(?:omer)?|cus|client|user|usr|buyer|seller|acc(?:oun)?t|acc|member|tenant|merchant|visitor|contact|person"
)
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
_NOT_COUNTED = (
    r"(?!-|[.,:/]\d|[ ]?%|[ ]?(?:of|to|percent|points?|x|times|ms|s|sec(?:onds?)?|min(?:utes?)?|h|hours?|days?|weeks?|"
    r"months?|errors?|responses?|retries|requests?|views?|degrees?|[kmg]i?b)\b)"
)
_TAILS = (
    # Agent_123, cust-00991, cust_live_9f8e7d, user/42 and usr#7: digits at once, or letters among which there are some.
    r"s?[_\-/#~]+(?:(?:live|test|prod|dev|staging|eu|us)[_-])?(?:\d+(?![A-Za-z0-9.]*%)[A-Za-z0-9]*"
    r"|(?=[A-Za-z0-9]{4,})(?=[A-Za-z0-9]*\d[A-Za-z]*\d)[A-Za-z0-9]+|(?=[A-Za-z]*\d)[A-Za-z0-9]{10,})",
    # CUST0012345, agent 4711; a year behind it is none.
    r"[ ]?#?(?!(?:19|20)\d\d\b)\d{4,}\b(?![.,%]\d)",
    # customer: 4711, agent = "x17b", "user": 42.
    r"[\"']?[ ]?[:=#][ ]?[\"'#]?(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{2,}",
    # customer id 4711, agentId: "abc1", user_id=42, Customer No. 17.
    r"[_\- ]?(?:id|ids|no|nr|num|number|uuid|ref|key)\b\.?[\"']?\s{0,3}(?:[:=#]|is\b)?\s{0,3}[\"'#(\[]{0,2}"
    r"(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{2,}",
    # agent 17, user 123: a number that something is counted or measured by is none, nor the answer of a server.
    rf"[ ]#?(?!360\b|[45]\d\d\b)\d{{2,3}}\b{_NOT_COUNTED}",
    # agents 17 and 18, customers 8812, 8813 or 8814.
    rf"s[ ]#?(?!(?:19|20)\d\d\b)\d{{2,}}(?:,[ ]?#?\d{{2,}}){{0,20}},?[ ](?:and|or|&)[ ]#?\d{{2,}}\b{_NOT_COUNTED}",
    # agent a-10293, customer CX_88f12.
    r"s?[ ][\"'#(]?(?!(?:INC|SHA|ISO|HTTP|UTF|AES|TLS|RFC|CVE|PR|API)[-_])[A-Za-z]{1,5}[-_]"
    r"(?:\d{4,}|(?=[a-z]*\d[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5,})\b",
    # customer no. 5, customer Jane (id 88213).
    r"[_\- ](?:no|nr|number)\b\.?[\"']?[ ]?[:=#]?[ ]?\d",
    r"[ ][^\n()]{1,40}\((?:id|no|nr|number|ref)\b\.?[ ]?[:=#]?[ ]?(?=[\w-]*\d)[\w-]+",
    rf"s?\b[^\n]{{0,40}}?(?:{_UUID})",
    rf"s?[_-](?:{_UUID})",
)
_CAMEL = r"\b[A-Za-z]{1,40}(?:Agent|Customer|User|Account|Buyer|Seller)Id[\"']?\s?[:=]\s?[\"']?(?=[\w-]*\d)[\w-]+"


def _ids(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?:{'|'.join(_TAILS)})", re.IGNORECASE)


_IDS = (("agent id", _ids(_AGENT)), ("customer id", _ids(_CUSTOMER)))
_NAMED_IDS = re.compile(_CAMEL)
_BARE_UUID = re.compile(r"(?<![0-9A-Za-z-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9A-Za-z-])", re.IGNORECASE)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)
_CARD = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){11,18}(?!\w|[.,]\d)")
_ISSUERS = re.compile(r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}|3[47]\d{13}"
                      r"|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12,15}|35\d{14}|62\d{14,17}"
                      r"|(?:50|5[6-9]|6[37])\d{10,17}")  # fmt: skip
# Four groups of four: whether its check digit is right or not, nothing else is written like that.
_CARD_IN_FOURS = re.compile(r"(?<![\w.,-])\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?![\w-]|[.,]\d)")
_IBAN_IN_FOURS = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: [A-Z0-9]{4}){3,7}(?: [A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_IBAN_AT_ONCE = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[A-Z0-9]*\d{8})[A-Z0-9]{11,30}(?![A-Za-z0-9])")
_PAPERS = re.compile(
    r"\b(?:passport|imei|driving licen[cs]e|driver'?s licen[cs]e|national id|identity card|tax id|ssn|nino)"
    r"(?:\s(?:no|nr|number))?\b\.?[\"']?[:#=\s]{1,3}[\"']?(?=[A-Za-z-]*\d)[A-Za-z0-9-]{6,}",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"\b(?:dob|date[ _-]of[ _-]birth|birth[ _-]?(?:date|day)|born(?: on)?)\b[\"']?[:=\s]{1,3}[\"']?"
    r"(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}\.? [A-Z][a-z]+ \d{4})",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?<![\w.])-?\d{1,2}\.\d{4,},\s?-?\d{1,3}\.\d{4,}(?![\w.])"
    r"|\blat(?:itude)?\b[\"']?[:=\s]{1,3}-?\d{1,2}\.\d{2,}",
    re.IGNORECASE,
)
_SOCIAL = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_INSURANCE = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")
_WALLET = re.compile(r"\b0x[0-9a-fA-F]{40}\b|\b(?:bc1[02-9ac-hj-np-z]{11,71}|[13][1-9A-HJ-NP-Za-km-z]{25,34})\b")
_IBAN_LENGTHS = range(15, 35)


def identities(text: str, patterns: Mapping[str, re.Pattern[str]]) -> Iterator[Hit]:
    """Every id in `text`. `patterns` are those of this place, by the name of their kind."""
    named = [("customer id", _NAMED_IDS)] if "Id" in text else []
    # Whose or what it is nobody can see, so it stays out until somebody allows it.
    for kind, pattern in (*patterns.items(), *_IDS, *named, (ID, _BARE_UUID)):
        for match in pattern.finditer(text):
            if match[0]:
                yield Hit(kind, *match.span())
    yield from _accounts(text)
    yield from _cards(text)
    yield from _wallets(text)
    yield from _of_a_person(text)


def _accounts(text: str) -> Iterator[Hit]:
    from stdnum import iban

    for pattern in (_IBAN_IN_FOURS, _IBAN_AT_ONCE):
        yield from (Hit(IBAN, *match.span()) for match in pattern.finditer(text))
    for match in _IBAN.finditer(text):
        end, letters = match.start(), 0
        for position in range(match.start(), match.end()):
            if not text[position].isalnum():
                continue
            letters, end = letters + 1, position + 1
            # What stands behind may be a word; its check digits and its country say how long it is.
            if letters in _IBAN_LENGTHS and iban.is_valid(text[match.start() : end].upper()):
                yield Hit(IBAN, match.start(), end)
                break


def _cards(text: str) -> Iterator[Hit]:
    from stdnum import luhn

    yield from (Hit(CARD, *match.span()) for match in _CARD_IN_FOURS.finditer(text))
    for match in _CARD.finditer(text):
        digits = "".join(letter for letter in match[0] if letter.isdigit())
        if _ISSUERS.fullmatch(digits) and len(set(digits)) > 1 and luhn.is_valid(digits):
            yield Hit(CARD, *match.span())


def _wallets(text: str) -> Iterator[Hit]:
    from stdnum import bitcoin

    for match in _WALLET.finditer(text):
        if match[0].startswith("0x") or bitcoin.is_valid(match[0]):
            yield Hit(WALLET, *match.span())


def _of_a_person(text: str) -> Iterator[Hit]:
    kinds = ((SOCIAL, _SOCIAL), (INSURANCE, _INSURANCE), (PAPERS, _PAPERS), (BIRTH, _BIRTH), (PLACE, _PLACE))
    for kind, pattern in kinds:
        yield from (Hit(kind, *one.span()) for one in pattern.finditer(text))

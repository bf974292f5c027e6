"""Tokens, keys and passwords: by the detectors of detect-secrets, and a few kinds these do not know.

Only their patterns are used. They would ask the services behind a token whether it works; that is never done here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Protocol

from heartbeat_assets.objectives.privacy.finding import Hit


class _Plugin(Protocol):
    def analyze_string(self, string: str) -> Iterator[str]: ...


_PLUGINS = {
    "aws.AWSKeyDetector": "AWS key",
    "azure_storage_key.AzureStorageKeyDetector": "Azure storage key",
    "basic_auth.BasicAuthDetector": "password in a URL",
    "discord.DiscordBotTokenDetector": "Discord token",
    "github_token.GitHubTokenDetector": "GitHub token",
    "gitlab_token.GitLabTokenDetector": "GitLab token",
    "jwt.JwtTokenDetector": "JSON web token",
    "mailchimp.MailchimpDetector": "Mailchimp key",
    "npm.NpmDetector": "npm token",
    "openai.OpenAIDetector": "OpenAI key",
    "private_key.PrivateKeyDetector": "private key",
    "pypi_token.PypiTokenDetector": "PyPI token",
    "sendgrid.SendGridDetector": "SendGrid key",
    "slack.SlackDetector": "Slack token",
    "square_oauth.SquareOAuthDetector": "Square token",
    "stripe.StripeDetector": "Stripe key",
    "telegram_token.TelegramBotTokenDetector": "Telegram token",
    "twilio.TwilioKeyDetector": "Twilio key",
}
_OWN = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "JSON web token": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?",
        "bearer token": r"(?i)\bbearer[ :=]+[\"']?(?=[\w.~+/-]*[\d_.~+/-])[\w.~+/-]{12,}=*"
        r"|\bauthorization[\"']?[ ]?[:=][ ]?[\"']?(?!basic )\w{2,20} (?=[\w.~+/-]*\d)[\w.~+/-]{12,}=*",
        "GitHub token": r"\bgithub_pat_\w{16,}|\bgh[pousr]_\w{16,}",
        "GitLab token": r"\bgl(?:pat|dt|rt|ft|oas|soat|ptt)-[\w-]{16,}",
        "Google key": r"\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}",
        "Slack token": r"\bxox[abeoprs]-[\w-]{10,}|\bxapp-\d-[\w-]{10,}|hooks\.slack\.com/services/\w+/\w+/\w+",
        "Stripe key": r"\b[rsp]k_(?:live|test)_\w{10,}|\bwhsec_\w{16,}",
        "API key": r"\bsk-(?:ant|proj|svcacct|or)-[\w-]{16,}|\bsk-[A-Za-z0-9]{32,}|\bhf_[A-Za-z0-9]{30,}"
        r"|\bdop_v1_[0-9a-f]{32,}|\bnpm_[A-Za-z0-9]{36}|\bshpat_[0-9a-f]{32}|\bdapi[0-9a-f]{32}",
        "private key": r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\bAGE-SECRET-KEY-1[A-Z0-9]{20,}",
    }.items()
}
_BASIC = re.compile(r"\bBasic[ :]+([A-Za-z0-9+/]{8,}={0,2})(?![\w=])")
_PASSWORD = re.compile(
    r"(?:password|passwd|passphrase|pwd)[\"']?(?:\s?=>?\s?[\"'`]?(?P<any>[^\s\"'`<>&;,{}()\[\]$*]{6,})"
    r"|(?:\s?:|\s+(?:is|was)\b)\s?[\"'`]?(?P<odd>(?!\d{4}-\d\d-\d\d)(?=[^\s\"'`<>&;,]*\d)[^\s\"'`<>&;,{}()\[\]$]{6,}))",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:password|passwd|passphrase|pwd|secret|token|api[_\- ]?key|apikey|access[_\- ]?key|private[_\- ]?key|"
    r"credentials?|session[_\- ]?id|cookie|sig|signature)[\"']?(?:\s?(?::=|=>|[:=])\s?|\s+is\s+)[\"'`]?"
    r"(?P<value>[^\s\"'`<>&;,]{6,})",
    re.IGNORECASE,
)
# Of base 64 in prose: English words stay below it, what is drawn at random from 12 letters on is above.
_RANDOM = 3.0


def credentials(text: str) -> Iterator[Hit]:
    """Every credential in `text`."""
    for kind, plugin in _plugins():
        secrets = set(plugin.analyze_string(text))
        for secret in secrets:
            yield from (Hit(kind, *one.span()) for one in re.finditer(re.escape(secret), text))
    for kind, pattern in _OWN.items():
        yield from (Hit(kind, *match.span()) for match in pattern.finditer(text))
    for match in _BASIC.finditer(text):
        if _holds_a_password(match[1]):
            yield Hit("basic authentication", *match.span())
    for match in _PASSWORD.finditer(text):
        yield Hit("secret", *match.span(match.lastgroup or 0))
    for match in _NAMED.finditer(text):
        if _looks_drawn(match["value"]):
            yield Hit("secret", *match.span("value"))


@cache
def _plugins() -> tuple[tuple[str, _Plugin], ...]:
    found = []
    for path, kind in _PLUGINS.items():
        module, name = path.split(".")
        found.append((kind, getattr(import_module(f"detect_secrets.plugins.{module}"), name)()))
    return tuple(found)


def _holds_a_password(encoded: str) -> bool:
    try:
        plain = base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return False
    return ":" in plain and plain.isprintable()


def _looks_drawn(value: str) -> bool:
    """Whether a value is one nobody would write in a sentence: letters with digits or signs among them."""
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

    kinds = sum((any(map(str.islower, value)), any(map(str.isupper, value)), any(map(str.isdigit, value))))
    signs = any(letter in "!@#$%^*+/=~" for letter in value)
    if len(value) < 12:
        return kinds + signs >= 3
    entropy = Base64HighEntropyString(0).calculate_shannon_entropy(value)
    return entropy > _RANDOM and any(map(str.isdigit, value)) and kinds + signs >= 2

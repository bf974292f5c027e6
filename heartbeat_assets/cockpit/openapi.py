"""The OpenAPI description as it is: errors are problem documents, and a change needs an operator's token.

FastAPI describes its own error documents, which the cockpit never sends. It must not describe what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from heartbeat_assets.cockpit.problems import MEDIA_TYPE

_PROBLEM = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
_NEVER_SENT = ("HTTPValidationError", "ValidationError")
_SCHEMES = {
    "operator": {"type": "http", "scheme": "bearer", "description": "The token of an operator."},
    "session": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "The CSRF token of a page, sent with the cookie of the session.",
    },
}


def corrected(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with problem documents for every error, and with the two ways to be somebody."""
    for method, operation in _operations(document):
        answers = operation.setdefault("responses", {})
        answers.setdefault("421", {"description": "The Host is not the cockpit's."})
        if "401" in answers:
            # Wherever a token is looked at, it is not after too many that were nobody's.
            answers.setdefault(
                "429", {"description": "Too many sign-ins have failed; Retry-After says how long to wait."}
            )
        for status, answer in answers.items():
            if status.isdigit() and int(status) >= 400:
                answer["content"] = {MEDIA_TYPE: _PROBLEM}
                answer["description"] = answer["description"].replace("Validation Error", "A parameter is wrong.")
        if method not in ("get", "head"):
            operation["security"] = [{name: []} for name in _SCHEMES]
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    for name in _NEVER_SENT:
        components.get("schemas", {}).pop(name, None)
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document.get("paths", {}).values():
        yield from path.items()

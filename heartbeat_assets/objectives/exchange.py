"""Which OpenSLO documents belong together, so that what leaves this place can be read elsewhere.

It must not write files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from heartbeat_assets.objectives.slo.model import Document
from heartbeat_assets.objectives.slo.resolve import SloSet

_REFERENCES = {
    "service": "Service",
    "indicatorRef": "SLI",
    "metricSourceRef": "DataSource",
    "alertPolicyRef": "AlertPolicy",
    "conditionRef": "AlertCondition",
    "targetRef": "AlertNotificationTarget",
}


def with_references(documents: SloSet, names: Collection[str]) -> list[Document]:
    """The SLO documents called `names` and every one that they refer to, in the order they were read."""
    by_name = {(one.kind, one.name): one.document for one in documents.documents}
    wanted = [("SLO", name) for name in names]
    found: dict[tuple[str, str], Document] = {}
    while wanted:
        key = wanted.pop()
        document = by_name.get(key)
        if document is not None and key not in found:
            found[key] = document
            wanted += _references(document.model_dump(exclude_unset=True)["spec"])
    return [one.document for one in documents.documents if (one.kind, one.name) in found]


def _references(part: Any) -> Iterator[tuple[str, str]]:
    """Every reference in `part`. The `service` of a metric source is none, and seldom the name of a document."""
    if isinstance(part, list):
        for item in part:
            yield from _references(item)
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        if name in _REFERENCES and isinstance(value, str):
            yield _REFERENCES[name], value
        else:
            yield from _references(value)

"""What files changed in the registry, as a document and in words. It must not look at the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from heartbeat_assets.cli.output import wrapped


def synced_document(reports: Sequence[Any]) -> dict[str, Any]:
    """What the files changed in the registry, over several looks at it."""
    return {
        "registered": sorted({name for report in reports for name in report.registered}),
        "retired": sorted({name for report in reports for name in report.retired}),
        "changed": {name: said for report in reports for name, said in report.changed.items()},
        "refused": [str(problem) for problem in (reports[0].refused if reports else ())],
    }


def synced_lines(document: Mapping[str, Any]) -> list[str]:
    """The same in words; nothing where nothing changed."""
    lines = [
        wrapped(f"{what}: {', '.join(document[key])}.")
        for key, what in (("registered", "Registered"), ("retired", "Retired"))
        if document[key]
    ]
    lines += [wrapped(f"{name}: {'; '.join(said)}.") for name, said in document["changed"].items()]
    return [*lines, *(wrapped(f"Refused: {sentence}") for sentence in document["refused"])]

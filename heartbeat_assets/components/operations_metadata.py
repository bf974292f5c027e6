"""What Dagster shows of how everything stands: numbers to plot, and the tables a person reads. It must not judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.components.markdown_tables import markdown_table
from heartbeat_assets.components.operations_group import OperationsGroup
from heartbeat_assets.metrics.wording import instant_words, number_words
from heartbeat_assets.objectives.operations import ComponentStatus, Operations
from heartbeat_assets.objectives.privacy import Finding

Metadata = dict[str, Any]
MARKS = {"OK": "● OK", "DEGRADED": "▲ DEGRADED", "DOWN": "◆ DOWN", "NO_DATA": "○ NO DATA"}
"""Each state as a shape and a word: colour alone tells nobody."""

_FINDINGS_SHOWN = 200


def of_operations(group: OperationsGroup, operations: Operations) -> Metadata:
    """How everything stands, after a look."""
    states = [one.state for one in operations.components]
    shown: Metadata = {
        "state": operations.state,
        "sentence": operations.sentence,
        "ok": states.count("OK"),
        "degraded": states.count("DEGRADED"),
        "down": states.count("DOWN"),
        "no_data": states.count("NO_DATA"),
        "stale": sum(one.stale for one in operations.components),
        "open_incidents": len(operations.open_incidents),
        "suggested_incidents": len(operations.suggestions),
        "overdue_actions": len(operations.overdue),
        "scenarios_applying": len(operations.applying),
        "components": dg.MetadataValue.md(_components(operations)),
        "kpis": dg.MetadataValue.md(_kpis(operations)),
        "degraded_mode": dg.MetadataValue.md("\n".join(f"- {one.sentence}" for one in operations.scenarios) or "None."),
    }
    if operations.updated_at is not None:
        shown["updated_at"] = dg.MetadataValue.timestamp(operations.updated_at.timestamp())
    if operations.problems:
        shown["problems"] = dg.MetadataValue.md("\n".join(f"- {one}" for one in operations.problems))
    return shown | group.cockpit_link("/status")


def of_component(one: ComponentStatus) -> Metadata:
    """A component, as its check shows it; what nobody knows is left out, so that a plot has a gap there."""
    shown: Metadata = {"state": one.state, "found": one.found, "stale": one.stale, "flaps": one.flaps}
    if one.reasons:
        shown["reasons"] = dg.MetadataValue.md("\n".join(f"- {reason}" for reason in one.reasons))
    for name, instant in (("since", one.since), ("updated_at", one.updated_at)):
        if instant is not None:
            shown[name] = dg.MetadataValue.timestamp(instant.timestamp())
    if one.availability is not None:
        shown["availability_90_days"] = float(f"{one.availability:.6g}")
    return shown


def of_files(files: Mapping[str, bytes], place: Path) -> Metadata:
    """What a document is made of, and where it is. What stands in it is not told."""
    return {
        "files": len(files),
        "bytes": sum(len(content) for content in files.values()),
        "place": dg.MetadataValue.path(str(place)),
    }


def of_findings(found: Mapping[str, Sequence[Finding]]) -> Metadata:
    """Where personal data is, and of what kind. It is masked."""
    rows = [
        [f"`{path}`", str(one.line), str(one.column), one.kind, one.masked]
        for path, several in found.items()
        for one in several
    ]
    shown: Metadata = {"findings": len(rows)}
    if rows:
        table = markdown_table(["file", "line", "column", "kind", "begins with"], rows[:_FINDINGS_SHOWN])
        shown["found"] = dg.MetadataValue.md(table)
    return shown


def _components(operations: Operations) -> str:
    rows = [
        [
            one.name,
            MARKS[one.state],
            instant_words(one.since) if one.since else "",
            (instant_words(one.updated_at) if one.updated_at else "never") + (" (old)" if one.stale else ""),
            " ".join(one.reasons),
        ]
        for one in operations.components
    ]
    return markdown_table(["component", "", "since", "last updated", "why"], rows)


def _kpis(operations: Operations) -> str:
    if not operations.kpis:
        return "None is shown."
    rows = [
        [
            f"`{one.id}`",
            "no data" if one.value is None else number_words(one.value, one.unit),
            one.status,
            instant_words(one.at) if one.at else "",
        ]
        for one in operations.kpis
    ]
    return markdown_table(["KPI", "value", "status", "of"], rows)

"""The status as JSON for other programs. A field once there keeps its name and meaning within a `version`."""

from __future__ import annotations

import json
from typing import Any

from heartbeat_assets.objectives.documents.words import instant
from heartbeat_assets.objectives.operations import Operations, ScenarioNow

VERSION = 1


def status_json(shown: Operations, days: int) -> bytes:
    """What is `published`, with the last `days` of each component."""
    document = {
        "version": VERSION,
        "title": shown.title,
        "description": shown.description,
        "owner": shown.owner,
        "state": shown.state,
        "sentence": shown.sentence,
        "updated_at": instant(shown.updated_at) if shown.updated_at else None,
        "generated_at": instant(shown.generated_at),
        "stale": shown.stale,
        "components": [
            {**one.record(), "days": [day.record() for day in one.days[-days:]]} for one in shown.components
        ],
        "slos": list(shown.slos),
        "kpis": shown.record()["kpis"],
        "incidents": list(shown.incidents),
        "scenarios": [_scenario(one) for one in shown.scenarios],
        "figures": list(shown.figures),
        "sla": list(shown.sla),
        "support": shown.contacts.support_email,
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _scenario(one: ScenarioNow) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "applies": one.applies,
        "since": instant(one.since) if one.since else None,
        "rollback_met": one.rollback_met,
    }

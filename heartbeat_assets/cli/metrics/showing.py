"""`heartbeat metrics show`: everything about one metric on one page, retired ones too. It changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from heartbeat_assets.cli.metrics.common import Registry, metric_argument, the_registry
from heartbeat_assets.cli.metrics.words import (
    Document,
    age_words,
    minute_words,
    normal_words,
    short,
    status_words,
    value_words,
)
from heartbeat_assets.cli.output import emit, json_option, table, wrapped

if TYPE_CHECKING:
    from heartbeat_assets.metrics.document import MetricNow

_VALUES, _EVENTS = 10, 10
_LONGEST_SHOWN = 16


@click.command("show")
@metric_argument
@json_option
def show_command(metric_id: str, as_json: bool | None) -> None:
    """Show everything about the metric ID (or its 4-character code): its number, thresholds, owner, past and SQL.

    \b
    heartbeat metrics show answered_sessions
    """
    from heartbeat_assets.metrics.document import event_document, metric_document, value_document

    registry = the_registry()
    metric = find(registry, metric_id)
    document = {
        **metric_document(metric),
        "values": [value_document(one) for one in registry.store.values(metric.metric_id, limit=_VALUES)],
        "events": [event_document(one) for one in registry.store.events(metric.metric_id)],
    }
    emit(document, lambda: _people(document), as_json)


def find(registry: Registry, name: str) -> MetricNow:
    """The metric called `name`, an id or a code. Raises UsageProblem, or the problem of its file."""
    from heartbeat_assets.metrics.document import metric_now

    metric_id = registry.metric_id(name)
    if registry.row(metric_id) is None:
        registry.file(metric_id)
    return metric_now(registry.catalog, registry.store, metric_id)


def _people(document: Document) -> str:
    blocks = [_heading(document), _number(document), _limits(document), _person(document), _texts(document)]
    if document["differences"]:
        blocks.append("\n".join(["The file says otherwise:", *(wrapped(one, "  ") for one in document["differences"])]))
    if document["values"]:
        rows = [
            [minute_words(one["tick"]), value_words(one["value"], document["unit"]), status_words(one["status"])]
            for one in reversed(document["values"])
        ]
        blocks.append(table(["tick", "value", "status"], rows))
    if document["events"]:
        blocks.append(events_table(document["events"][-_EVENTS:]))
    if document["sql"]:
        blocks.append(document["sql"])
    return "\n\n".join(block for block in blocks if block)


def _heading(document: Document) -> str:
    if document["retired"]:
        return f"{document['metric_id']} of {document['service']} is retired."
    name = document["name"] or document["problem"]
    about = f"{document['code'] or ''} {document['metric_id']} of {document['service']}".lstrip()
    return wrapped(f"{about}: {name}")


def _number(document: Document) -> str:
    if document["tick"] is None:
        return f"{status_words('no_data')}  not computed yet"
    now = datetime.now(UTC)
    said = value_words(document["value"], document["unit"])
    lines = [
        f"{status_words(document['status'])}  {said} at {minute_words(document['tick'])}"
        f"{', ' + document['period'] if document['period'] else ''}"
    ]
    if document["error"]:
        lines.append(wrapped(document["error"], "  "))
    if document["source_as_of"]:
        age = age_words(document["source_as_of"], now)
        lines.append(f"Its sources are of {minute_words(document['source_as_of'])}, {age} ago.")
    lines.append(wrapped(f"Normal is {normal_words(document['benchmark'], document['unit'])}."))
    return "\n".join(lines)


def _limits(document: Document) -> str:
    from heartbeat_assets.metrics.thresholds import THRESHOLD_FIELDS

    unit = document["unit"]
    limits = [
        f"{field} {value_words(document[field], unit)}" for field in THRESHOLD_FIELDS if document[field] is not None
    ]
    direction = (document["direction"] or "").replace("_", " ")
    return wrapped(f"{direction.capitalize()}: {', '.join(limits) or 'no thresholds'}.") if direction else ""


def _person(document: Document) -> str:
    from heartbeat_assets.metrics.state import STAGES

    state = document["verification_state"]
    until = f" until {minute_words(document['verified_until'])}" if document["verified_until"] else ""
    due = f", due {document['target_due_date']}" if document["target_due_date"] else ""
    stage = f"stage {document['stage']} of 10, {STAGES[document['stage'] - 1]}"
    return wrapped(f"{document['owner'] or 'No owner'}; {state}{until}{due}; {stage}.")


def _texts(document: Document) -> str:
    said = [document[name] for name in ("description", "how_to_read", "methodology") if document[name]]
    said += [f"Sources: {', '.join(document['sources'])}."] if document["sources"] else []
    return "\n".join(wrapped(one) for one in said)


def events_table(events: list[Document]) -> str:
    """Changes as a table, the newest last."""
    rows = [
        [
            minute_words(one["at"]).removesuffix(" UTC"),
            one["field"],
            _shown(one["after"]) if one["before"] is None else f"{_shown(one['before'])} -> {_shown(one['after'])}",
            f"{one['actor']}: {one['reason']}",
        ]
        for one in events
    ]
    return table(["when (UTC)", "what", "to", "who: why"], rows)


def _shown(value: str | None) -> str:
    """A value of an event; what is long, such as a hash, by its beginning."""
    return "nothing" if value is None else short(value, _LONGEST_SHOWN)

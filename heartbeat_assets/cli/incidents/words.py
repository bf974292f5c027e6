"""Incidents in the words of a terminal, from their records. It must not read or judge anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from heartbeat_assets.cli.output import state, table, wrapped
from heartbeat_assets.metrics.wording import duration_words, instant_words

Document = dict[str, Any]
_LOOKS = {"open": "failed", "acknowledged": "degraded", "mitigated": "degraded", "resolved": "ok"}
_DONE = {"acknowledge": "acknowledged", "mitigate": "mitigated"}


def status_words(document: Document) -> str:
    """`◆ open`."""
    return state(_LOOKS[document["status"]], document["status"])


def incident_line(document: Document) -> str:
    """An incident in a sentence or two: state, severity, title, and the clock that runs first."""
    waiting = [clock_sentence(clock) for clock in document["clocks"] if clock["met_at"] is None]
    what = f"{document['id']} is {document['status']}, Sev-{document['severity']}: {document['title'].rstrip('.')}."
    return " ".join([what, *waiting[:1]])


def clock_sentence(clock: Document) -> str:
    """What a clock says."""
    done, promise = _DONE[clock["name"]], clock["promise"]
    due = f"by {words_of(clock['due_at'])}" if clock["due_at"] else ""
    if clock["state"] == "met":
        return f"It was {done} {words_of(clock['met_at'])} ({promise})."
    if clock["state"] == "breached":
        late = duration_words(timedelta(seconds=clock["late_seconds"]))
        when = f"was {done} {late} late" if clock["met_at"] else f"is not {done}, {late} late"
        return f"It {when}: {promise}, {due}."
    if not clock["due_at"]:
        return f"It is to be {done}: {promise}."
    left = duration_words(timedelta(seconds=clock["remaining_seconds"]))
    paused = "; outside business hours now" if clock["paused"] else ""
    return f"To be {done} {due}: {left} left ({promise}{paused})."


def list_text(documents: Sequence[Document]) -> str:
    """A line an incident."""
    rows = [
        [
            one["id"],
            status_words(one),
            f"Sev-{one['severity']}",
            words_of(one["started_at"]),
            f"{one['title']}{_late_words(one)}",
        ]
        for one in documents
    ]
    return table(["incident", "status", "severity", "since", "what"], rows)


def show_text(document: Document) -> str:
    """Everything about an incident."""
    return "\n".join(_shown(document))


def actions_text(documents: Sequence[Document]) -> str:
    """A line an action item; `incident` is where it belongs."""
    rows = [[one["incident"], one["id"], _due_words(one), one["owner"], one["text"]] for one in documents]
    return table(["incident", "item", "due", "owner", "what"], rows)


def suggestions_text(documents: Sequence[Document]) -> str:
    """A line a suggestion."""
    rows = [
        [
            str(one["number"]),
            words_of(one["at"]),
            f"Sev-{one['severity']}",
            one["rule"],
            f"{one['title']}: {one['reason']}",
        ]
        for one in documents
    ]
    return table(["number", "since", "severity", "rule", "what"], rows)


def figures_text(documents: Sequence[Document]) -> str:
    """A line a severity, the first one for all."""
    rows = []
    for one in documents:
        means = [_mean_words(one[name]) for name in ("mttd", "mtta", "mttm", "mttr")]
        severity = "all" if one["severity"] is None else f"Sev-{one['severity']}"
        late = str(one["sla_breached"])
        rows.append([severity, str(one["incidents"]), str(one["unresolved"]), late, *means])
    return table(["severity", "incidents", "not over", "late", "known", "acknowledged", "mitigated", "resolved"], rows)


def words_of(instant: str) -> str:
    """An instant in a record, to the minute."""
    return instant_words(datetime.fromisoformat(instant))


def _shown(document: Document) -> Iterator[str]:
    yield wrapped(f"{document['id']}  {document['title']}")
    yield wrapped(
        f"{status_words(document)}, Sev-{document['severity']}, {_period(document)}, opened by {document['opened_by']}."
    )
    if document["components"]:
        yield wrapped(f"Components: {', '.join(document['components'])}")
    for name, title in (("impact", "Impact"), ("rca", "Cause"), ("mitigation", "Mitigation")):
        if document[name]:
            yield wrapped(f"{title}: {document[name]}")
    yield ""
    for clock in document["clocks"]:
        mark = state({"met": "ok", "running": "degraded", "breached": "failed"}[clock["state"]]).split(" ")[0]
        yield wrapped(f"{mark} {clock_sentence(clock)}")
    if document["actions"]:
        rows = [[one["id"], _due_words(one), one["owner"], one["text"]] for one in document["actions"]]
        yield f"\n{table(['item', 'due', 'owner', 'what'], rows)}"
    rows = [
        [str(one["place"]), words_of(one["at"]), one["kind"], one["actor"], _told(one)] for one in document["timeline"]
    ]
    yield f"\n{table(['place', 'when', 'what', 'who', 'why'], rows)}"


def _period(document: Document) -> str:
    ended = document["ended_at"]
    return f"from {words_of(document['started_at'])} " + (f"to {words_of(ended)}" if ended else "on")


def _told(entry: Document) -> str:
    """Why, and in an update what it changed."""
    changed = [name for name in entry["changes"] if name not in ("id", "text", "owner", "due")]
    later = datetime.fromisoformat(entry["recorded_at"]) - datetime.fromisoformat(entry["at"]) >= timedelta(minutes=1)
    noted = f" (noted {words_of(entry['recorded_at'])})" if later else ""
    fields = f" [{', '.join(changed)}]" if entry["kind"] == "updated" and changed else ""
    return f"{entry['text']}{fields}{noted}"


def _late_words(document: Document) -> str:
    late = [_DONE[clock["name"]] for clock in document["clocks"] if clock["state"] == "breached"]
    return f" ({' and '.join(dict.fromkeys(late))} late)" if late else ""


def _due_words(item: Document) -> str:
    if item["done_at"]:
        return state("ok", "done")
    day = item["due"] or "no day"
    return state("failed", f"{day}, overdue") if item["overdue"] else day


def _mean_words(mean: Document) -> str:
    if mean["seconds"] is None:
        return "none"
    return f"{duration_words(timedelta(seconds=mean['seconds']))} (of {mean['count']})"

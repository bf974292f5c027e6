"""SLOs as documents and in the words of a terminal. It must not measure, judge or read anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from heartbeat_assets.cli.output import state, table, wrapped
from heartbeat_assets.metrics.wording import instant_words
from heartbeat_assets.objectives.slo.counts import count_words

if TYPE_CHECKING:
    from heartbeat_assets.ledger import JournalEvent
    from heartbeat_assets.objectives.objectives_file import ObjectivesFolder
    from heartbeat_assets.objectives.slo.corrections import Correction
    from heartbeat_assets.objectives.slo.slo import Slo

Document = dict[str, Any]
_CALM = ("GREEN", "YELLOW")
_DAYS_SHOWN = 14


def slo_document(
    folder: ObjectivesFolder, slo: Slo, body: Mapping[str, Any] | None, measured_at: datetime | None, event: int | None
) -> Document:
    """An SLO and how it stood last; what belongs to a measurement is None before the first one."""
    known = body or {}
    budget = known.get("budget") or {}
    return {
        "name": slo.name,
        "folder": folder.name,
        "display_name": slo.display_name,
        "target": float(slo.target),
        "window": slo.window.words,
        "owner": slo.owner,
        "state": known.get("state"),
        "severity": known.get("severity"),
        "sli": budget.get("sli"),
        "budget_left": budget.get("left_fraction"),
        "coverage": (known.get("coverage") or {}).get("fraction"),
        "sentence": known.get("sentence"),
        "measured_at": measured_at.isoformat(timespec="seconds") if measured_at is not None else None,
        "event": event,
    }


def of_event(folder: ObjectivesFolder, slo: Slo, newest: JournalEvent | None) -> Document:
    """The same from the newest event of the SLO."""
    if newest is None:
        return slo_document(folder, slo, None, None, None)
    judged = newest.body.get("judged_at")
    at = datetime.fromisoformat(judged) if judged else newest.at
    return slo_document(folder, slo, newest.body, at, newest.seq)


def correction_document(one: Correction) -> Document:
    """A correction that holds, or maintenance of a file."""
    figures = {"good": one.good, "total": one.total} if one.kind == "set" else {"good": None, "total": None}
    return {
        "id": one.id,
        "kind": one.kind,
        "from": one.start.isoformat(),
        "to": one.end.isoformat(),
        **figures,
        "reason": one.reason,
    }


def slos_text(documents: list[Document]) -> str:
    """The table of SLOs; below it a sentence for each that somebody should look at."""
    rows = [
        [one["name"], state_words(one["state"]), share(one["budget_left"]), share(one["sli"]), share(one["target"]),
         _burning(one["severity"]), minute(one["measured_at"])]
        for one in documents
    ]  # fmt: skip
    told = [
        wrapped(str(one["sentence"]))
        for one in documents
        if one["state"] and (one["state"] not in _CALM or one["severity"])
    ]
    header = ["SLO", "budget", "left", "SLI", "target", "burns", "measured at"]
    return "\n\n".join([table(header, rows), *told])


def state_words(name: str | None) -> str:
    """A state as symbol and word."""
    return state("not measured yet" if name is None else name.lower().replace("_", " "))


def burns_text(burns: list[Mapping[str, Any]]) -> str:
    """The table of burn rules."""
    from heartbeat_assets.objectives.slo.burn import outcome_of

    rows = [[one["rule"], _rate(one["long_rate"]), _rate(one["short_rate"]), f"{one['factor']:.4g}",
             outcome_of(one)] for one in burns]  # fmt: skip
    return table(["burn rule", "long", "short", "limit", ""], rows) if rows else "It has no burn rule."


def budget_text(body: Mapping[str, Any]) -> str:
    """The figures, corrected and as measured."""
    budget, raw = body["budget"], body["raw"]
    rows = [
        [title, _figure(name, budget[name]), _figure(name, raw[name])]
        for title, name in (("state", "state"), ("SLI", "sli"), ("good", "good"), ("bad", "bad"), ("total", "total"),
                            ("allowed", "allowed"), ("budget left", "left_fraction"))
    ]  # fmt: skip
    rows.append(["measured", share(body["coverage"]["fraction"]), share(body["raw_coverage"]["fraction"])])
    return table(["", "corrected", "as measured"], rows)


def corrections_text(documents: list[Document]) -> str:
    """The table of corrections."""
    rows = [
        [one["id"], minute(one["from"]), minute(one["to"]),
         "not counted" if one["kind"] == "exclude" else f"{one['good']} of {one['total']}", one["reason"]]
        for one in documents
    ]  # fmt: skip
    return table(["correction", "from", "to", "is", "why"], rows)


def days_text(days: list[Mapping[str, Any]]) -> str:
    """The newest days."""
    rows = [
        [one["day"], count_words(one["good"]), count_words(one["total"]),
         share(one["good"] / one["total"]) if one["total"] else "", share(one["coverage"])]
        for one in days[-_DAYS_SHOWN:]
    ]  # fmt: skip
    return table(["day", "good", "total", "SLI", "measured"], rows)


def share(value: float | None) -> str:
    """`99.5%`; nothing for what is not known."""
    from heartbeat_assets.objectives.slo.sentences import percent

    return "" if value is None else percent(value, below=1)


def minute(instant: str | None) -> str:
    """The ISO instant to the minute, in UTC; nothing for none."""
    return "" if instant is None else instant_words(datetime.fromisoformat(instant))


def _burning(severity: str | None) -> str:
    return {"ERROR": "too fast: page", "WARN": "too fast: ticket"}.get(severity or "", "")


def _figure(name: str, value: Any) -> str:
    if value is None:
        return "unknown"
    if name in ("sli", "left_fraction"):
        return share(value)
    return str(value).lower().replace("_", " ") if isinstance(value, str) else count_words(value)


def _rate(rate: float | None) -> str:
    return "unknown" if rate is None else f"{rate:.4g}"

"""How everything stands as a text for people: what is wrong first, at most 100 columns. It must not judge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from heartbeat_assets.cli.output import state, table, wrapped
from heartbeat_assets.cli.slo.words import share
from heartbeat_assets.metrics.wording import duration_words, instant_words, number_words
from heartbeat_assets.objectives.operations import ComponentStatus, Kpi, Operations, ScenarioNow

_MARKS = {"OK": "ok", "NO_DATA": "no_data", "DEGRADED": "degraded", "DOWN": "failed"}
"""The status of a terminal's symbol for each state of a component."""


def mark(word: str) -> str:
    """The state of a component as symbol and word."""
    return state(_MARKS[word], word.replace("_", " "))


def status_text(found: Operations) -> str:
    """Everything, the components first and the answer last."""
    parts = [
        table(["", "component", "since", "why"], [_component(one, found.generated_at) for one in found.components])
    ]
    if found.slos:
        parts.append(table(["", "objective", "SLI", "target", "budget left"], [_slo(one) for one in found.slos]))
    if found.kpis:
        parts.append(table(["", "KPI", "value", "window"], [_kpi(one) for one in found.kpis]))
    incidents = list(_incidents(found))
    parts += ["\n".join(incidents)] if incidents else []
    parts += [
        _scenario(one) for one in found.scenarios if one.applies or (one.over_since is not None and one.rollback_met)
    ]
    parts += [wrapped(problem) for problem in found.problems]
    return "\n\n".join([*parts, _answer(found)])


def _component(one: ComponentStatus, now: datetime) -> list[str]:
    since = duration_words(now - one.since) if one.since is not None else ""
    flaps = f" It became worse {one.flaps} times in the last hour." if one.flaps > 1 else ""
    why = (one.reasons[0] if one.reasons else "") + flaps
    return [mark(one.state), one.name, since, why]


def _slo(record: dict[str, Any]) -> list[str]:
    budget = record.get("budget") or {}
    kind, old = record["kind"], " (old)" if record["stale"] else ""
    # An SLO that could not be measured is one of which nothing is known.
    shown = state("no_data" if kind == "problem" else kind, kind.replace("_", " ").upper())
    shares = budget.get("sli"), record.get("target"), budget.get("left_fraction")
    return [shown, f"{record['name']}{old}", *map(share, shares)]


def _kpi(one: Kpi) -> list[str]:
    value = one.problem or "no data" if one.value is None else number_words(one.value, one.unit)
    return [state(one.status, one.status.replace("_", " ")), one.id, value, one.window]


def _incidents(found: Operations) -> Iterator[str]:
    for one in found.open_incidents:
        late = " What was promised for it was not kept." if one["sla_breached"] else ""
        yield wrapped(f"{one['id']} (Sev-{one['severity']}, {one['status']}): {one['title']}.{late}")
    for one in found.suggestions:
        yield wrapped(f"Suggested as an incident ({one['number']}): {one['title']}. {one['reason']}")
    for one in found.overdue:
        yield wrapped(f"{one['incident']}: {one['text']} was due on {one['due']}.")


def _scenario(one: ScenarioNow) -> str:
    lines = [wrapped(f"{one.title}. {one.sentence}")]
    if one.applies:
        lines += [wrapped(symptom.figure, "  ") for symptom in one.symptoms if symptom.shows]
        lines += [wrapped(f"{number}. {action}", "  ") for number, action in enumerate(one.actions, start=1)]
    lines.append(wrapped(f"Rollback: {one.rollback} {one.rollback_figure}".rstrip(), "  "))
    return "\n".join(lines)


def _answer(found: Operations) -> str:
    as_of = f" By figures of {instant_words(found.updated_at)} and later." if found.updated_at is not None else ""
    old = " Some figures are old or missing." if found.stale else ""
    return wrapped(f"{found.title}: {mark(found.state)}. {found.sentence}{as_of}{old}")

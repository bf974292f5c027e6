"""HEARTBEAT.md: the six sections that people know, written from data.

The same data always makes the same text. Every figure stands on a line of its own, so that a figure that changes
changes that line alone. It must not ask the clock.
"""

from __future__ import annotations

from collections.abc import Iterator

from heartbeat_assets.objectives.documents.published import published
from heartbeat_assets.objectives.documents.words import (
    NO_DATA,
    duration,
    figure,
    instant,
    markdown,
    percent,
    promise,
    rate,
    state,
    window,
)
from heartbeat_assets.objectives.operations import ComponentStatus, Kpi, Operations, Record, ScenarioNow


def heartbeat_document(operations: Operations) -> str:
    """The document. What is in it may be read by everybody, once the privacy check has passed it."""
    shown = published(operations)
    sections = (
        _head(shown),
        _status(shown),
        _objectives(shown),
        _kpis(shown),
        _incidents(shown),
        _degraded(shown),
        _contact(shown),
    )
    return "\n".join("\n".join(section) + "\n" for section in sections)


def _head(shown: Operations) -> Iterator[str]:
    yield "# HEARTBEAT"
    yield ""
    yield f"Owner: {markdown(shown.owner) or 'nobody'}"
    yield f"Last updated: {instant(shown.updated_at)[:10] if shown.updated_at else 'never'}"


def _status(shown: Operations) -> Iterator[str]:
    yield "## 1) Status now"
    yield f"Status: {state(shown.state)}"
    yield f"Timestamp (UTC): {instant(shown.updated_at)}"
    yield "Summary:"
    yield from (f"- {markdown(one.name)}: {state(one.state)}" for one in shown.components)
    yield ""
    yield "Notes:"
    notes = [note for one in shown.components for note in _notes(one)]
    if shown.stale:
        notes.insert(0, "Some of this rests on old or missing data. What it rests on is as old as the timestamp.")
    notes += [
        f"Open: {one['id']} (Sev-{one['severity']}, {one['status']}): {markdown(one['title'])}"
        for one in shown.open_incidents
    ]
    notes += [f"Scenario {markdown(one.id)} applies now: {markdown(one.title)}" for one in shown.applying]
    yield from (f"- {note}" for note in notes or ["Nothing is degraded, and no incident is open."])
    yield "- This document is written from data. To change it, change the data."
    yield "- No customer or agent identifiers and no raw IP addresses: that is checked before it is published."


def _notes(one: ComponentStatus) -> Iterator[str]:
    name = markdown(one.name)
    if one.override:
        yield f"{name}: set to {state(one.override.state)} by hand until {instant(one.override.until)}: " + markdown(
            one.override.reason
        )
    if one.state != "OK" or one.stale:
        yield from (f"{name}: {markdown(reason)}" for reason in one.rule_reasons)
    if one.state in ("DEGRADED", "DOWN") and one.since:
        yield f"{name}: {state(one.state)} since {instant(one.since)}"
    if one.flaps > 1:
        yield f"{name}: became worse {one.flaps} times in the last hour"


def _objectives(shown: Operations) -> Iterator[str]:
    yield "## 2) SLOs v0"
    yield "What is promised, and how much of the error budget is left."
    yield ""
    if not shown.slos:
        yield "- None has been measured yet."
    for one in shown.slos:
        yield from _objective(one)


def _objective(one: Record) -> Iterator[str]:
    budget, coverage = one.get("budget") or {}, one.get("coverage") or {}
    yield f"- {slo_name(one)}: {percent(one.get('target'))} {window(str((one.get('window') or {}).get('kind', '')))}"
    if one.get("description"):
        yield f"  - Measurement: {markdown(one['description'])}"
    yield f"  - Budget: {state(str(one.get('state', 'NO_DATA')))}"
    yield f"  - Measured: {percent(budget.get('sli'))}"
    raw = (one.get("raw") or {}).get("sli")
    if raw is not None and raw != budget.get("sli"):
        yield f"  - Measured before corrections: {percent(raw)}"
    yield f"  - Error budget left: {percent(budget.get('left_fraction'), 1)}"
    yield f"  - Burn rate over the last {one.get('burn_rate_over', 'hour')}: {rate(one.get('burn_rate'))}"
    yield from (f"  - Burning too fast: {markdown(burn['rule'])}" for burn in one.get("burns", ()) if burn.get("fires"))
    if one.get("exhausted_at"):
        yield f"  - Used up at this rate on: {instant(one['exhausted_at'])}"
    yield f"  - Of the window so far, measured: {percent(coverage.get('fraction'), 1)}"
    yield f"  - As of: {instant(one.get('judged_at'))}{' (old)' if one.get('stale') else ''}"


def slo_name(one: Record) -> str:
    """What people call an SLO."""
    return markdown(one.get("display_name") or one.get("name") or "An SLO")


def _kpis(shown: Operations) -> Iterator[str]:
    yield "## 3) KPIs (definitions, sources, formula, window)"
    yield "All KPIs are aggregated without user-identifiable data."
    if not shown.kpis:
        yield ""
        yield "None is declared."
    for position, one in enumerate(shown.kpis, start=1):
        yield ""
        yield from _kpi(position, one)


def _kpi(position: int, one: Kpi) -> Iterator[str]:
    yield f"{position}) `{markdown(one.id)}`"
    yield f"- Definition: {markdown(one.definition)}"
    yield f"- Source: {', '.join(f'`{markdown(source)}`' for source in one.sources) or 'not declared'}"
    yield f"- Formula: {markdown(one.methodology) or 'not declared'}"
    yield f"- Window: {markdown(one.window) or 'not declared'}"
    yield f"- Value: {markdown(figure(one.value, one.unit))}"
    yield f"- Status: {NO_DATA if one.status == 'no_data' else markdown(one.status)}"
    yield f"- As of: {instant(one.at)}"
    yield f"- Owner: {markdown(one.owner or '') or 'no owner'}"
    yield f"- Verified by its owner: {'yes' if one.verified else 'no'}"
    if one.problem:
        yield f"- Problem: {markdown(one.problem)}"


def _incidents(shown: Operations) -> Iterator[str]:
    yield "## 4) Incidents (chronological)"
    if not shown.incidents:
        yield "None so far."
        return
    yield from _figures(shown)
    for one in reversed(shown.incidents):
        yield ""
        yield from _incident(one)


def _figures(shown: Operations) -> Iterator[str]:
    names = {"mtta": "Mean time to acknowledge", "mttm": "Mean time to mitigate", "mttr": "Mean time to resolve"}
    everything = next((one for one in shown.figures if one.get("severity") is None), None)
    if everything is None:
        return
    for key, words in names.items():
        yield f"- {words}: {duration((everything.get(key) or {}).get('seconds'))}"
    yield f"- Action items overdue: {len(shown.overdue)}"


def _incident(one: Record) -> Iterator[str]:
    yield f"- ID: {one['id']}"
    yield f"  - Title: {markdown(one['title'])}"
    yield f"  - Severity: Sev-{one['severity']}"
    yield f"  - Status: {one['status']}"
    yield f"  - Period: {instant(one['started_at'])} to {instant(one['ended_at']) if one['ended_at'] else 'now'}"
    yield f"  - Components: {', '.join(map(markdown, one['components'])) or 'none named'}"
    yield f"  - Impact: {markdown(one['impact'])}"
    yield f"  - RCA: {markdown(one['rca']) or 'not known yet'}"
    yield f"  - Mitigation: {markdown(one['mitigation']) or 'none yet'}"
    for clock in one["clocks"]:
        if clock["state"] == "breached":
            yield f"  - Late: to {clock['name']} was promised by {instant(clock['due_at'])}"
    yield "  - Action items:" if one["actions"] else "  - Action items: none"
    for item in one["actions"]:
        yield f"    - {markdown(item['text'])} ({_item(item)})"


def _item(item: Record) -> str:
    until = f"done {instant(item['done_at'])[:10]}" if item["done_at"] else f"due {item['due'] or 'on no stated day'}"
    late = ", overdue" if item["overdue"] else ""
    return f"{markdown(item['owner']) or 'no owner'}, {until}{late}"


def _degraded(shown: Operations) -> Iterator[str]:
    count = len(shown.scenarios)
    yield f"## 5) Degraded mode guide ({count} scenario{'s' * (count != 1)})"
    if not shown.scenarios:
        yield "None is declared."
    for one in shown.scenarios:
        yield ""
        yield from _scenario(one)


def _scenario(one: ScenarioNow) -> Iterator[str]:
    yield f"Scenario {markdown(one.id)}: {markdown(one.title)}"
    yield f"- Applies now: {_applies(one)}"
    yield "- Symptoms:"
    for symptom in one.symptoms:
        yield f"  - {markdown(symptom.text)}"
        if symptom.figure:
            yield f"    - Now: {markdown(symptom.figure)}"
    yield "- Actions:"
    yield from (f"  {position}. {markdown(action)}" for position, action in enumerate(one.actions, start=1))
    yield f"- Rollback: {markdown(one.rollback)}"
    if one.rollback_figure:
        yield f"  - Now: {markdown(one.rollback_figure)}"
    if one.applies:
        met = {True: "yes", False: "no", None: "people decide"}[one.rollback_met]
        yield f"  - Criterion met: {met}"


def _applies(one: ScenarioNow) -> str:
    """Whether it applies, as far as figures can tell: what is not known is not said to be well."""
    if one.applies:
        return f"yes, since {instant(one.since)}"
    deciding = [symptom.shows for symptom in one.symptoms if symptom.decides]
    if not deciding:
        return "people decide"
    return "nobody can say, as figures are missing or old" if None in deciding else "no"


def _contact(shown: Operations) -> Iterator[str]:
    contacts = shown.contacts
    yield "## 6) Contact / escalation"
    for words, value, tail in (
        ("Ops on-call", contacts.on_call, " (internal chat)"),
        ("Incident channel", contacts.incident_channel, ""),
        ("Support email (external)", contacts.support_email, ""),
    ):
        yield f"- {words}: `{markdown(value)}`{tail if value.startswith('#') else ''}" if value else f"- {words}: none"
    yield f"- Escalation window: {markdown(contacts.escalation) or 'not declared'}"
    yield "- SLA summary:"
    for level in sorted(shown.sla, key=lambda one: int(one["severity"])):
        kept = f"acknowledge {promise(level['acknowledge'])}, mitigate {promise(level['mitigate'])}"
        yield f"  - Sev-{level['severity']}: {kept}"

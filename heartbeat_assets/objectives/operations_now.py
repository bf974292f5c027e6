"""`operations_now`: everything as it stands, gathered once from the files, the ledger and the journal.

It must not measure anything anew, and must not record; `recording` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from heartbeat_assets.ledger import Ledger
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.objectives.degraded.scenarios import STREAM as SCENARIOS
from heartbeat_assets.objectives.degraded.scenarios import applies
from heartbeat_assets.objectives.incidents import (
    Incident,
    IncidentUnreadable,
    figures,
    incident_record,
    incidents,
    overdue_actions,
    suggestions,
)
from heartbeat_assets.objectives.operations import ContactsNow, Kpi, Operations
from heartbeat_assets.objectives.operations_file import the_operations
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.objectives.status.components import judge_components, overall, overall_sentence
from heartbeat_assets.objectives.status.facts import Facts, SloFact
from heartbeat_assets.objectives.status.gathering import gather
from heartbeat_assets.objectives.status.overrides import STREAM as COMPONENTS
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.durations import duration_of

_MOST_EVENTS = 5_000
"""So many events of a component are looked at, the newest: years of a calm one, a month of one that never rests."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How everything stands, and what that rests on."""

    spec: OperationsSpec
    facts: Facts
    operations: Operations


def operations_now(settings: Settings, ledger: Ledger, now: datetime | None = None) -> Operations:
    """How everything stands at `now`. Raises SpecProblem (no operations, or a mistake in them) and LedgerError."""
    return snapshot(settings, ledger, now).operations


def snapshot(settings: Settings, ledger: Ledger, now: datetime | None = None) -> Snapshot:
    """How everything stands at `now`, with the facts. Raises SpecProblem and LedgerError."""
    instant = now or datetime.now(UTC)
    spec = the_operations(settings).spec
    catalog = load_catalog(settings)
    facts = gather(settings, ledger, instant, catalog=catalog)
    journal = ledger.journal
    history = {one.id: journal.of(COMPONENTS, one.id, limit=_MOST_EVENTS) for one in spec.components}
    components = judge_components(spec, facts, history, instant)
    scenarios = applies(spec.scenarios, facts, journal.newest(SCENARIOS), instant, stale_after=spec.stale_duration)
    problems = list(facts.problems)
    found = _incidents(ledger, problems)
    terms = spec.terms
    known = [one.updated_at for one in components if one.updated_at is not None]
    return Snapshot(
        spec,
        facts,
        Operations(
            generated_at=instant,
            title=spec.title,
            description=spec.description,
            owner=spec.owner,
            state=overall(components),
            sentence=f"{overall_sentence(components)}{_open(found)}",
            updated_at=min(known, default=None),
            stale=any(one.stale for one in components),
            components=tuple(components),
            slos=tuple(_slo(one, spec, instant) for one in _shown_slos(spec, facts, problems)),
            kpis=tuple(_kpis(spec, facts, catalog, ledger)),
            incidents=tuple(incident_record(one, terms, instant) for one in found),
            suggestions=tuple(one.record() for one in suggestions(journal)),
            overdue=tuple(_overdue(found, spec, instant)),
            figures=tuple(
                one.record()
                for one in figures(found, instant - duration_of(spec.figures_over), instant, terms=terms, now=instant)
            ),
            scenarios=tuple(scenarios),
            contacts=ContactsNow(**spec.contacts.model_dump()),
            sla=tuple(level.model_dump() for level in terms.levels()),
            settle_seconds=round(spec.settle_duration.total_seconds()),
            problems=tuple(problems),
        ),
    )


def _incidents(ledger: Ledger, problems: list[str]) -> list[Incident]:
    try:
        return incidents(ledger.journal)
    except IncidentUnreadable as problem:
        problems.append(str(problem))
        return []


def _open(found: list[Incident]) -> str:
    """What the first sentence adds: components may be OK by their figures while people work on an incident."""
    still = sum(not one.is_over for one in found)
    return f" {still} incident{' is' if still == 1 else 's are'} open." if still else ""


def _shown_slos(spec: OperationsSpec, facts: Facts, problems: list[str]) -> list[SloFact]:
    if spec.slos is None:
        return list(facts.slos.values())
    problems += [f"SLO {name} has no verdict yet" for name in spec.slos if name not in facts.slos]
    return [facts.slos[name] for name in spec.slos if name in facts.slos]


def _slo(fact: SloFact, spec: OperationsSpec, now: datetime) -> dict[str, Any]:
    return {
        **fact.record,
        "name": fact.name,
        "kind": fact.kind,
        "sentence": fact.sentence,
        "judged_at": fact.at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "stale": now - fact.at > spec.stale_duration,
    }


def _kpis(spec: OperationsSpec, facts: Facts, catalog: Catalog, ledger: Ledger) -> list[Kpi]:
    rows = ledger.metrics.rows()
    return [_kpi(name, facts, catalog, rows.get(name)) for name in spec.kpis]


def _kpi(name: str, facts: Facts, catalog: Catalog, row: Any) -> Kpi:
    file, fact = catalog.files.get(name), facts.metrics.get(name)
    header = file.header if file is not None else None
    problem = f"there is no metric {name}" if header is None else fact.error if fact is not None else ""
    return Kpi(
        id=name,
        name=header.name if header is not None else name,
        definition=header.description if header is not None else "",
        methodology=header.methodology if header is not None else "",
        unit=header.unit if header is not None else "",
        window=header.period if header is not None else "",
        sources=header.sources if header is not None else (),
        value=fact.value if fact is not None else None,
        status=fact.status if fact is not None else "no_data",
        at=fact.at if fact is not None else None,
        computed_at=fact.computed_at if fact is not None else None,
        owner=row.owner if row is not None else None,
        verified=row is not None and row.verification_state == "verified",
        problem=problem,
    )


def _overdue(found: list[Incident], spec: OperationsSpec, now: datetime) -> list[dict[str, Any]]:
    today = spec.business_hours.day_of(now)
    return [{"incident": incident.id, **item.record(today)} for incident, item in overdue_actions(found, today)]

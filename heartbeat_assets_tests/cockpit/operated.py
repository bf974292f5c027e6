"""A project that is operated: components with rules, an SLO over requests, and incidents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import yaml

from heartbeat_assets.ledger import Actor, JournalEvent, open_ledger
from heartbeat_assets.objectives.incidents import Incident, open_incident, suggest
from heartbeat_assets.objectives.objectives_file import objectives_in
from heartbeat_assets.objectives.recording_slos import measured_now, record_measured
from heartbeat_assets_tests.metrics.projects import MetricsProject
from heartbeat_assets_tests.objectives.promised import SERVICE, WEEK, slo

ANA = Actor("ana@example.org", "person", "cli")
PROGRAM = Actor("heartbeat operations", "program", "dagster")
SLO = "api-reads"
OPERATIONS = """type: heartbeat_assets.Operations
attributes:
  title: Marketplace
  description: Deals and offers.
  owner: Platform/Ops
  kpis: [answered]
  components:
    - id: api_read
      name: API Read
      description: What clients read.
      rules:
        - {slo: api-reads, state: [EXHAUSTED], to: DOWN}
    - id: console
      name: Console
      rules:
        - {metric: waiting, above: 100, to: DEGRADED}
  scenarios:
    - id: B
      title: Approvals backlog
      symptoms:
        - {text: the queue grows, when: {metric: waiting, above: 1}}
        - {text: people complain}
      actions: ["Add reviewers with `heartbeat`.", "Tell the users."]
      rollback: {text: when the queue is short again, when: {metric: waiting, below: 1}}
  contacts: {on_call: "#ops", support_email: support@example.org}
"""


def write_operations(project: MetricsProject, text: str = OPERATIONS) -> None:
    """Puts two components and a scenario into the folder `operations`."""
    project.write("defs/operations/defs.yaml", text)


def write_slo(project: MetricsProject, bad: Iterable[int] = (), hours: int = 7 * 24) -> None:
    """Promises that 99% of the requests of a week are answered. There are 60 an hour; `bad` tells how many of the hours
    that are so many hours ago failed altogether.
    """
    project.write_service("api", SERVICE)
    now, failing = datetime.now(UTC).replace(minute=0, second=0, microsecond=0), set(bad)
    rows = [
        f"{now - timedelta(hours=hour, minutes=minute):%Y-%m-%d %H:%M:%S},{str(hour not in failing).lower()},1"
        for hour in range(hours)
        for minute in range(60)
    ]
    project.write("data/requests.csv", "\n".join(["asked_at,ok,seconds", *rows]) + "\n")
    document = slo(SLO, window=WEEK, annotations={"heartbeat/owner": "team:api"})
    document["metadata"]["displayName"] = "API reads"
    project.write("defs/promises/all.openslo.yaml", yaml.safe_dump(document, sort_keys=False))
    component = {"type": "heartbeat_assets.ServiceObjectives", "attributes": {}}
    project.write("defs/promises/defs.yaml", yaml.safe_dump(component))


def measure_slo(project: MetricsProject) -> JournalEvent:
    """Measures it now and records that, as the schedule does."""
    ledger = open_ledger(project.settings.ledger_url)
    found = objectives_in(project.settings.defs).find(SLO)
    assert found is not None
    folder, promised = found
    (measured,) = measured_now([promised], folder.spec, project.settings, ledger, datetime.now(UTC))
    return record_measured(ledger.journal, measured, folder.name, PROGRAM)


def opened(project: MetricsProject, title: str = "API answers 503", severity: int = 1, **more: object) -> Incident:
    """Opens an incident."""
    fields = {"impact": "nobody can read deals", "actor": ANA} | more
    journal = open_ledger(project.settings.ledger_url).journal
    return open_incident(journal, title=title, severity=severity, **fields)  # type: ignore[arg-type]


def suggested(project: MetricsProject) -> int:
    """Suggests an incident, as a rule does; returns its number."""
    journal = open_ledger(project.settings.ledger_url).journal
    made = suggest(
        journal, "api-down", title="API reads are DOWN", severity=2, impact="nobody can read", actor=PROGRAM,
        reason="Its budget is used up.", components=["api_read"],
    )  # fmt: skip
    assert made is not None
    return made.number

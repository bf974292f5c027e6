"""What holds back whatever depends on metrics: checks that fail at ERROR by the state of this moment, and since when.

The checks of a run block within that run only; who depends on a metric in another run asks here. It must not compute a
value or change anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.ledger import MetricStore, MetricValue
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.checks import (
    CHECKS,
    FRESH,
    WITHIN_ALERT,
    WITHIN_NORM,
    MetricFinding,
    metric_findings,
    severity_now,
)
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.service_spec import CheckSeverities
from heartbeat_assets.metrics.state import MetricState, state_of
from heartbeat_assets.metrics.wording import instant_words

# So many ticks are looked back for the beginning of a breach: 90 days of hours.
_LOOK_BACK = 2160
_SHOWN = 5
Findings = tuple[MetricFinding, ...]
"""The three checks of a metric."""

_BREACHES = {WITHIN_ALERT: ("red",), WITHIN_NORM: ("amber", "red")}


@dataclass(frozen=True)
class Hold:
    """A failing check of a verified metric, who stands behind it, and since which tick it fails (None: unknown)."""

    finding: MetricFinding
    owner: str
    since: datetime | None

    @property
    def sentence(self) -> str:
        """Which metric, what is wrong, whose it is, since when."""
        said = self.finding.sentence
        if self.owner not in said:
            said += f" {self.owner} stands behind it."
        return f"{said} So since {instant_words(self.since)}." if self.since else said


def findings_now(
    catalog: Catalog,
    store: MetricStore,
    ids: Collection[str],
    now: datetime,
    *,
    refused: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Findings]:
    """The three checks of each of the metrics `ids` with its newest value, by id.

    A metric that is not registered, or whose file cannot be read, has no number that anybody could judge; `refused`
    may say why a file was not registered.
    """
    rows, newest = store.rows(), store.newest_values()
    found = {}
    for name in sorted(ids):
        row = rows.get(name)
        state = None if row is None else _verified_until(state_of(row), now)
        file = catalog.files.get(name)
        if file is None or state is None or state.retired:
            found[name] = _without_number(catalog, name, state, refused.get(name))
        else:
            severities, values = catalog.services[file.service].spec.checks, newest.get(name)
            found[name] = metric_findings(file, state, values[-1] if values else None, severities, now)
    return found


def _verified_until(state: MetricState, now: datetime) -> MetricState:
    """`state` without a verification that has run out and that no sync has ended yet."""
    return replace(state, verified=False) if state.expired(now) else state


def _without_number(catalog: Catalog, metric_id: str, state: MetricState | None, refused: str | None) -> Findings:
    problem = next((one[metric_id] for one in catalog.wrong.values() if metric_id in one), None)
    if refused is not None:
        why = f"its file was not registered: {refused}"
    elif problem is not None:
        why = f"its file is wrong: {problem}"
    elif state is None:
        why = "it is not registered yet"
    else:
        why = "it is retired" if state.retired else "its file is not there"
    service = catalog.services.get(state.service) if state is not None and not state.retired else None
    severities = service.spec.checks if service is not None else CheckSeverities()
    severity = "warn" if state is None or state.retired else severity_now(state, severities.fresh)
    sentence = f"{metric_id} has no value: {why}."
    return tuple(
        MetricFinding(metric_id, check, False, severity if check == FRESH else "warn", sentence) for check in CHECKS
    )


def holds_now(catalog: Catalog, store: MetricStore, ids: Collection[str], now: datetime) -> list[Hold]:
    """What holds back whatever depends on the metrics `ids`, the metrics in the order of their ids; usually nothing.

    Raises UsageProblem for an id that no metric has, or that of a retired one: whoever asks relies on a mistake.
    """
    rows = store.rows()
    _check_ids(catalog, ids, {name for name, row in rows.items() if row.registration == "retired"}, set(rows))
    holds = []
    for name, findings in findings_now(catalog, store, ids, now).items():
        row = rows.get(name)
        for finding in findings:
            if finding.blocks and row is not None and row.owner is not None:
                since = _since(catalog.files.get(name), finding, store.values(name, limit=_LOOK_BACK))
                holds.append(Hold(finding, row.owner, since))
    return holds


def held_sentence(holds: list[Hold], shown: int = _SHOWN) -> str:
    """`holds` in words, the first in full, and how many more there are."""
    more = f" And {len(holds) - shown} more." if len(holds) > shown else ""
    return " ".join(hold.sentence for hold in holds[:shown]) + more


def _check_ids(catalog: Catalog, ids: Collection[str], retired: set[str], known: set[str]) -> None:
    wrong = {name for files in catalog.wrong.values() for name in files}
    for name in sorted(ids):
        if name in retired:
            raise UsageProblem(f"the metric {name!r} is retired; depend on another one")
        if name not in known and name not in catalog.files and name not in wrong:
            raise UsageProblem(f"no metric {name!r}; look at `heartbeat metrics`")


def _since(file: MetricFile | None, finding: MetricFinding, values: list[MetricValue]) -> datetime | None:
    """The first tick of those, up to the newest, at which the check would have failed by what was recorded."""
    since = values[-1].tick if values else None
    for value in reversed(values):
        breached = _breached(file, finding.check, value)
        if breached is False:
            break
        since = value.tick if breached else since
    return since


def _breached(file: MetricFile | None, check: str, value: MetricValue) -> bool | None:
    """Whether the check failed at the tick of `value`; None where it cannot be said, as without data."""
    if check == FRESH:
        if value.value is None or file is None:
            return True
        if value.source_as_of is None:
            return False
        return value.tick - value.source_as_of > file.header.fresh_within_duration
    return None if value.value is None else value.status in _BREACHES[check]


def metrics_of_service(store: MetricStore, service: str) -> Iterator[str]:
    """The ids of the registered metrics of `service`, those with a mistake in their file too."""
    for name, row in store.rows().items():
        if row.service == service and row.registration == "registered":
            yield name

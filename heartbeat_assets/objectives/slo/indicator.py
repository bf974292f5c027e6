"""What an SLO measures: the queries of its indicator, in line or by reference, and what has no source here.

Our source is `type: heartbeat/sql` with `spec: {service, query}`; `service` may also stand in the connectionDetails of
a DataSource. Any other source is kept, and named. It must not run a query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from heartbeat_assets.objectives.slo.found import Place
from heartbeat_assets.objectives.slo.model import Metric, SLISpec, SLOSpec
from heartbeat_assets.objectives.slo.slo import Query, Role

SOURCE = "heartbeat/sql"
_FIELDS = ("service", "query")


@dataclass(frozen=True, slots=True)
class Indicator:
    """`queries` is empty where there is no source of ours."""

    queries: tuple[Query, ...]
    is_threshold: bool
    raw: Literal["success", "failure"] | None = None


def indicator_of(spec: SLOSpec, place: Place) -> Indicator | None:
    """The indicator of an SLO; None when it refers to one that does not exist, or a query of it is wrong."""
    if spec.indicator is not None:
        return _indicator(spec.indicator.spec, place.at(".indicator.spec"))
    found = place.found.document(place.at(".indicatorRef"), "SLI", spec.indicatorRef or "")
    if found is None:
        return None
    return _indicator(found.document.spec, Place(place.found, found, "spec"))


def _indicator(sli: SLISpec, place: Place) -> Indicator | None:
    if sli.thresholdMetric is not None:
        queries = _queries({"value": sli.thresholdMetric}, place.at(".thresholdMetric"), {})
        return None if queries is None else Indicator(queries, is_threshold=True)
    ratio = sli.ratioMetric
    if ratio is None:
        return None
    here = place.at(".ratioMetric")
    if ratio.raw is not None:
        queries = _queries({"value": ratio.raw}, here, {"value": ".raw"})
        return None if queries is None else Indicator(queries, is_threshold=False, raw=ratio.rawType)
    metrics: dict[Role, Metric | None] = {"good": ratio.good, "bad": ratio.bad, "total": ratio.total}
    given: dict[Role, Metric] = {role: metric for role, metric in metrics.items() if metric is not None}
    queries = _queries(given, here, {role: f".{role}" for role in given})
    return None if queries is None else Indicator(queries, is_threshold=False)


def _queries(metrics: dict[Role, Metric], place: Place, fields: dict[Role, str]) -> tuple[Query, ...] | None:
    """A query for each text that is asked: good and total with the same one are read in one go. None for a mistake."""
    mistakes = len(place.found.problems)
    columns: dict[tuple[str, str], tuple[Role, ...]] = {}
    without_source = False
    for role, metric in metrics.items():
        here = place.at(f"{fields.get(role, '')}.metricSource")
        asked = _asked(metric, here)
        if asked is None:
            without_source = True
        else:
            columns[asked] = (*columns.get(asked, ()), role)
    if len(place.found.problems) > mistakes:
        return None
    if without_source:
        return ()
    return tuple(Query(service, sql, roles) for (service, sql), roles in columns.items())


def _asked(metric: Metric, place: Place) -> tuple[str, str] | None:
    """Service and SQL; None, with a notice or a mistake, when there is no such thing."""
    source = metric.metricSource
    kind, settings = source.type, dict(source.spec or {})
    if source.metricSourceRef is not None:
        known = {one.name: one.document.spec for one in place.found.all("DataSource")}
        data_source = known.get(source.metricSourceRef)
        if data_source is None and kind in (None, SOURCE):
            place.found.document(place.at(".metricSourceRef"), "DataSource", source.metricSourceRef)
            return None
        if data_source is not None:
            kind = kind or data_source.type
            details = data_source.connectionDetails
            settings = {**(details if isinstance(details, dict) and kind == SOURCE else {}), **settings}
    if kind != SOURCE:
        called = f"a source of type {kind!r}" if kind else "a source without a type"
        place.notice(f"{called} cannot be read here; the SLO is kept, without figures. Ours is type: {SOURCE}")
        return None
    return _of_ours(settings, place)


def _of_ours(settings: dict[str, Any], place: Place) -> tuple[str, str] | None:
    wrong = [name for name in settings if name not in _FIELDS]
    for name in wrong:
        place.at(".spec").mistake(f"unknown field {name!r}; there are {', '.join(_FIELDS)}")
    texts = {}
    for name, what in (("service", "the folder of the metrics service whose sources it reads"), ("query", "the SQL")):
        text = settings.get(name)
        if isinstance(text, str) and text.strip():
            texts[name] = text
        else:
            place.at(f".spec.{name}").mistake(f"must be text: {what}")
    if wrong or len(texts) < len(_FIELDS):
        return None
    if "$start_us" not in texts["query"]:
        place.at(".spec.query").notice("does not ask for $start_us, so that it reads all there is each time")
    return texts["service"].strip(), texts["query"]

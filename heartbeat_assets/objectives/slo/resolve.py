"""Documents put together: each objective of each SLO as one value, references followed.

What the standard allows and we do not support is named in `notices` and kept in the documents; what is wrong is a
sentence in `problems`, and its SLO is left out. It must not run a query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.objectives.slo.annotations import Annotations
from heartbeat_assets.objectives.slo.burn import WORKBOOK, BurnRule, rules_in
from heartbeat_assets.objectives.slo.durations import Duration, duration, exact, fixed_duration
from heartbeat_assets.objectives.slo.fitting import check_fit, default_bucket, fitting_rules
from heartbeat_assets.objectives.slo.found import Found, Place
from heartbeat_assets.objectives.slo.indicator import SOURCE, Indicator, indicator_of
from heartbeat_assets.objectives.slo.model import ObjectiveSpec, SLOSpec, TimeWindow
from heartbeat_assets.objectives.slo.model_parts import Metadata
from heartbeat_assets.objectives.slo.openslo import Placed, Read, read_files
from heartbeat_assets.objectives.slo.periods import CalendarWindow, RollingWindow
from heartbeat_assets.objectives.slo.policies import rules_of
from heartbeat_assets.objectives.slo.slo import DEFAULT_FORECAST, RED_AT, YELLOW_AT, BudgetLimits, Slo, Threshold

DEFAULT_WINDOW = RollingWindow(Duration(30, "d"))


@dataclass(frozen=True)
class SloSet:
    """What some files come to. `slos` are those without a mistake, in the order they were read."""

    documents: tuple[Placed, ...]
    slos: tuple[Slo, ...]
    notices: tuple[str, ...]
    problems: tuple[str, ...]

    def checked(self) -> SloSet:
        """Itself. Raises SpecProblem when there is a mistake in it."""
        if self.problems:
            raise SpecProblem("OpenSLO", list(self.problems))
        return self

    def named(self, name: str) -> Slo:
        """The SLO of that name. Raises KeyError."""
        return {slo.name: slo for slo in self.slos}[name]


def load_slos(files: Iterable[Path]) -> SloSet:
    """The SLOs in `files`. Never raises for what they hold."""
    return resolved(read_files(files))


def resolved(read: Read) -> SloSet:
    """The SLOs that the documents come to together."""
    found = Found(read.documents)
    slos = [slo for placed in found.all("SLO") for slo in _slos_of(placed, found)]
    first: dict[str, Slo] = {}
    for slo in slos:
        if first.setdefault(slo.name, slo) is not slo:
            found.problems.append(
                f"{slo.file}: SLO {slo.document}: two objectives come to the name {slo.name!r}; rename one"
            )
    for target in found.all("AlertNotificationTarget"):
        Place(found, target, "kind").notice("is kept and not used: where alerts go is not said in an SLO here")
    for source in found.all("DataSource"):
        if source.document.spec.type != SOURCE:
            Place(found, source, "spec.type").notice(f"{source.document.spec.type!r} is no source here; it is kept")
    return SloSet(
        read.documents,
        tuple(first.values()),
        tuple(dict.fromkeys(found.notices)),
        tuple(dict.fromkeys([*read.problems, *found.problems])),
    )


def _slos_of(placed: Placed, found: Found) -> list[Slo]:
    spec: SLOSpec = placed.document.spec
    mistakes = len(found.problems)
    place = Place(found, placed, "spec")
    ours = Annotations(placed.document.metadata.annotations)
    found.problems += [f"{placed.file}: {placed.words}, {problem}" for problem in ours.problems]
    services = {one.name for one in found.all("Service")}
    if services and spec.service not in services:
        place.at(".service").notice(f"there is no Service called {spec.service!r}")
    if spec.is_composite:
        place.at(".objectives").notice("have indicators of their own; a composite SLO is kept and not judged")
        return []
    indicator, window = indicator_of(spec, place), _window(spec, place.at(".timeWindow"))
    rules, limits = _rules(spec, place, ours), _limits(placed, found, ours)
    if indicator is None or window is None:
        return []
    if indicator.is_threshold and len(spec.objectives) > 1:
        place.at(".objectives").mistake("a thresholdMetric has one objective; make an SLO of each")
    shared = _Shared(placed, spec, indicator, window, ours, rules, limits)
    made = [
        _slo(shared, objective, place.at(f".objectives[{position}]"), objective.displayName or str(position + 1))
        for position, objective in enumerate(spec.objectives)
    ]
    return made if len(found.problems) == mistakes else []


@dataclass(frozen=True)
class _Shared:
    """What the objectives of an SLO document have in common."""

    placed: Placed
    spec: SLOSpec
    indicator: Indicator
    window: RollingWindow | CalendarWindow
    ours: Annotations
    rules: tuple[BurnRule, ...]
    limits: BudgetLimits


def _slo(shared: _Shared, objective: ObjectiveSpec, place: Place, called: str) -> Slo:
    metadata, spec, ours = shared.placed.document.metadata, shared.spec, shared.ours
    name, display_name = metadata.name, metadata.displayName or metadata.name
    if len(spec.objectives) > 1:
        name, display_name = f"{name}.{_slug(called)}", f"{display_name}: {called}"
    width, share = _slice(spec, objective, place)
    bucket = ours.get("bucket") or default_bucket(width, shared.window)
    slo = Slo(
        name=name,
        display_name=display_name,
        description=spec.description or "",
        service=spec.service,
        method=spec.budgetingMethod,
        target=_target(objective, place),
        window=shared.window,
        bucket=bucket,
        queries=shared.indicator.queries,
        threshold=_threshold(objective, shared.indicator, place),
        raw=shared.indicator.raw,
        slice=width,
        slice_target=share,
        rules=fitting_rules(shared.rules, shared.window, bucket.us, place),
        limits=shared.limits,
        forecast=ours.get("forecast", DEFAULT_FORECAST),
        quiet=ours.get("quiet"),
        owner=ours.get("owner", ""),
        labels=_labels(metadata),
        document=shared.placed.name,
        file=shared.placed.file,
    )
    if slo.is_measurable:
        check_fit(slo, place)
    return slo


def _labels(metadata: Metadata) -> tuple[tuple[str, tuple[str, ...]], ...]:
    given = (metadata.labels or {}).items()
    return tuple((name, (value,) if isinstance(value, str) else tuple(value)) for name, value in given)


def _limits(placed: Placed, found: Found, ours: Annotations) -> BudgetLimits:
    limits = BudgetLimits(ours.get("yellowAt", YELLOW_AT), ours.get("redAt", RED_AT))
    if limits.red > limits.yellow:
        where = f"{placed.file}: {placed.words}, metadata.annotations.heartbeat/redAt"
        found.problems.append(f"{where}: is above heartbeat/yellowAt")
    return limits


def _target(objective: ObjectiveSpec, place: Place) -> Fraction:
    target = exact(objective.targetPercent or 0.0) / 100 if objective.target is None else exact(objective.target)
    if target == 1:
        field = ".target" if objective.target is not None else ".targetPercent"
        place.at(field).notice(
            "is 100%, which OpenSLO does not allow: there is no budget, and any bad event exhausts it"
        )
    return target


def _threshold(objective: ObjectiveSpec, indicator: Indicator, place: Place) -> Threshold | None:
    if indicator.is_threshold:
        if objective.op is not None and objective.value is not None:
            return Threshold(objective.op, objective.value)
        place.mistake("a thresholdMetric needs op and value")
    elif objective.op is not None or objective.value is not None:
        place.notice("op and value are for a thresholdMetric; not used with a ratioMetric")
    return None


def _slice(spec: SLOSpec, objective: ObjectiveSpec, place: Place) -> tuple[Duration | None, Fraction | None]:
    if spec.budgetingMethod == "Occurrences":
        if objective.timeSliceTarget is not None or objective.timeSliceWindow is not None:
            place.notice("timeSliceTarget and timeSliceWindow are not used with budgetingMethod Occurrences")
        return None, None
    if objective.timeSliceWindow is None:
        place.mistake(f"budgetingMethod {spec.budgetingMethod} needs timeSliceWindow")
        return None, None
    width = fixed_duration(objective.timeSliceWindow, plain_number="m")
    if spec.budgetingMethod == "RatioTimeslices":
        if objective.timeSliceTarget is not None:
            place.at(".timeSliceTarget").notice("is not used with budgetingMethod RatioTimeslices")
        return width, None
    if objective.timeSliceTarget is None:
        place.mistake("budgetingMethod Timeslices needs timeSliceTarget")
        return width, None
    return width, exact(objective.timeSliceTarget)


def _window(spec: SLOSpec, place: Place) -> RollingWindow | CalendarWindow | None:
    if not spec.timeWindow:
        place.notice(f"is left out; {DEFAULT_WINDOW.words} are taken")
        return DEFAULT_WINDOW
    given: TimeWindow = spec.timeWindow[0]
    length = duration(given.duration)
    if length.unit == "m":
        place.at("[0].duration").notice(f"{length} is {length.words}; a month is written 1M")
    if given.calendar is None:
        return RollingWindow(length)
    start = datetime.fromisoformat(given.calendar.startTime)
    if not 1970 <= start.year <= 2200:
        place.at("[0].calendar.startTime").mistake(f"{start.year} is no year of this time; write one from 1970 to 2200")
        return None
    return CalendarWindow(length, start, given.calendar.timeZone)


def _rules(spec: SLOSpec, place: Place, ours: Annotations) -> tuple[BurnRule, ...]:
    min_events = ours.get("minEvents", 1)
    written = ours.get("burnRules")
    from_policies = rules_of(spec.alertPolicies or [], place.at(".alertPolicies"), min_events)
    if written is not None:
        if from_policies:
            place.at(".alertPolicies").notice(
                "are kept and not used: the annotation heartbeat/burnRules stands for them"
            )
        return rules_in(written, min_events)
    return tuple(from_policies) if spec.alertPolicies else rules_in(WORKBOOK, min_events)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "objective"

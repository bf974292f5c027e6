"""Verdicts on SLOs in the words of a page, from their records. It must not judge."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from heartbeat_assets.cockpit.slo_standings import SloNow
from heartbeat_assets.cockpit.views import BurnView, CorrectionView, SloDay, SloLine
from heartbeat_assets.cockpit.views.words import in_full, three_digits
from heartbeat_assets.metrics.wording import duration_words
from heartbeat_assets.objectives.status.gathering import slo_fact

Record = dict[str, Any]
_FIRING = {"ERROR": "page", "WARN": "ticket"}


def slo_line(one: SloNow) -> SloLine:
    """An SLO in a list."""
    record = one.record()
    budget = record.get("budget") or {}
    window = record.get("window") or {}
    left = budget.get("left_fraction")
    return SloLine(
        name=one.name,
        title=record.get("display_name") or one.name,
        kind=one.kind,
        sentence=str(record.get("sentence") or ("" if one.newest is None else one.kind)),
        target=percent(record.get("target")),
        window=str(window.get("kind") or (one.slo.window.words if one.slo else "")),
        sli=percent(budget.get("sli")),
        left=left_words(budget),
        left_share=left,
        overspent=percent(-left, digits=3) if left is not None and left < 0 else "",
        firing=_FIRING.get(str(record.get("severity")), "") if one.kind != "problem" else "",
        owner=record.get("owner") or "",
        service=record.get("service") or "",
        at=slo_fact(one.newest).at if one.newest else None,
        stale=one.stale,
        gone=one.slo is None,
    )


def left_words(budget: Record) -> str:
    """`42%`; `none` where more is used than there was; "" without data."""
    left = budget.get("left_fraction")
    if left is None:
        return "none" if budget.get("total") else ""
    return percent(left, digits=3)


def figures(record: Record, over: str) -> tuple[tuple[str, str, str], ...]:
    """(name, value, as measured or "") of a verdict, with those that corrections changed as they were measured.

    `over` says over which time the burn rate is.
    """
    budget, raw = record.get("budget") or {}, record.get("raw") or {}
    coverage, raw_coverage = record.get("coverage") or {}, record.get("raw_coverage") or {}
    unit = str(budget.get("unit") or "events")
    told = [
        ("SLI", percent(budget.get("sli")), percent(raw.get("sli"))),
        ("Target", percent(record.get("target")), ""),
        ("Budget left", left_words(budget), left_words(raw)),
        ("May go bad", amount(budget.get("allowed"), unit), amount(raw.get("allowed"), unit)),
        ("Went bad", amount(budget.get("bad"), unit), amount(raw.get("bad"), unit)),
        ("Counted", amount(budget.get("total"), unit), amount(raw.get("total"), unit)),
        (f"Burn rate over {over}".rstrip(), rate(record.get("burn_rate")), ""),
        ("Time that was measured", percent(coverage.get("fraction"), 3), percent(raw_coverage.get("fraction"), 3)),
    ]
    return tuple((name, value, before if before != value else "") for name, value, before in told if value)


def burns(record: Record) -> tuple[BurnView, ...]:
    """The burn rules."""
    return tuple(
        BurnView(
            rule=str(one["rule"]),
            calls_for="a page" if one["severity"] == "ERROR" else "a ticket",
            limit=three_digits(one["factor"]),
            long=f"{rate(one['long_rate']) or 'no data'} over {one['long']}",
            short=f"{rate(one['short_rate']) or 'no data'} over {one['short']}",
            used=percent(one.get("budget_used"), digits=3),
            state=_burning(one),
            sentence=str(one["sentence"]),
        )
        for one in record.get("burns") or ()
    )


def _burning(one: Record) -> str:
    if one["fires"]:
        return "pages" if one["severity"] == "ERROR" else "tickets"
    if not one["has_enough"]:
        return "few"
    # A rate beyond any number is None as well; it fires.
    return "no_data" if one["long_rate"] is None or one["short_rate"] is None else "within"


def day_of(one: Record, target: float) -> SloDay:
    """A day of `days`."""
    good, total, coverage = one.get("good") or 0, one.get("total") or 0, one.get("coverage")
    share = good / total if total else None
    before = f"{in_full(one['raw_good'])} of {in_full(one['raw_total'])}" if "raw_total" in one else ""
    status = "no_data" if share is None else "green" if share >= target else "red"
    return SloDay(
        day=date.fromisoformat(one["day"]),
        good=in_full(good),
        total=in_full(total),
        share=percent(share),
        status=status,
        coverage="all taken out" if coverage is None else percent(coverage, 3),
        measured=before,
    )


def corrections(record: Record) -> tuple[CorrectionView, ...]:
    """What people said of measured time in the window."""
    return tuple(
        CorrectionView(
            id=str(one["id"]) or "maintenance",
            start=datetime.fromisoformat(one["applied_from"]),
            end=datetime.fromisoformat(one["applied_to"]),
            said="does not count" if one["kind"] == "exclude" else f"{one['good']:,} good of {one['total']:,}",
            reason=str(one["reason"]),
        )
        for one in record.get("corrections") or ()
    )


def percent(share: float | None, digits: int = 0) -> str:
    """`share` in percent: as many digits as tell it from the target, or `digits` significant ones."""
    if share is None:
        return ""
    if digits:
        return f"{three_digits(share * 100)}%"
    text = f"{share * 100:.4f}".rstrip("0").rstrip(".")
    return f"{text}%"


def amount(value: float | None, unit: str) -> str:
    """A count of `unit`."""
    return "" if value is None else f"{in_full(round(value, 2))} {unit}"


def rate(value: float | None) -> str:
    """A burn rate."""
    return "" if value is None else three_digits(value)


def moment(text: object) -> datetime | None:
    """An instant of a record."""
    return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) and text else None


def lasting(seconds: float) -> str:
    """Seconds in words; `less than a minute` for some, "" for none."""
    if seconds <= 0:
        return ""
    return duration_words(timedelta(seconds=seconds)) if seconds >= 30 else "less than a minute"

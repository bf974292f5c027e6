"""An audit as a page of Markdown, for the owner of a metric to read and keep. It must not measure or read anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from heartbeat_assets.metrics.thresholds import Direction, Thresholds
from heartbeat_assets.metrics.wording import duration_words, instant_words, number_words

Document = dict[str, Any]
_STATUS_WORDS = {"green": "● green", "amber": "▲ amber", "red": "◆ red", "no_data": "○ no data"}


def audit_text(audit: Document) -> str:
    """The page of `audit`, as `validate_metric` returned it."""
    parts = [
        f"# {audit['code']}: {_line(audit['name'])}",
        _verdict(audit),
        "## The number now",
        _now(audit),
        "## Another way to the number",
        _crosscheck(audit),
        "## Its sources",
        _sources(audit),
        f"## The last {audit['last_days']['days']} days",
        _last_days(audit),
        "## What amber and red mean",
        _limits(audit),
        *_differences(audit),
        "## Who stands behind it",
        _people(audit),
        "## How it is worked out",
        _line(audit["methodology"]),
        _query(audit["sql"]),
        f"SHA-256 of the query: `{audit['sql_hash']}`",
        *(["The query of the crosscheck:", _query(audit["crosscheck_sql"])] if audit["crosscheck_sql"] else []),
    ]
    return "\n\n".join(parts) + "\n"


def meaning_of(thresholds: Thresholds, unit: str) -> list[str]:
    """What amber and red mean, a sentence each, with the way back where there is a recovery value."""
    side = "below" if thresholds.direction == "higher_is_better" else "above"
    norm, alert, recovery = thresholds.norm_value, thresholds.alert_value, thresholds.recovery_value
    said = ["Higher is better." if thresholds.direction == "higher_is_better" else "Lower is better."]
    if norm is None and alert is None:
        return [*said, "It has no thresholds, so every value is green."]
    if alert is not None:
        said.append(f"Red: {side} {number_words(alert, unit)}. A value equal to it is not red.")
    if norm is not None:
        said.append(f"Amber: {side} {number_words(norm, unit)}. A value equal to it is green.")
    if recovery is not None:
        better = "more" if thresholds.direction == "higher_is_better" else "less"
        back = f"{number_words(recovery, unit)} or {better}"
        said += [
            f"Once {colour}, it stays {colour if colour == 'red' else 'amber'} until it is at {back}."
            for colour, limit in (("red", alert), ("amber", norm))
            if limit is not None and _stricter(thresholds.direction, recovery, limit)
        ]
    return said


def _stricter(direction: Direction, recovery: float, limit: float) -> bool:
    return recovery > limit if direction == "higher_is_better" else recovery < limit


def _verdict(audit: Document) -> str:
    at = instant_words(datetime.fromisoformat(audit["validated_at"]))
    about = f"`{audit['metric_id']}` of `{audit['service']}`, validated at {at}. {_line(audit['description'])}"
    if not audit["problems"]:
        made = "" if audit["crosscheck"]["made"] else ", but no crosscheck was made"
        said = f"**Nothing speaks against the number{made}.** A validation is no verification: that is its owner's."
        return f"{about}\n\n{said}"
    return "\n".join([about, "", "**This speaks against the number:**", "", *_bullets(audit["problems"])])


def _now(audit: Document) -> str:
    now = audit["now"]
    said = f"{_number(now['value'], audit['unit'])}, {_line(audit['period'])}."
    if now["error"]:
        said = f"There is none: {_line(now['error'])}"
    elif now["value"] is None:
        said = "There is none: the query found nothing to measure."
    lines = [said]
    if audit["tick"]:
        recorded = _number(audit["value"], audit["unit"])
        tick = instant_words(datetime.fromisoformat(audit["tick"]))
        lines.append(f"The newest recorded tick, {tick}: {recorded}, {_STATUS_WORDS[audit['status']]}.")
    lines.append(_normal(audit))
    lines.append(f"How to read it: {_line(audit['how_to_read'])}")
    return "\n\n".join(lines)


def _normal(audit: Document) -> str:
    benchmark = audit["benchmark"]
    if benchmark is None:
        return "What is normal is not known yet: there is no benchmark."
    deviation = benchmark["stddev"]
    band = _number(benchmark["mean"], "") + (f" ± {_number(deviation, '')}" if deviation is not None else "")
    return (
        f"Normal looks like {band} {audit['unit']} (mean and standard deviation of {benchmark['count']:,} values in "
        f"{benchmark['window_days']} days; median {_number(benchmark['median'], '')}, MAD "
        f"{_number(benchmark['mad'], '')})."
    )


def _crosscheck(audit: Document) -> str:
    check = audit["crosscheck"]
    if not check["made"]:
        return (
            "No crosscheck was made: the file has none. To have one, write a second SELECT that works the number out "
            "another way below a line `-- crosscheck:` at the end of the metric's file."
        )
    if check["error"]:
        return f"The crosscheck failed: {_line(check['error'])}"
    rebuilt = f"The crosscheck says {_number(check['value'], audit['unit'])}"
    if check["difference"] is None:
        return f"{rebuilt}. " + ("Both found nothing." if check["agrees"] else "Only one of the two found a number.")
    verdict = "They agree" if check["agrees"] else "**They do not agree**"
    return (
        f"{rebuilt}, a difference of {check['difference']:.6g} ({check['relative_difference'] * 100:.3g}%). {verdict} "
        f"(a difference of {check['tolerance']:g} of the number is allowed)."
    )


def _sources(audit: Document) -> str:
    rows = []
    for one in audit["source_freshness"]:
        fresh = {True: "fresh", False: "stale", None: "has no dates"}[one["fresh"]]
        age = "" if one["age_seconds"] is None else duration_words(timedelta(seconds=one["age_seconds"]))
        as_of = "" if one["as_of"] is None else instant_words(datetime.fromisoformat(one["as_of"]))
        rows.append([f"`{one['source']}`", as_of, age, _line(one["problem"]) if one["problem"] else fresh])
    allowed = duration_words(timedelta(seconds=audit["source_freshness"][0]["allowed_seconds"]))
    return f"{_table(['source', 'as of', 'age', ''], rows)}\n\nUp to {allowed} count as fresh."


def _last_days(audit: Document) -> str:
    last = audit["last_days"]
    if not last["ticks"]:
        return "Nothing was recorded in them."
    shares = ", ".join(
        f"{_STATUS_WORDS[status]} {share * 100:.1f}%" for status, share in last["shares"].items() if share
    )
    figures = ", ".join(f"{name} {_number(last[name], '')}" for name in ("min", "median", "mean", "max"))
    said = f"{last['ticks']:,} ticks, {last['count']:,} with a value: {figures}. {shares}."
    rows = [
        [
            day["day"],
            str(day["count"]),
            *(_number(day[name], "") for name in ("min", "median", "mean", "max")),
            _STATUS_WORDS[day["worst"]],
        ]
        for day in last["by_day"]
    ]
    return f"{said}\n\n{_table(['day', 'values', 'min', 'median', 'mean', 'max', 'worst'], rows)}"


def _limits(audit: Document) -> str:
    fields = ("norm_value", "alert_value", "recovery_value")
    thresholds = Thresholds(audit["direction"], *(audit[field] for field in fields))
    lines = meaning_of(thresholds, audit["unit"])
    for field in fields:
        by = audit["thresholds_set"][field]
        if by is not None:
            at = instant_words(datetime.fromisoformat(by["at"]))
            to = "taken away" if by["after"] is None else f"set to {by['after']}"
            lines.append(f"`{field}` was {to} by {_line(by['actor'])} at {at}: {_line(by['reason'])}")
    return "\n".join(_bullets(lines))


def _differences(audit: Document) -> Iterator[str]:
    if audit["differences"]:
        yield "The file says otherwise than the operators; theirs holds:"
        yield "\n".join(_bullets(audit["differences"]))


def _people(audit: Document) -> str:
    state = audit["verification_state"]
    until = audit["verified_until"]
    ends = f", until {instant_words(datetime.fromisoformat(until))}" if until else ""
    said = f"{_line(audit['owner']) if audit['owner'] else 'Nobody owns it'}; {state}{ends}."
    rows = [
        [
            instant_words(datetime.fromisoformat(one["at"]).astimezone(UTC)),
            _line(one["actor"]),
            f"`{one['field']}`",
            _line(one["after"] or "taken away"),
            _line(one["reason"]),
        ]
        for one in audit["verification_history"]
    ]
    return f"{said}\n\n{_table(['when', 'who', 'what', 'to', 'why'], rows)}" if rows else said


def _query(sql: str) -> str:
    """`sql` as a code block, whatever it holds."""
    fence = "```"
    while fence in sql:
        fence += "`"
    return f"{fence}sql\n{sql}\n{fence}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _bullets(lines: Sequence[str]) -> list[str]:
    return [f"- {_line(line)}" for line in lines]


def _line(text: str) -> str:
    """`text` on one line: what people write must not become a heading or a table of the page."""
    return " ".join(str(text).split())


def _number(value: float | None, unit: str) -> str:
    return "no value" if value is None else number_words(value, unit)

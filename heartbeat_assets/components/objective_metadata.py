"""What Dagster shows of an SLO: the promise before it is measured, figures to plot and a table after.

All of it is read from what is recorded, so a run and a later question show the same. It must not judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import dagster as dg

from heartbeat_assets.components.markdown_tables import markdown_table
from heartbeat_assets.components.objective_group import ObjectivesGroup
from heartbeat_assets.objectives.slo.burn import outcome_of
from heartbeat_assets.objectives.slo.counts import count_words
from heartbeat_assets.objectives.slo.sentences import percent
from heartbeat_assets.objectives.slo.slo import Slo

Metadata = dict[str, Any]
_DAYS_SHOWN = 14


def of_slo(group: ObjectivesGroup, slo: Slo) -> Metadata:
    """What is promised, and how it is measured."""
    rows = [
        ["target", percent(float(slo.target))],
        ["over", slo.window.words],
        ["counts", f"{slo.unit} ({slo.method})"],
        ["burn rules", "; ".join(rule.words for rule in slo.rules) or "none"],
        ["owner", slo.owner or "nobody"],
    ]
    shown: Metadata = {
        "target": float(slo.target),
        "promise": dg.MetadataValue.md(markdown_table(["", ""], rows)),
        "file": dg.MetadataValue.path(slo.file),
    }
    for number, query in enumerate(slo.queries, start=1):
        name = "query" if len(slo.queries) == 1 else f"query_{number}"
        shown[name] = dg.MetadataValue.md(f"````sql\n{query.sql.rstrip()}\n````")
    return shown | cockpit_link(group, slo)


def cockpit_link(group: ObjectivesGroup, slo: Slo) -> Metadata:
    """Where the cockpit shows the SLO."""
    url = group.settings.cockpit_url
    return {"cockpit": dg.MetadataValue.url(f"{url}/slos/{quote(slo.name, safe='')}")} if url else {}


def of_record(body: Mapping[str, Any], seq: int) -> Metadata:
    """What was measured, as `body` of its event has it; what is not known is left out, so that plots have a gap."""
    shown: Metadata = {"state": str(body["state"]), "sentence": str(body["sentence"]), "event": seq}
    budget, raw = body.get("budget"), body.get("raw")
    if not isinstance(budget, Mapping) or not isinstance(raw, Mapping):
        return shown
    shown |= _number("sli", budget["sli"]) | _number("budget_left", budget["left_fraction"])
    shown |= _number("budget_left_raw", raw["left_fraction"]) | _number("budget_seconds_left", budget["seconds_left"])
    shown |= {name: budget[name] for name in ("good", "bad", "total")}
    shown |= _number("coverage", body["coverage"]["fraction"]) | _number("burn_rate", body["burn_rate"])
    for burn in body["burns"]:
        shown |= _number(f"burn_{burn['long']}", burn["long_rate"])
        shown |= _number(f"burn_{burn['short']}", burn["short_rate"])
    if body["exhausted_at"]:
        shown["exhausted_at"] = str(body["exhausted_at"])
    return shown | {"budget": _budget_table(budget, raw)} | of_burns(body["burns"]) | _days(body["days"])


def of_burns(burns: Iterable[Mapping[str, Any]]) -> Metadata:
    """Each burn rule as it stands."""
    rows = [[burn["rule"], _rate(burn["long_rate"]), _rate(burn["short_rate"]), f"{burn['factor']:.4g}",
             f"{count_words(burn['events'])} ({count_words(burn['min_events'])} needed)", _outcome(burn)]
            for burn in burns]  # fmt: skip
    header = ["rule", "long window", "short window", "limit", "events", ""]
    return {"burns": dg.MetadataValue.md(markdown_table(header, rows) if rows else "It has no burn rule.")}


def _outcome(burn: Mapping[str, Any]) -> str:
    outcome = outcome_of(burn)
    return f"{'◆' if outcome == 'fires' else '●' if outcome == 'within' else '○'} {outcome}"


def _budget_table(budget: Mapping[str, Any], raw: Mapping[str, Any]) -> dg.MetadataValue[str]:
    names = (("state", "state"), ("SLI", "sli"), ("good", "good"), ("bad", "bad"), ("total", "total"),
             ("allowed", "allowed"), ("budget left", "left_fraction"))  # fmt: skip
    rows = [[title, _figure(name, budget[name]), _figure(name, raw[name])] for title, name in names]
    return dg.MetadataValue.md(markdown_table(["", "corrected", "as measured"], rows))


def _days(days: list[Mapping[str, Any]]) -> Metadata:
    rows = [
        [str(day["day"]), count_words(day["good"]), count_words(day["total"]),
         percent(day["good"] / day["total"], below=1) if day["total"] else "",
         "" if day["coverage"] is None else percent(day["coverage"], below=1)]
        for day in reversed(days[-_DAYS_SHOWN:])
    ]  # fmt: skip
    return {"last_days": dg.MetadataValue.md(markdown_table(["day", "good", "total", "SLI", "measured"], rows))}


def _figure(name: str, value: Any) -> str:
    if value is None:
        return "unknown"
    if name in ("sli", "left_fraction"):
        return percent(value, below=1)
    return value if isinstance(value, str) else count_words(value)


def _rate(rate: float | None) -> str:
    return "unknown" if rate is None else f"{rate:.4g}"


def _number(name: str, value: object) -> Metadata:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return {}
    return {name: float(f"{value:.6g}")}

"""The first page: is anything wrong, since when, and what is done about it; then components, promises and figures."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from heartbeat_assets.objectives.documents import words
from heartbeat_assets.objectives.documents.figures_parts import kpis, objectives
from heartbeat_assets.objectives.documents.incident_pages import incident_item
from heartbeat_assets.objectives.documents.layout import card, moment, page
from heartbeat_assets.objectives.documents.signs import mark, sign, tone
from heartbeat_assets.objectives.documents.tree import h, prose
from heartbeat_assets.objectives.documents.uptime import bad_days, uptime_bars
from heartbeat_assets.objectives.operations import ComponentStatus, Operations, ScenarioNow

_RECENT = 10


def index_page(shown: Operations, days: int) -> bytes:
    """The page of what is `published`, with the last `days` of each component."""
    return page(shown, f"{words.state(shown.state)}: {words.plain(shown.title)}", _parts(shown, days))


def _parts(shown: Operations, days: int) -> Iterator[Element | None]:
    yield h("header", h("h1", shown.title), h("p", shown.description, cls="quiet") if shown.description else None)
    yield _glance(shown)
    if shown.open_incidents:
        yield card(
            "Open incidents",
            h("ul", [incident_item(one, shown) for one in shown.open_incidents], cls="incidents"),
            about="open",
        )
    if shown.applying:
        yield card("Degraded mode", [_scenario(one) for one in shown.applying], about="degraded")
    yield _components(shown, days)
    yield objectives(shown)
    yield kpis(shown)
    yield _history(shown)


def _glance(shown: Operations) -> Element:
    as_of = ("As of ", moment(shown.updated_at), ". ") if shown.updated_at else ()
    return h(
        "div",
        h("p", h("span", sign(shown.state), aria_hidden="true"), f" {words.state(shown.state)}", cls="big"),
        h("p", shown.sentence),
        h("p", as_of, "Some of this rests on old or missing data." if shown.stale else None, cls="quiet"),
        cls=f"glance {tone(shown.state)}",
        role="status",
    )


def _scenario(one: ScenarioNow) -> Element:
    met = {True: "The criterion is met.", False: "The criterion is not met yet.", None: "People decide when."}
    return h(
        "article",
        h("h3", f"Scenario {one.id} applies now: {one.title}"),
        h("p", "Since ", moment(one.since), ".", cls="quiet") if one.since else None,
        h("ul", [h("li", _symptom(seen.text, seen.figure)) for seen in one.symptoms if seen.shows], cls="plain"),
        h("h4", "What is done"),
        h("ol", [h("li", prose(action)) for action in one.actions]),
        h(
            "p",
            h("b", "Back to normal: "),
            prose(f"{one.rollback} "),
            met[one.rollback_met],
            f" Now: {one.rollback_figure}" if one.rollback_figure else None,
        ),
        cls="notice",
    )


def _symptom(text: str, figure: str) -> str:
    return f"{text}: {figure}" if figure else text


def _components(shown: Operations, days: int) -> Element:
    legend = [h("li", mark(state, said)) for state, said in
              (("OK", "OK"), ("DEGRADED", "DEGRADED"), ("DOWN", "DOWN"), ("NO_DATA", "no data"))]  # fmt: skip
    return card(
        "Components",
        h("ul", [_component(one, days) for one in shown.components], cls="components"),
        h("ul", legend, cls="legend"),
        about="components",
        note=f"A bar is a day (UTC), over the last {days} days; the shorter, the worse.",
    )


def _component(one: ComponentStatus, days: int) -> Element:
    last = one.days[-days:]
    known = sum(day.worst != "NO_DATA" for day in last)
    days_known = f"the {known} days that are" if known > 1 else "the one day that is"
    measured = f" on {days_known} known" if 0 < known < len(last) else ""
    share = "no data yet" if one.availability is None else f"{words.percent(one.availability)} up{measured}"
    since = ("since ", moment(one.since)) if one.since and one.state != "OK" else ()
    reasons = one.rule_reasons if one.state != "OK" or one.stale else ()
    by_hand = (
        h("li", f"Set by hand: {one.override.reason} (until ", moment(one.override.until), ")")
        if one.override
        else None
    )
    told = [by_hand, *(h("li", reason) for reason in reasons)]
    return h(
        "li",
        h("h3", one.name, " ", mark(one.state)),
        h("p", share, *([" · "] if since else []), *since, cls="quiet"),
        h("p", one.description, cls="quiet what") if one.description else None,
        h("ul", told, cls="plain") if any(item is not None for item in told) else None,
        uptime_bars(one.name, last) if last else h("p", "Nothing was recorded yet.", cls="quiet"),
        _axis(one, days) if last else None,
        bad_days(last),
        id=f"component-{one.id}",
    )


def _axis(one: ComponentStatus, days: int) -> Element:
    last = one.days[-days:]
    return h("p", h("span", last[0].day.isoformat()), h("span", last[-1].day.isoformat()), cls="axis quiet")


def _history(shown: Operations) -> Element:
    over = [one for one in shown.incidents if one["status"] == "resolved"]
    more = len(over) > _RECENT
    return card(
        "Past incidents",
        h("ul", [incident_item(one, shown) for one in over[:_RECENT]], cls="incidents")
        if over
        else h("p", "There was none."),
        h("p", h("a", f"All {len(shown.incidents)} incidents", href="incidents/index.html")) if more else None,
        about="past",
    )

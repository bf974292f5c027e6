"""Error budgets and KPIs on the status page."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from heartbeat_assets.objectives.documents import words
from heartbeat_assets.objectives.documents.layout import card, facts, moment
from heartbeat_assets.objectives.documents.signs import mark, tone
from heartbeat_assets.objectives.documents.tree import h, prose
from heartbeat_assets.objectives.operations import Kpi, Operations, Record

_WIDE = 200


def objectives(shown: Operations) -> Element | None:
    """What was promised, and how much of each error budget is left."""
    if not shown.slos:
        return None
    return card(
        "Service objectives",
        h("ul", [_objective(one) for one in shown.slos], cls="tiles"),
        about="objectives",
        note="What is promised, and how much may still go wrong before the promise is broken.",
    )


def _objective(one: Record) -> Element:
    budget, coverage = one.get("budget") or {}, one.get("coverage") or {}
    state = str(one.get("state", "NO_DATA"))
    left = budget.get("left_fraction")
    over = words.window(str((one.get("window") or {}).get("kind", "")))
    burning = [burn for burn in one.get("burns", ()) if burn.get("fires")]
    return h(
        "li",
        h("h3", one.get("display_name") or one.get("name") or "An SLO"),
        h("p", mark(state)),
        _left(left),
        _meter(left, state),
        h("ul", [h("li", _burning(burn)) for burn in burning], cls="plain") if burning else None,
        facts(
            (
                ("Promised", f"{words.percent(one.get('target'))} {over}"),
                ("Measured", words.percent(budget.get("sli"))),
                ("Burn rate", f"{words.rate(one.get('burn_rate'))}, last {one.get('burn_rate_over', 'hour')}"),
                ("Used up", moment(one["exhausted_at"]) if one.get("exhausted_at") else None),
                ("Coverage", f"{words.percent(coverage.get('fraction'), 1)} so far"),
                ("As of", h("span", moment(one.get("judged_at")), " (old)" if one.get("stale") else None)),
            )
        ),
    )


def _burning(burn: Record) -> Element:
    pages = burn.get("severity") == "ERROR"
    return mark("DOWN" if pages else "DEGRADED", f"burning too fast: {burn['rule']}")


def _left(left: float | None) -> Element | None:
    if left is None:
        return None
    if left < 0:
        return h("p", h("b", words.percent(1 - left, 1)), " of the error budget used", cls="figure")
    return h("p", h("b", words.percent(left, 1)), " of the error budget left", cls="figure")


def _meter(left: float | None, state: str) -> Element:
    full = round(max(0.0, min(1.0, left or 0.0)) * _WIDE)
    return h(
        "svg",
        h("rect", width=_WIDE, height=8, cls="track"),
        h("rect", width=full, height=8, cls=tone(state)) if full else None,
        cls="meter",
        viewBox=f"0 0 {_WIDE} 8",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{words.percent(left, 1)} left",
    )


def kpis(shown: Operations) -> Element | None:
    """The KPIs and what each means."""
    if not shown.kpis:
        return None
    return card("Figures", h("ul", [_kpi(one) for one in shown.kpis], cls="tiles"), about="figures")


def _kpi(one: Kpi) -> Element:
    value = h("b", words.number(one.value))
    unit = one.unit if one.unit == "%" else f" {one.unit}"
    return h(
        "li",
        h("h3", one.name),
        h("p", mark(one.status)),
        h("p", value, unit, cls="figure") if one.value is not None else None,
        h("p", prose(one.definition), cls="quiet"),
        facts(
            (
                ("Window", one.window),
                ("As of", moment(one.at) if one.at else None),
                ("Owner", one.owner or "no owner"),
                ("Verified", "yes" if one.verified else "not yet"),
                ("Problem", one.problem),
            )
        ),
    )

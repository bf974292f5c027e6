"""Incidents: a line in a list, a page for each, and a page with all. Nobody is named in them."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from heartbeat_assets.objectives.documents import words
from heartbeat_assets.objectives.documents.layout import card, facts, moment, page
from heartbeat_assets.objectives.documents.signs import mark
from heartbeat_assets.objectives.documents.tree import h
from heartbeat_assets.objectives.operations import Operations, Record


def incident_item(one: Record, shown: Operations, *, folder: str = "incidents/") -> Element:
    """An incident in a list; `folder` leads to its page."""
    return h(
        "li",
        h("h3", h("a", one["title"], href=f"{folder}{one['id']}.html"), " ", mark(one["status"])),
        h("p", f"{one['id']} · Sev-{one['severity']} · ", *_period(one), cls="quiet"),
        h("p", one["impact"]),
        h("p", f"Components: {_components(one, shown)}", cls="quiet") if one["components"] else None,
    )


def incident_page(one: Record, shown: Operations) -> bytes:
    """The page of one incident."""
    return page(shown, f"{one['id']}: {words.plain(one['title'])}", _parts(one, shown), up="../")


def incidents_page(shown: Operations) -> bytes:
    """Every incident, the newest first."""
    listed = [incident_item(one, shown, folder="") for one in shown.incidents]
    main = (
        _back(),
        h("header", h("h1", "Incidents")),
        h("ul", listed, cls="incidents") if listed else h("p", "There was none."),
    )
    return page(shown, f"Incidents: {words.plain(shown.title)}", main, up="../")


def _parts(one: Record, shown: Operations) -> Iterator[Element | None]:
    yield _back()
    yield h("header", h("h1", one["title"]), h("p", mark(one["status"]), f" · {one['id']} · Sev-{one['severity']}"))
    yield facts(
        (
            ("Period", h("span", *_period(one))),
            ("Components", _components(one, shown)),
            ("Impact", one["impact"]),
            ("Cause", one["rca"] or "not known yet"),
            ("Mitigation", one["mitigation"] or "none yet"),
        )
    )
    if one["clocks"]:
        yield card(
            "Promises", _table(("Promise", "By", "Kept"), [_clock(clock) for clock in one["clocks"]]), about="sla"
        )
    if one["actions"]:
        yield card(
            "So that it does not happen again",
            _table(("What", "Owner", "Due", "Done"), [_action(item) for item in one["actions"]]),
            about="actions",
        )
    yield card("What happened", h("ol", [_entry(entry) for entry in one["timeline"]], cls="timeline"), about="timeline")


def _entry(entry: Record) -> Element:
    said = entry["kind"].replace("_", " ")
    return h("li", moment(entry["at"]), " ", h("b", said), f" {entry['text']}" if entry["text"] else None)


def _clock(clock: Record) -> tuple[str | Element, ...]:
    again = f", spell {clock['spell']}" if clock["spell"] > 1 else ""
    kept = mark(clock["state"]) if clock["state"] != "running" else h("span", "running")
    return (
        f"{clock['name']} {words.promise(clock['promise'])}{again}",
        moment(clock["due_at"]) if clock["due_at"] else "best effort",
        kept,
    )


def _action(item: Record) -> tuple[str | Element, ...]:
    due = h("time", item["due"]) if item["due"] else "no day"
    left = mark("breached", "overdue") if item["overdue"] else "not yet"
    done = words.instant(item["done_at"])[:10] if item["done_at"] else left
    return item["text"], item["owner"] or "no owner", due, done


def _table(heads: tuple[str, ...], rows: list[tuple[str | Element, ...]]) -> Element:
    top = h("thead", h("tr", [h("th", head, scope="col") for head in heads]))
    body = h("tbody", [h("tr", [h("td", cell) for cell in row]) for row in rows])
    return h("div", h("table", top, body), cls="scroll", tabindex="0", role="region", aria_label=heads[0])


def _period(one: Record) -> tuple[str | Element, ...]:
    if one["ended_at"] is None:
        return ("since ", moment(one["started_at"]))
    return (moment(one["started_at"]), " to ", moment(one["ended_at"]))


def _components(one: Record, shown: Operations) -> str:
    named = [shown.component(name) for name in one["components"]]
    return ", ".join(
        component.name if component else name for component, name in zip(named, one["components"], strict=True)
    )


def _back() -> Element:
    return h("nav", h("a", "Status", href="../index.html"), aria_label="Site")

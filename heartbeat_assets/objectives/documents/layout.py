"""What every page of the status site has around it. Links are relative: the site works wherever it is put."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element

from heartbeat_assets.objectives.documents.tree import h, html_document
from heartbeat_assets.objectives.documents.words import instant
from heartbeat_assets.objectives.operations import Operations


def page(shown: Operations, title: str, main: Iterable[Element | None], *, up: str = "") -> bytes:
    """A page named `title`; `up` leads from its folder to that of the site."""
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="color-scheme", content="light dark"),
        h("title", title),
        h("link", rel="stylesheet", href=f"{up}style.css"),
        h("link", rel="icon", type="image/svg+xml", href=f"{up}badges/icon.svg"),
        h("link", rel="alternate", type="application/atom+xml", title="Incidents", href=f"{up}feed.xml"),
    )
    body = h("body", h("main", main), _foot(shown, up))
    return html_document(h("html", head, body, lang="en"))


def moment(at: datetime | str | None) -> Element:
    """An instant as people read it, `2026-02-08 00:00 UTC`, with the whole of it for programs."""
    whole = instant(at)
    if at is None:
        return h("span", whole)
    return h("time", f"{whole[:10]} {whole[11:16]} UTC", datetime=whole)


def card(heading: str, *children: Element | Iterable[Element | None] | None, about: str, note: str = "") -> Element:
    """A part of a page under its heading."""
    said = h("p", note, cls="quiet") if note else None
    return h("section", h("h2", heading, id=about), said, *children, aria_labelledby=about)


def facts(pairs: Iterable[tuple[str, str | Element | None]]) -> Element:
    """Names and what they are; those without anything are left out."""
    kept = [(name, what) for name, what in pairs if what is not None and what != ""]
    return h("dl", [part for name, what in kept for part in (h("dt", name), h("dd", what))], cls="facts")


def _foot(shown: Operations, up: str) -> Element:
    support = shown.contacts.support_email
    return h(
        "footer",
        h("p", "Updates: ", h("a", "Atom feed", href=f"{up}feed.xml"), " · ", h("a", "JSON", href=f"{up}status.json")),
        h("p", "Support: ", h("a", support, href=f"mailto:{support}")) if support else None,
        h("p", "Page written ", moment(shown.generated_at)),
    )

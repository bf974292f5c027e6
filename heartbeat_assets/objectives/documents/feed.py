"""The incidents as an Atom feed (RFC 4287). Its links are relative, its ids are not: they last wherever it is put.

It must not ask the clock: what has no incident was updated when its newest figure was.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from heartbeat_assets.objectives.documents.tree import h, xml_document
from heartbeat_assets.objectives.documents.words import instant, plain
from heartbeat_assets.objectives.operations import Operations, Record

_MOST = 50


def feed(shown: Operations) -> bytes:
    """The feed of what is `published`, the newest incident first."""
    newest = [one["updated_at"] for one in shown.incidents]
    updated = max(newest) if newest else shown.updated_at or shown.generated_at
    root = h(
        "feed",
        h("title", plain(shown.title) or "Status"),
        h("subtitle", plain(shown.description)) if shown.description else None,
        h("id", f"{_authority(shown)}:status"),
        h("updated", instant(updated)),
        h("author", h("name", plain(shown.owner) or "Operations")),
        h("link", rel="self", type="application/atom+xml", href="feed.xml"),
        h("link", rel="alternate", type="text/html", href="index.html"),
        [_entry(one, shown) for one in shown.incidents[:_MOST]],
        xmlns="http://www.w3.org/2005/Atom",
    )
    root.set("xml:lang", "en")
    return xml_document(root)


def _entry(one: Record, shown: Operations) -> Element:
    said = [f"Impact: {plain(one['impact'])}"]
    said += [f"Cause: {plain(one['rca'])}"] if one["rca"] else []
    said += [f"Mitigation: {plain(one['mitigation'])}"] if one["mitigation"] else []
    return h(
        "entry",
        h("title", f"{one['id']} (Sev-{one['severity']}, {one['status']}): {plain(one['title'])}"),
        h("id", f"{_authority(shown)}:{one['id']}"),
        h("published", instant(one["opened_at"])),
        h("updated", instant(one["updated_at"])),
        h("link", rel="alternate", type="text/html", href=f"incidents/{one['id']}.html"),
        [h("category", term=plain(component)) for component in one["components"]],
        h("summary", " ".join(said), type="text"),
    )


def _authority(shown: Operations) -> str:
    """A tag URI (RFC 4151) of whoever owns the support address."""
    domain = shown.contacts.support_email.rpartition("@")[2] or "status.invalid"
    return f"tag:{plain(domain)},2026-01-01"

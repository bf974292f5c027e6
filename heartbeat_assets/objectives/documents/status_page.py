"""The status page as plain files for any web server: pages, feed, JSON and badges, by their path.

Made from one value and nothing else: the same one always makes the same bytes. It must not write them anywhere.
"""

from __future__ import annotations

import re
from pathlib import Path

from heartbeat_assets.objectives.documents.badges import badge
from heartbeat_assets.objectives.documents.feed import feed
from heartbeat_assets.objectives.documents.incident_pages import incident_page, incidents_page
from heartbeat_assets.objectives.documents.index_page import index_page
from heartbeat_assets.objectives.documents.published import published
from heartbeat_assets.objectives.documents.signs import COLOURS, tone
from heartbeat_assets.objectives.documents.status_json import status_json
from heartbeat_assets.objectives.documents.tree import h, xml_document
from heartbeat_assets.objectives.operations import Operations
from heartbeat_assets.objectives.status.timeline import DAYS

STYLE = Path(__file__).with_name("style.css")


def status_page(operations: Operations, days: int = DAYS) -> dict[str, bytes]:
    """The site: what stands in a file, by its path. It may be published once the privacy check has passed it."""
    shown = published(operations)
    site = {
        "index.html": index_page(shown, days),
        "style.css": STYLE.read_bytes(),
        "status.json": status_json(shown, days),
        "feed.xml": feed(shown),
        "incidents/index.html": incidents_page(shown),
        "badges/icon.svg": _icon(shown),
        "badges/status.svg": badge("status", shown.state),
    }
    for incident in shown.incidents:
        site[f"incidents/{_file_name(incident['id'])}.html"] = incident_page(incident, shown)
    for component in shown.components:
        site[f"badges/{_file_name(component.id)}.svg"] = badge(component.name, component.state)
    for slo in shown.slos:
        name = str(slo.get("name", ""))
        site[f"badges/slo-{_file_name(name)}.svg"] = badge(str(slo.get("display_name") or name), str(slo.get("state")))
    return site


def _icon(shown: Operations) -> bytes:
    dot = h("circle", cx=8, cy=8, r=7, fill=COLOURS[tone(shown.state)])
    return xml_document(h("svg", dot, xmlns="http://www.w3.org/2000/svg", viewBox="0 0 16 16"))


def _file_name(name: str) -> str:
    """A name that is one in every file system and URL."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name) or "unnamed"

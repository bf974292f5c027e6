"""The status page is plain, well-formed files that link to each other and hold no personal data."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

import pytest

from heartbeat_assets.objectives.documents import status_page
from heartbeat_assets.objectives.operations import Operations
from heartbeat_assets.objectives.privacy import Kind, find_personal_data
from heartbeat_assets_tests.objectives.documents.standing import SUPPORT, calm, incident, trouble, unknown
from heartbeat_assets_tests.objectives.privacy.planted import PLANTED

ATOM = "{http://www.w3.org/2005/Atom}"
VOID = ("meta", "link", "br", "img", "input")
STANDINGS = pytest.mark.parametrize("standing", [calm, trouble, unknown])
KINDS: dict[str, Kind] = {".html": "html", ".xml": "xml", ".svg": "svg", ".json": "json", ".css": "text"}
NASTY = "<script>alert('x')</script> \"><img src=x onerror=y> & `code` \x00\x07\u202e ]]> é \U0001f600"


class Page(HTMLParser):
    """A page as a strict reader sees it: every element is closed in its order, every id is there once."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"
        assert len(self.ids) == len(set(self.ids)), "an id is there twice"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on") or name == "style"]
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [str(given[name]) for name in ("href", "src") if name in given]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def pages(site: Mapping[str, bytes]) -> dict[str, Page]:
    return {path: Page(content.decode()) for path, content in site.items() if path.endswith(".html")}


def personal(site: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Kinds of personal data by file."""
    found = {
        path: find_personal_data(content.decode(), kind=KINDS[PurePosixPath(path).suffix], allowed=[SUPPORT])
        for path, content in site.items()
    }
    return {path: [one.kind for one in several] for path, several in found.items() if several}


def nasty() -> Operations:
    """A name, a title and a reason that try to be markup."""
    now = trouble()
    named = replace(now.components[0], name=NASTY, reasons=(NASTY,), state="DOWN")
    wrong = incident(9, title=NASTY, impact=NASTY, rca=NASTY, components=[NASTY])
    metric = replace(now.kpis[0], name=NASTY, definition=NASTY, unit=NASTY)
    return replace(now, title=NASTY, components=(named,), incidents=(wrong,), kpis=(metric,))


@pytest.mark.parametrize("standing", [calm, trouble, unknown, nasty])
def test_every_page_is_well_formed_and_needs_no_script(standing: Callable[[], Operations]) -> None:
    for page in pages(status_page(standing())).values():
        assert "script" not in page.tags
        assert "img" not in page.tags


@pytest.mark.parametrize("standing", [calm, trouble, unknown, nasty])
def test_every_link_leads_to_a_file_of_the_site(standing: Callable[[], Operations]) -> None:
    site = status_page(standing())
    for path, page in pages(site).items():
        for link in page.links:
            if link.startswith("mailto:"):
                continue
            assert posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) in site, (path, link)


@pytest.mark.parametrize("standing", [calm, trouble, unknown, nasty])
def test_every_svg_and_the_feed_are_xml(standing: Callable[[], Operations]) -> None:
    for path, content in status_page(standing()).items():
        if path.endswith((".svg", ".xml")):
            ElementTree.fromstring(content)


@STANDINGS
def test_the_feed_is_atom(standing: Callable[[], Operations]) -> None:
    feed = ElementTree.fromstring(status_page(standing())["feed.xml"])
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    ids = []
    for one in (feed, *feed.findall(f"{ATOM}entry")):
        assert one.findtext(f"{ATOM}title")
        assert datetime.fromisoformat(str(one.findtext(f"{ATOM}updated"))).tzinfo
        ids.append(str(one.findtext(f"{ATOM}id")))
        assert re.fullmatch(r"tag:[a-z.]+,\d{4}-\d\d-\d\d:[\w-]+", ids[-1])
        assert [link.get("href") for link in one.findall(f"{ATOM}link[@rel='alternate']")]
    assert len(ids) == len(set(ids)) == 1 + len(standing().incidents)
    newest = max([one["updated_at"] for one in standing().incidents], default=None)
    if newest:
        assert datetime.fromisoformat(str(feed.findtext(f"{ATOM}updated"))) == datetime.fromisoformat(newest)


def test_the_same_value_makes_the_same_bytes() -> None:
    assert status_page(trouble()) == status_page(trouble())


@STANDINGS
def test_it_holds_no_personal_data(standing: Callable[[], Operations]) -> None:
    assert personal(status_page(standing())) == {}


def test_personal_data_in_an_incident_is_found_in_page_feed_and_json() -> None:
    # Without their days, which only take time to read.
    short = tuple(replace(one, days=()) for one in calm().components)
    all_kinds = "; then ".join(several[0] for several in PLANTED.values())
    found = personal(status_page(replace(calm(), components=short, incidents=(incident(1, impact=all_kinds),))))
    for path in ("index.html", "incidents/index.html", "incidents/INC-20260205-001.html", "feed.xml", "status.json"):
        assert set(found[path]) >= set(PLANTED), path


def test_people_who_worked_on_an_incident_are_not_named() -> None:
    for path, content in status_page(trouble()).items():
        assert b"ann@" not in content, path
        assert b"ben@" not in content, path


def test_the_first_page_says_what_is_wrong_first() -> None:
    text = pages(status_page(trouble()))["index.html"].text
    places = [text.index(said) for said in ("SSE Stream is DOWN", "Events do not arrive", "Scenario A applies now")]
    assert places == sorted(places)
    assert "The criterion is not met yet" in text
    assert "Set by hand: Moving house" in text
    assert "By the rules it is OK." in text
    assert text.count("Moving house") == 1


def test_a_day_is_a_bar_that_says_what_it_was() -> None:
    index = status_page(calm())["index.html"].decode()
    assert index.count("<rect x=") == 5 * 90
    assert "2026-02-05: DOWN, DOWN for 1 h 30 min" in index
    assert 'aria-label="SSE Stream: 90 days: 2 DOWN, 1 DEGRADED, 30 without data"' in index
    assert status_page(calm(), days=30)["index.html"].decode().count("<rect x=") == 5 * 30


def test_one_figure_that_changes_changes_its_lines_of_the_page_alone() -> None:
    after = replace(calm(), kpis=(replace(calm().kpis[0], value=42.0), *calm().kpis[1:]))
    before, behind = (status_page(one) for one in (calm(), after))
    assert [path for path in before if before[path] != behind[path]] == ["index.html", "status.json"]
    for path in ("index.html", "status.json"):
        lines = [content[path].decode().splitlines() for content in (before, behind)]
        assert sum(one != other for one, other in zip(*lines, strict=True)) == 1


def test_the_json_says_what_other_programs_need() -> None:
    read: dict[str, Any] = json.loads(status_page(trouble())["status.json"])
    assert (read["version"], read["state"], read["updated_at"]) == (1, "DOWN", "2026-02-08T00:00:00Z")
    assert {one["id"]: one["state"] for one in read["components"]}["sse_stream"] == "DOWN"
    assert [len(one["days"]) for one in read["components"]] == [90] * 5
    assert read["incidents"][0]["id"] == "INC-20260207-001"


def test_a_badge_tells_state_by_sign_word_and_colour() -> None:
    badge = status_page(trouble())["badges/sse_stream.svg"].decode()
    for part in ("SSE Stream", "◆ DOWN", "#b3261e", 'aria-label="SSE Stream: DOWN"'):
        assert part in badge


def test_names_lead_out_of_no_folder() -> None:
    now = calm()
    odd = replace(now, slos=({**now.slos[0], "name": "../../etc/passwd"},))
    assert all(".." not in path and not path.startswith("/") for path in status_page(odd))


def test_a_page_without_its_data_is_small() -> None:
    site = status_page(calm())
    assert len(site["style.css"]) + len(site["index.html"]) < 100_000

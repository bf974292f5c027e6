"""Documents on their way to readers: kept as candidates, searched file by file, published whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.errors import HeartbeatError, InputMissing
from heartbeat_assets.objectives.publishing import (
    HEARTBEAT_DOCUMENT,
    HEARTBEAT_MD,
    STATUS_PAGE,
    Document,
    PersonalData,
    candidate,
    candidate_folder,
    keep_candidate,
    places_of,
    publish,
    sentences,
)
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.objectives.operating import spec

MAIL = "berta.verne@customers.example"
SITE = {"index.html": b"<p>fine</p>", "badges/api.svg": b"<svg/>"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path, tmp_path / "defs", tmp_path / "home", str(tmp_path / "ledger.sqlite"))


def site(**more: bytes) -> Document:
    return Document(STATUS_PAGE, {**SITE, **{name.replace("_", "."): text for name, text in more.items()}})


def test_a_candidate_is_read_as_it_was_written_and_replaces_the_one_before(settings: Settings) -> None:
    with pytest.raises(InputMissing, match="there is no candidate of the status page yet"):
        candidate(settings, STATUS_PAGE)
    keep_candidate(settings, site(old_html=b"old"))
    assert keep_candidate(settings, site()) == candidate_folder(settings, STATUS_PAGE)
    assert candidate(settings, STATUS_PAGE) == site()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.html", MAIL.replace("@", "&#64;")),
        ("a.json", f'"{MAIL}"'.replace("@", "\\u0040")),
        ("a.svg", f"<text>{MAIL.replace('@', '<tspan>@</tspan>')}</text>"),
        ("feed.xml", MAIL.replace("e", "&#x65;", 1)),
        ("a.md", f"**{MAIL}**"),
        ("style.css", f"/* {MAIL} */"),
        (f"incidents/{MAIL}.html", "fine"),
    ],
)
def test_each_file_is_read_as_what_it_is_and_its_name_too(path: str, text: str) -> None:
    found = Document(STATUS_PAGE, {**SITE, path: text.encode()}).personal_data(spec())
    assert list(found) == [path]
    assert [one.kind for one in found[path]] == ["e-mail address"]


def test_what_is_allowed_and_the_patterns_are_those_of_the_operations() -> None:
    document = Document(HEARTBEAT_DOCUMENT, {HEARTBEAT_MD: f"Ask {MAIL}. CLAW-77 waits.".encode()})
    strict = spec(personal_data={"patterns": {"claw_id": r"\bCLAW-\d+\b"}})
    assert [one.kind for one in document.personal_data(strict)[HEARTBEAT_MD]] == ["e-mail address", "claw_id"]
    assert document.personal_data(spec(contacts={"support_email": MAIL})) == {}


def test_one_finding_keeps_the_whole_document_from_every_place(settings: Settings) -> None:
    operations = spec(publish={"status_page": "public/status"})
    places = places_of(settings, operations, STATUS_PAGE)
    assert places == [settings.home / "documents" / "status_page", settings.project / "public" / "status"]
    publish(site(), operations, places)
    with pytest.raises(PersonalData) as refused:
        publish(site(more_html=f"<p>{MAIL}</p>".encode()), operations, places)
    assert refused.value.exit_code == 4
    assert "the status page is not published, as there is personal data in it: more.html, line 1, column 4: " in str(
        refused.value
    )
    assert MAIL not in str(refused.value)
    for place in places:
        assert {path.name for path in place.rglob("*") if path.is_file()} == {"index.html", "api.svg"}


def test_many_findings_are_told_as_the_first_few_and_a_number() -> None:
    files = {"a.md": "\n".join(f"{n}{MAIL}" for n in range(9)).encode()}
    told = sentences(Document(STATUS_PAGE, files).personal_data(spec()))
    assert len(told) == 6
    assert told[-1] == "and 4 more"


def test_a_document_may_be_published_where_one_is_and_nowhere_it_cannot(settings: Settings) -> None:
    def made(text: str) -> Document:
        return Document(HEARTBEAT_DOCUMENT, {HEARTBEAT_MD: text.encode()})

    places: list[Any] = places_of(settings, spec(), HEARTBEAT_DOCUMENT)
    for text in ("one\n", "two\n"):
        publish(made(text), spec(), places)
    assert places[0].read_text(encoding="utf-8") == "two\n"
    with pytest.raises(HeartbeatError, match="cannot be written"):
        publish(made("three\n"), spec(), [places[0] / "below"])

"""`heartbeat documents`: what is published, printed, looked through and kept back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from heartbeat_assets.ledger import Actor, open_ledger
from heartbeat_assets.objectives.incidents import open_incident
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

MAIL = "berta.verne@customers.example"
FILE = """type: heartbeat_assets.Operations
attributes:
  title: Shop
  components: [{id: api, name: API}]
  contacts: {support_email: help@shop.example}
"""


@pytest.fixture
def shop(heartbeat: Heartbeat, project: CopiedProject) -> Heartbeat:
    folder = project.settings.defs / "operations"
    folder.mkdir()
    (folder / "defs.yaml").write_text(FILE, encoding="utf-8")
    return heartbeat


def plant(project: CopiedProject) -> None:
    """Opens an incident that names a customer."""
    journal = open_ledger(project.settings.ledger_url).journal
    actor = Actor("ana@example.org", "person", "cli")
    open_incident(journal, title="API fails", severity=2, impact=f"Nothing arrives at {MAIL}.", actor=actor)


def test_both_are_written_listed_and_shown(shop: Heartbeat, project: CopiedProject) -> None:
    listed = shop("documents").document["documents"]
    assert [(one["document"], one["published_at"]) for one in listed] == [
        ("heartbeat_document", None), ("status_page", None),
    ]  # fmt: skip
    assert "nothing is published yet" in shop.fails(2, "documents", "show", "--published")
    written = shop("documents", "write").document["written"]
    file, site = (Path(one["path"]) for one in written)
    assert file == project.home / "documents" / "HEARTBEAT.md"
    assert (site / "index.html").is_file()
    assert all(one["published_at"] for one in shop("documents").document["documents"])
    text = shop("documents", "show").stdout
    assert text.startswith("# HEARTBEAT\n")
    assert text == shop("documents", "show", "--published").stdout == file.read_text(encoding="utf-8")
    assert "not yet" not in shop("documents", "--table").stdout


def test_a_ledger_that_is_gone_is_not_published_as_a_time_without_incidents(
    shop: Heartbeat, project: CopiedProject
) -> None:
    shop("documents", "write")
    ledger, file = project.home / "ledger.sqlite", project.home / "documents" / "HEARTBEAT.md"
    before = file.read_text(encoding="utf-8")
    ledger.rename(project.home / "away.sqlite")
    for asked in (("documents", "write"), ("documents", "check"), ("status",), ("status", "--record")):
        assert "there is no ledger" in shop.fails(3, *asked)
    assert not ledger.exists()
    assert file.read_text(encoding="utf-8") == before


def test_they_may_be_written_elsewhere(shop: Heartbeat, project: CopiedProject, tmp_path: Path) -> None:
    assert shop("documents", "write", "--to", str(tmp_path / "public")).exit_code == 0
    assert (tmp_path / "public" / "HEARTBEAT.md").is_file()
    assert (tmp_path / "public" / "status_page" / "status.json").is_file()
    assert not (project.home / "documents").exists()


def test_personal_data_is_named_masked_and_keeps_both_back(shop: Heartbeat, project: CopiedProject) -> None:
    assert shop("documents", "check", "--strict").document["findings"] == []
    shop("documents", "write")
    published = project.home / "documents" / "HEARTBEAT.md"
    before = published.read_bytes()
    plant(project)
    outcome = shop("documents", "check")
    assert outcome.exit_code == 0
    found = outcome.document["findings"]
    assert {"heartbeat_document", "status_page"} == {one["document"] for one in found}
    assert {one["begins"] for one in found} == {"be…"}
    assert "HEARTBEAT.md:" in shop("documents", "check", "--table").stdout
    assert shop("documents", "check", "--strict").exit_code == 4
    said = shop.fails(4, "documents", "write")
    assert "HEARTBEAT.md is not published, as there is personal data in it: HEARTBEAT.md, line " in said
    assert published.read_bytes() == before
    assert MAIL not in json.dumps(found) + said


def test_any_file_may_be_looked_through(shop: Heartbeat, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "a.html").write_text(f"<p>\nAsk {MAIL.replace('@', '&#64;')}</p>", encoding="utf-8")
    (folder / "b.md").write_text("Ask help@shop.example.\n", encoding="utf-8")
    document = shop("documents", "check", str(folder), str(folder / "b.md")).document
    assert document["files"] == 2
    (found,) = document["findings"]
    assert (found["file"], found["line"]) == (str(folder / "a.html"), 2)
    assert "is not there" in shop.fails(2, "documents", "check", str(folder / "c.md"))


def test_options_belong_behind_the_subcommand(shop: Heartbeat) -> None:
    assert "write it behind the subcommand" in shop.fails(2, "documents", "--json", "check")

"""The go-live runbook over HTTP and as a page: one document, worst first, and a statement that only people make."""

from __future__ import annotations

import httpx
import pytest

from heartbeat_assets.cockpit import cockpit as cockpit_room
from heartbeat_assets.cockpit import keeping
from heartbeat_assets.cockpit.runbook_documents import RunbookDocument
from heartbeat_assets.cockpit.runbook_page import details
from heartbeat_assets.governance.runbook import build_runbook
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.cockpit.browsing import ANN, Browser
from heartbeat_assets_tests.cockpit.conftest import CockpitProject
from heartbeat_assets_tests.cockpit.governed import journal, write_tripwires

STATUS, MARKDOWN = "/api/governance/runbook/status", "/api/governance/runbook/markdown"


@pytest.fixture(autouse=True)
def project(shop: CockpitProject, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody answers there, at once.
    monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", "http://127.0.0.1:9")
    write_tripwires(shop)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The looks that are made from now on."""
    found: list[Settings] = []

    def counted(settings: Settings) -> object:
        found.append(settings)
        return build_runbook(settings)

    monkeypatch.setattr(cockpit_room, "build_runbook", counted)
    return found


def submit(browser: Browser, path: str, reason: str) -> httpx.Response:
    return browser.ask("POST", path, data={"csrf_token": browser.csrf_token(), "reason": reason})


def test_the_status_is_the_document_of_the_runbook(browser: Browser) -> None:
    document = browser.get(STATUS).json()

    RunbookDocument.model_validate(document)
    assert list(document) == ["generated_at", "blockers", "warnings", "info", "ok_to_enable_go_live"]
    assert document["ok_to_enable_go_live"] is False
    assert "go_live_checklist" in [item["id"] for item in document["blockers"]]


def test_the_markdown_is_markdown(browser: Browser) -> None:
    answer = browser.get(MARKDOWN)

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "❌ go_live_checklist" in answer.text
    assert "✅ kill_switch_clear" in answer.text


def test_the_page_begins_with_the_answer_and_shows_the_worst_first(browser: Browser) -> None:
    text = browser.get("/runbook").text

    assert '<h1 id="headline">Go-live must not be enabled: ' in text
    assert text.index("◆ blocks") < text.index("▲ warns") < text.index("● passed")
    assert f'href="{MARKDOWN}"' in text
    assert "<b>To do:</b>" in text


def test_one_look_serves_all_who_ask_within_seconds(
    browser: Browser, looked: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (STATUS, MARKDOWN, "/runbook", "/runbook"):
        assert browser.get(path).status_code == 200
    assert len(looked) == 1

    monkeypatch.setattr(keeping, "KEPT_SECONDS", 0.0)
    browser.get("/runbook")
    assert len(looked) == 2


def test_what_is_decided_here_is_in_the_next_look(operator: Browser, looked: list[Settings]) -> None:
    assert "kill_switch_clear" in [item["id"] for item in operator.get(STATUS).json()["info"]]
    sent = {"csrf_token": operator.csrf_token(), "domain": "GLOBAL", "reason": "x"}
    operator.ask("POST", "/governance/engage", data=sent)

    assert "kill_switch_clear" in [item["id"] for item in operator.get(STATUS).json()["blockers"]]
    assert len(looked) == 2


def test_a_person_declares_the_backend_complete_and_withdraws_it(operator: Browser, shop: CockpitProject) -> None:
    assert "Nobody has said so yet" in operator.get("/runbook").text

    answer = submit(operator, "/runbook/declare", "all <b>tests</b> pass")

    assert (answer.status_code, answer.headers["location"]) == (303, "/runbook")
    text = operator.get("/runbook").text
    assert f"{ANN} declared it complete: all &lt;b&gt;tests&lt;/b&gt; pass." in text
    assert "go_live_checklist" not in [item["id"] for item in operator.get(STATUS).json()["blockers"]]
    assert submit(operator, "/runbook/declare", "again").status_code == 409

    assert submit(operator, "/runbook/withdraw", "one fails again").status_code == 303
    assert f"{ANN} withdrew it: one fails again." in operator.get("/runbook").text
    assert [(event.subject, event.kind, event.actor, event.via) for event in journal(shop, "go_live")] == [
        ("backend_complete", "declared", ANN, "cockpit"),
        ("backend_complete", "withdrawn", ANN, "cockpit"),
    ]


def test_a_statement_needs_a_reason_a_sign_in_and_the_token_of_the_session(
    operator: Browser, shop: CockpitProject
) -> None:
    refused = submit(operator, "/runbook/declare", " ")
    assert refused.status_code == 422
    assert 'id="problem-declare"' in refused.text
    assert operator.ask("POST", "/runbook/declare", data={"reason": "x"}).status_code == 403
    with Browser(operator.app) as nobody:
        assert nobody.ask("POST", "/runbook/declare", data={"reason": "x"}).status_code == 401
    assert journal(shop, "go_live") == []


def test_openapi_describes_the_document_and_the_markdown(browser: Browser) -> None:
    paths = browser.get("/api/openapi.json").json()["paths"]

    assert "text/markdown" in paths[MARKDOWN]["get"]["responses"]["200"]["content"]
    schema = paths[STATUS]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["$ref"].endswith("/RunbookDocument")


def test_details_are_words() -> None:
    found = details({
        "engaged": False, "since": None, "names": ["a", "b"], "by_lane": {"x": 1, "y": None}, "rows": 12345,
        "many": list(range(20)), "empty": [],
    })  # fmt: skip

    assert found[:4] == [("engaged", "no"), ("names", "a, b"), ("by lane", "x: 1, y: nothing"), ("rows", "12,345")]
    assert found[4][1].endswith("11 and 8 more")
    assert len(found) == 5


def test_the_ledger_of_the_runbook_is_that_of_the_cockpit(browser: Browser, shop: CockpitProject) -> None:
    open_ledger(shop.settings.ledger_url)

    items = [item for part in ("blockers", "warnings", "info") for item in browser.get(STATUS).json()[part]]

    assert {item["id"]: item["ok"] for item in items}["ledger_reachable"]


def test_a_ledger_that_is_taken_away_is_not_made_anew_by_whoever_reads(
    browser: Browser, shop: CockpitProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heartbeat_assets.cockpit.cockpit._AGAIN_SECONDS", 0.0)
    assert browser.get("/governance").status_code == 200
    open_ledger(shop.settings.ledger_url).close()
    file = shop.settings.home / "ledger.sqlite"
    file.rename(shop.settings.home / "elsewhere.sqlite")
    for _ in range(3):
        assert browser.get("/api/governance/regression/state").status_code == 503
        assert "kill_switch_clear: There is no ledger" in browser.get(MARKDOWN).text
        assert browser.get("/runbook").status_code == 200
    assert not file.exists(), "in a new, empty one nothing would be stopped"
    (shop.settings.home / "elsewhere.sqlite").rename(file)
    assert browser.get("/api/governance/regression/state").status_code == 200

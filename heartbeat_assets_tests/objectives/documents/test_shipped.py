"""The documents of the operations that are shipped are complete, and nothing in them is mistaken for personal data."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.objectives.documents import heartbeat_document, status_page
from heartbeat_assets.objectives.operations_now import Snapshot, snapshot
from heartbeat_assets.objectives.privacy import find_personal_data
from heartbeat_assets.settings import load_settings
from heartbeat_assets_tests.objectives.documents.standing import NOW
from heartbeat_assets_tests.objectives.documents.test_status_page import KINDS

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """How the marketplace stands before anything was measured."""
    ledger = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('shipped') / 'ledger.sqlite'}")
    return snapshot(load_settings(ROOT), ledger, NOW)


def test_the_five_components_three_scenarios_and_five_kpis_are_in_it(shipped: Snapshot) -> None:
    document = heartbeat_document(shipped.operations)
    for name in ("API Read", "API Write", "SSE Stream", "Background Jobs", "Console/Admin"):
        assert f"- {name}: " in document
    for scenario in ("A: SSE down or delayed", "B: Approvals backlog", "C: Rate limits too aggressive"):
        assert f"Scenario {scenario}" in document
    for position, name in enumerate(shipped.spec.kpis, start=1):
        assert f"{position}) `{name}`" in document
    assert "## 5) Degraded mode guide (3 scenarios)" in document


def test_there_are_no_false_positives_in_them(shipped: Snapshot) -> None:
    patterns, allowed = shipped.spec.personal_data.patterns, shipped.spec.allowed
    document = heartbeat_document(shipped.operations)
    assert not find_personal_data(document, kind="markdown", allowed=allowed, patterns=patterns)
    for path, content in status_page(shipped.operations).items():
        kind = KINDS[PurePosixPath(path).suffix]
        assert not find_personal_data(content.decode(), kind=kind, allowed=allowed, patterns=patterns), path


@pytest.mark.parametrize("text", ["a customer-facing page", "an agent-based market", "agent-free", "cust-omer"])
def test_words_are_no_ids_by_the_patterns_that_are_shipped(shipped: Snapshot, text: str) -> None:
    assert not find_personal_data(text, patterns=shipped.spec.personal_data.patterns)


def test_there_are_no_false_positives_in_what_the_project_says_of_itself() -> None:
    for path in ("docs/slos.md", "docs/contract.md", "docs/architecture.md", "docs/partitions.md", "CHANGELOG.md"):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not find_personal_data(text, kind="markdown"), path

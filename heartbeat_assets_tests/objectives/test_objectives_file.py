"""Finding SLOs below the defs folder: a mistake is a sentence with its file, and hides nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.objectives.objectives_file import objectives_in
from heartbeat_assets_tests.copied_project import ROOT
from heartbeat_assets_tests.objectives.promised import Promised, slo


@pytest.fixture
def project(tmp_path: Path) -> Promised:
    return Promised(tmp_path / "project")


def test_those_that_ship_are_the_three_of_the_operations_document() -> None:
    found = objectives_in(ROOT / "heartbeat_assets" / "defs")
    assert [str(problem) for problem in found.problems] == []
    folder = found.folders["marketplace_objectives"]
    assert folder.documents.notices == ()
    shown = {slo.name: (float(slo.target), str(slo.window.duration), slo.method) for slo in folder.documents.slos}
    assert shown == {
        "api-read-availability": (0.995, "1M", "Occurrences"),
        "api-write-availability": (0.99, "1M", "Occurrences"),
        "sse-delivery-delay": (0.95, "7d", "Occurrences"),
    }


def test_a_name_of_two_folders_is_told_and_the_first_stays(project: Promised) -> None:
    project.promise(slo("reads"), folder="a")
    project.promise(slo("reads"), slo("writes"), folder="b")
    found = project.objectives
    assert [(folder.name, one.name) for folder, one in found.slos()] == [("a", "reads"), ("b", "writes")]
    (problem,) = found.problems
    assert "a/all.openslo.yaml has one of that name; rename one" in str(problem)


def test_a_wrong_document_hides_no_other(project: Promised) -> None:
    wrong = slo("wrong")
    wrong["spec"]["objectives"] = [{"target": 99}]
    file = project.promise(wrong, slo("reads"))
    found = project.objectives
    assert [one.name for one in project.slos] == ["reads"]
    (problem,) = found.problems
    assert problem.file == str(file.parent / "all.openslo.yaml")
    assert "document 1 (SLO wrong), spec.objectives[0]" in str(problem)


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        (
            {"maintenance": [{"start": "2026-02-01T00:00:00", "end": "2026-02-02T00:00:00Z", "reason": "x"}]},
            "time zone",
        ),
        ({"maintenance": [{"start": "soon", "end": "2026-02-02T00:00:00Z", "reason": "x"}]}, "'soon' is no instant"),
        (
            {"maintenance": [{"start": "2026-02-02T00:00:00Z", "end": "2026-02-02T00:00:00Z", "reason": "x"}]},
            "end must be after start",
        ),
        (
            {"maintenance": [{"start": "2026-02-01Z", "end": "2026-02-02T00:00:00Z", "reason": "x", "slos": ["read"]}]},
            "is no instant",
        ),
        ({"chedule": {}}, "did you mean 'schedule'?"),
        ({"checks": {"red": "loud"}}, "checks.red"),
        ({"days": 0}, "at least 1"),
    ],
)
def test_a_wrong_setting_is_a_sentence_with_its_file(
    project: Promised, attributes: dict[str, object], said: str
) -> None:
    file = project.promise(slo(), **attributes)
    (problem,) = project.objectives.problems
    assert problem.file == str(file)
    assert said in str(problem)


def test_maintenance_of_an_slo_that_is_not_there_is_told(project: Promised) -> None:
    window = {"start": "2026-02-01T00:00:00Z", "end": "2026-02-02T00:00:00Z", "reason": "moved", "slos": ["read"]}
    project.promise(slo("reads"), maintenance=[window])
    (problem,) = project.objectives.problems
    assert "maintenance[0].slos: there is no SLO 'read' here; did you mean 'reads'?" in str(problem)


def test_maintenance_holds_for_all_or_for_those_it_names(project: Promised) -> None:
    window = {"start": "2026-02-01T00:00:00Z", "end": "2026-02-01T02:00:00+01:00", "reason": "moved"}
    project.promise(slo("reads"), slo("writes"), maintenance=[window, {**window, "slos": ["writes"]}])
    (folder,) = project.objectives.folders.values()
    (one,) = folder.spec.maintenance_of("reads")
    assert (one.id, one.end.isoformat(), one.reason) == ("maintenance:1", "2026-02-01T01:00:00+00:00", "moved")
    assert [one.id for one in folder.spec.maintenance_of("writes")] == ["maintenance:1", "maintenance:2"]


def test_an_instant_may_be_written_without_quotes(project: Promised) -> None:
    file = project.promise(slo())
    window = "{start: 2026-02-01T00:00:00Z, end: 2026-02-01T02:00:00+01:00, reason: moved}"
    file.write_text(
        f"type: heartbeat_assets.ServiceObjectives\nattributes:\n  maintenance:\n    - {window}\n", encoding="utf-8"
    )
    assert [str(problem) for problem in project.objectives.problems] == []
    (folder,) = project.objectives.folders.values()
    assert folder.spec.maintenance[0].end.isoformat() == "2026-02-01T01:00:00+00:00"


def test_a_folder_without_a_document_is_told(project: Promised) -> None:
    project.write("defs/empty/defs.yaml", "type: heartbeat_assets.ServiceObjectives\nattributes: {}\n")
    (problem,) = project.objectives.problems
    assert "has no OpenSLO document beside it" in str(problem)

"""Tests of evidence: what a check saw, kept as files."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes import evidence
from heartbeat_assets.lanes.checked_run import CheckedRun
from heartbeat_assets.lanes.evidence import write_evidence
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets_tests.lanes.checked_runs import checked
from heartbeat_assets_tests.lanes.histories import digest_of

NOW = datetime(2026, 2, 23, 18, 58, 29, 999_999, tzinfo=UTC)
STAMP = "20260223T185829Z"
PARTS = ("digest", "heartbeat", "window")


def write(folder: Path, *runs: CheckedRun, exit_code: int = 0) -> list[str]:
    return [file.name for file in write_evidence(folder, runs, now=NOW, strict=True, exit_code=exit_code)]


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_run_is_three_documents_and_a_summary_of_one_stamp(lane: Lane, tmp_path: Path) -> None:
    run = checked(lane, tmp_path, digest_of(0, drilldown=0.1))
    folder = tmp_path / "new" / "evidence"
    files = [f"citizen_product_{part}_{STAMP}.json" for part in PARTS]
    assert write(folder, run, exit_code=4) == [*files, f"summary_{STAMP}.json"]
    assert names_in(folder) == sorted([*files, f"summary_{STAMP}.json"])
    documents = [json.loads((folder / file).read_text(encoding="utf-8")) for file in files]
    assert run.verdict is not None
    assert run.append is not None
    assert documents == [run.digest, run.append, run.verdict.report]
    assert json.loads((folder / f"summary_{STAMP}.json").read_text(encoding="utf-8")) == {
        "generated_at": "2026-02-23T18:58:29+00:00",
        "stamp": STAMP,
        "strict": True,
        "exit_code": 4,
        "lanes": [
            {
                "lane": "citizen_product",
                "status": "failed",
                "reasons": run.reasons,
                "error": None,
                "run_at": "2026-01-01T12:00:00+00:00",
                "heartbeat_id": run.append["heartbeat"]["heartbeat_id"],
                "files": files,
            }
        ],
    }


def test_a_stamp_that_is_there_is_never_overwritten(lane: Lane, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    first, second = checked(lane, tmp_path, digest_of(0)), checked(lane, tmp_path, digest_of(1))
    write(folder, first)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    # Another check that is just being written has the second stamp.
    (folder / f".{STAMP}-2.partial").mkdir()
    names = write(folder, second)
    assert names == [*(f"citizen_product_{part}_{STAMP}-3.json" for part in PARTS), f"summary_{STAMP}-3.json"]
    assert {file: file.read_bytes() for file in before} == before
    summary = json.loads((folder / f"summary_{STAMP}-3.json").read_text(encoding="utf-8"))
    assert (summary["stamp"], summary["lanes"][0]["files"]) == (f"{STAMP}-3", names[:3])


def test_a_lane_that_could_not_be_recorded_is_in_the_summary_alone(lane: Lane, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    unread = CheckedRun("folder/half_lane", problems=[SpecProblem("defs.yaml", ["kpis: must be a list"])])
    write(folder, unread, checked(lane, tmp_path, digest_of(0)), exit_code=3)
    assert len(names_in(folder)) == 4
    summary = json.loads((folder / f"summary_{STAMP}.json").read_text(encoding="utf-8"))
    told = [(one["lane"], one["status"], one["error"], len(one["files"])) for one in summary["lanes"]]
    assert told == [
        ("folder/half_lane", "failed", "defs.yaml: kpis: must be a list", 0),
        ("citizen_product", "ok", None, 3),
    ]


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_lane_whose_files_cannot_all_be_written_leaves_none(
    lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    folder = tmp_path / "evidence"
    written: list[str] = []
    write_atomically = evidence.write_atomically

    def failing(path: Path, content: bytes) -> None:
        written.append(path.name)
        if len(written) == 3 + fails_at:
            raise OSError(28, "No space left on device")
        write_atomically(path, content)

    monkeypatch.setattr(evidence, "write_atomically", failing)
    good, bad = checked(lane, tmp_path, digest_of(0)), checked(lane, tmp_path, digest_of(1))
    bad.name = "other"
    with pytest.raises(OSError, match="No space left"):
        write(folder, good, bad)
    assert names_in(folder) == sorted(f"citizen_product_{part}_{STAMP}.json" for part in PARTS)


def test_a_rename_that_fails_takes_back_those_before_it(
    lane: Lane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "evidence"
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.parent == folder and "_window_" in target.name:
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(PermissionError):
        write(folder, checked(lane, tmp_path, digest_of(0)))
    assert names_in(folder) == []


def test_text_that_is_no_unicode_is_written_all_the_same(lane: Lane, tmp_path: Path) -> None:
    run = checked(lane, tmp_path, digest_of(0))
    run.digest = {"note": "half \ud800 pair, ñ"}
    (name, *_) = write(tmp_path / "evidence", run)
    assert json.loads((tmp_path / "evidence" / name).read_text(encoding="utf-8")) == {"note": "half ? pair, ñ"}

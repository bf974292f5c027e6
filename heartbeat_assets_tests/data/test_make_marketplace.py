"""The data of the marketplace: as its script writes it, an hour always the same, with what the README promises."""

from __future__ import annotations

import csv
import gzip
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
SCRIPT = DATA / "make_marketplace.py"
COMMITTED = DATA / "marketplace"
SCRIPTS = (
    SCRIPT.name,
    "marketplace_calendar.py",
    "marketplace_rows.py",
    "marketplace_traffic.py",
    "past_command.py",
    "services_calendar.py",
)
UNTIL = datetime(2026, 2, 8, tzinfo=UTC)
WRITES = ("POST", "PATCH", "PUT", "DELETE")

Rows = list[dict[str, str]]


def make(out: Path, *arguments: str, code: int = 0) -> str:
    """Run the script for a few days into `out`; return what it prints."""
    command = [sys.executable, str(SCRIPT), "--out", str(out), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def rows(folder: Path, table: str) -> Rows:
    """Return the rows of a table."""
    with gzip.open(folder / f"{table}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def requests() -> Rows:
    """The committed log of the API."""
    return rows(COMMITTED, "audit_logs")


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of 14 days, to the instant at which the committed ones end."""
    out = tmp_path_factory.mktemp("fortnight")
    make(out, "--days", "14")
    return out


# --- The files --------------------------------------------------------------------------------------------


def test_the_committed_files_are_what_the_script_writes_however_they_are_packed(tmp_path: Path) -> None:
    shutil.copytree(COMMITTED, tmp_path / COMMITTED.name)
    for name in SCRIPTS:
        shutil.copy(DATA / name, tmp_path)
    changed, repacked = (tmp_path / COMMITTED.name / f"{name}.csv.gz" for name in ("offers", "reports"))
    repacked.write_bytes(gzip.compress(gzip.decompress(repacked.read_bytes()), 1))
    changed.write_bytes(b"offer_id\n")
    command = [sys.executable, str(tmp_path / SCRIPT.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "Marketplace up to 2026-02-08 00:00 UTC: 1 of 8 files written.\n"
    assert gzip.decompress(changed.read_bytes()) == gzip.decompress((COMMITTED / changed.name).read_bytes())


@pytest.mark.parametrize(
    "content", [b"offer_id\n", gzip.compress(b"", mtime=0)[:10] + b"\xff" * 20], ids=["not packed", "damaged"]
)
def test_a_check_names_what_is_not_up_to_date_and_writes_nothing(tmp_path: Path, content: bytes) -> None:
    make(tmp_path, "--days", "1")
    changed = tmp_path / "offers.csv.gz"
    changed.write_bytes(content)
    said = make(tmp_path, "--days", "1", "--check", code=4).splitlines()
    assert said == [
        f"not up to date: {tmp_path.name}/offers.csv.gz",
        "Marketplace up to 2026-02-08 00:00 UTC: 1 of 7 files stale.",
    ]
    assert changed.read_bytes() == content


def test_they_are_small_enough_for_git() -> None:
    assert sum(file.stat().st_size for file in COMMITTED.rglob("*.gz")) < 1_500_000


def test_the_readme_counts_the_rows_right() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    told = {
        name: int(count.replace(",", "")) for name, count in re.findall(r"`([\w/]+)\.csv\.gz` \| ([\d,]+) \|", text)
    }
    found = {str(file.relative_to(COMMITTED))[:-7]: len(rows(file.parent, file.name[:-7])) for file in found_files()}
    assert told == found


def found_files() -> list[Path]:
    """The committed tables."""
    return sorted(COMMITTED.rglob("*.csv.gz"))


def test_an_hour_has_the_same_traffic_whichever_days_are_asked_for(fortnight: Path) -> None:
    since = (UNTIL - timedelta(days=14)).isoformat()[:19]
    for table, column in (("audit_logs", "occurred_at"), ("sse_events", "enqueued_at"), ("reports", "created_at")):
        assert rows(fortnight, table) == [row for row in rows(COMMITTED, table) if row[column] >= since]


def test_a_later_end_adds_rows_and_what_became_of_those_before(fortnight: Path, tmp_path: Path) -> None:
    early = UNTIL - timedelta(days=4)
    make(tmp_path, "--until", early.isoformat(), "--days", "10")
    before = early.isoformat()[:19]
    for table, times in (("deals", 3), ("listings", 3), ("offers", 2)):
        then, now = rows(tmp_path, table), rows(fortnight, table)
        columns = list(then[0])[-times:]
        expected = [
            {**row, **{name: row[name] if row[name] < before else "" for name in columns}, "status": ""}
            for row in now
            if row["created_at"] < before
        ]
        assert [{**row, "status": ""} for row in then] == expected, table
        assert Counter(row["status"] for row in then).keys() == Counter(row["status"] for row in now).keys()


def test_running_it_again_writes_nothing_and_up_to_now_is_the_hour_that_has_begun(tmp_path: Path) -> None:
    assert "7 of 7 files written" in make(tmp_path, "--until", "now", "--days", "2")
    newest = max(row["occurred_at"] for row in rows(tmp_path, "audit_logs"))
    assert timedelta(0) < datetime.now(UTC) - datetime.fromisoformat(newest) < timedelta(hours=4)
    until = (datetime.fromisoformat(newest) + timedelta(hours=1)).isoformat()
    make(tmp_path, "--until", until, "--days", "2")
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert "up to date" in make(tmp_path, "--until", until, "--days", "2")
    assert {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == before
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--until", "yesterday"], "'yesterday' is neither `now` nor a time like"),
        (["--days", "0"], "'0' is not a number of days"),
        (["--days", "1000000"], "'1000000' is not a number of days; give 1 to 3660"),
    ],
)
def test_a_wrong_argument_is_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    assert said in make(tmp_path, *arguments, code=2)
    assert list(tmp_path.iterdir()) == []


def test_the_committed_days_cannot_be_written_over_by_others() -> None:
    command = [sys.executable, str(SCRIPT), "--days", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "give another folder with --out" in done.stderr) == (2, True)


# --- What is in them --------------------------------------------------------------------------------------


def test_they_cover_sixty_days(requests: Rows) -> None:
    assert len({row["occurred_at"][:10] for row in requests}) == 60
    assert {row["request.method"] for row in requests} == {"GET", *WRITES}
    assert {row["outcome"] for row in requests} == {"success", "failure"}
    assert all((row["outcome"] == "success") is (int(row["status"]) < 400) for row in requests)


def test_there_is_an_outage(requests: Rows) -> None:
    hours = Counter(row["occurred_at"][:13] for row in requests)
    failed = Counter(row["occurred_at"][:13] for row in requests if row["outcome"] == "failure")
    down = [hour for hour in hours if failed[hour] > 0.5 * hours[hour] and hours[hour] > 20]
    assert down == ["2026-01-14T12", "2026-01-30T13", "2026-01-30T14"]
    quiet = sum(failed.values()) - sum(failed[hour] for hour in failed if failed[hour] > 0.02 * hours[hour])
    assert quiet < 0.002 * len(requests), "outside of what is known to go wrong hardly anything fails"


def test_there_are_slow_days(requests: Rows) -> None:
    medians = {}
    for day in sorted({row["occurred_at"][:10] for row in requests}):
        times = sorted(int(row["duration_ms"]) for row in requests if row["occurred_at"].startswith(day))
        medians[day] = times[len(times) // 2]
    usual = sorted(medians.values())[30]
    assert [day for day, median in medians.items() if median > 3 * usual] == ["2026-01-12", "2026-01-19"]
    late = Counter(
        row["enqueued_at"][:10]
        for row in rows(COMMITTED, "sse_events")
        if row["received_at"]
        and datetime.fromisoformat(row["received_at"]) - datetime.fromisoformat(row["enqueued_at"])
        > timedelta(seconds=5)
    )
    assert {day for day, _ in late.most_common(2)} == {"2026-01-12", "2026-01-19"}


def test_there_are_quiet_weekends(requests: Rows) -> None:
    days = Counter(row["occurred_at"][:10] for row in requests)
    usual = sorted(days.values())[30]
    quiet = ["2025-12-20", "2025-12-21", "2026-01-17", "2026-01-18"]
    assert sorted(day for day, count in days.items() if count < 0.4 * usual) == quiet
    assert {datetime.fromisoformat(day).weekday() for day in quiet} == {5, 6}


def test_whatever_refers_to_something_finds_it() -> None:
    deals = {row["deal_id"]: row for row in rows(COMMITTED, "deals")}
    listings = {row["listing_id"]: row for row in rows(COMMITTED, "listings")}
    assert all(row["created_at"] >= deals[row["deal_id"]]["created_at"] for row in rows(COMMITTED, "deal_votes"))
    offers = rows(COMMITTED, "offers")
    assert all(row["created_at"] >= listings[row["listing_id"]]["live_at"] > "" for row in offers)
    accepted = {row["listing_id"] for row in offers if row["status"] == "ACCEPTED"}
    assert accepted == {name for name, row in listings.items() if row["status"] == "SOLD"}


def test_nobody_is_named_in_them() -> None:
    for file in found_files():
        text = gzip.decompress(file.read_bytes()).decode()
        assert not re.search(r"@|\d+\.\d+\.\d+\.\d+|agent|customer|token", text), file.name

"""Write the recent past of two invented services, up to now: what the shipped metrics are computed from.

    python data/make_services.py [--until INSTANT] [--days 92] [--out FOLDER]

An hour always gives the same rows, whenever it is made, so running it again adds what is new: telemetry files are
extended by whole lines and never changed; reviews.csv is the register as of the end, so a review that was open gets its
closing date. Every file is replaced in one step: killed half-way, the next run completes it. It needs the standard
library alone and must not import the package whose metrics the files feed.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from citizen_app_events import events_of_hour
from legal_register_rows import INGESTION_COLUMNS, REVIEW_COLUMNS, ingestions_in, reviews_opened_in
from past_command import instant, replace, whole_days
from services_calendar import hour_number, hour_start

FOLDER = Path(__file__).resolve().parent / "services"
DAYS = 92
# Reviews take days: those of the days before are there too, so that the first day does not begin with none open.
REVIEWS_BEFORE = timedelta(days=21)
_ABANDONED_SECONDS = 3600


def day_file(folder: Path, day: date) -> Path:
    """Return the telemetry file of `day`."""
    return folder / "citizen_app" / "events" / f"{day}.jsonl"


def known_days(folder: Path) -> list[date]:
    """Return the days that have a telemetry file, in order."""
    files = (folder / "citizen_app" / "events").glob("????-??-??.jsonl")
    return sorted(date.fromisoformat(file.stem) for file in files)


def midnight(day: date) -> datetime:
    """Return the instant at which `day` begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def hours(start: datetime, until: datetime) -> range:
    """Return the numbers of the hours from `start` to `until`."""
    return range(hour_number(start), hour_number(until))


def missing_events(folder: Path, first: date, until: datetime) -> Iterator[tuple[Path, bytes]]:
    """Yield the telemetry files that are not there or not complete, with what they should hold, oldest first."""
    # They are written oldest first and each in one step: only the newest may have been made within its day.
    newest = max(known_days(folder), default=None)
    day = first
    while midnight(day) < until:
        file = day_file(folder, day)
        if day == newest or not file.is_file():
            end = min(midnight(day + timedelta(days=1)), until)
            content = b"".join(events_of_hour(number) for number in hours(midnight(day), end))
            if not (file.is_file() and file.read_bytes().startswith(content)):
                yield file, content
        day += timedelta(days=1)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return `rows` as CSV with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def tables(folder: Path, first: date, until: datetime) -> Iterator[tuple[Path, bytes]]:
    """Yield the tables of the register that are not as of `until`, with what they should hold."""
    start = midnight(first)
    reviews = (row for number in hours(start - REVIEWS_BEFORE, until) for row in reviews_opened_in(number, until))
    ingestions = (row for number in hours(start, until) for row in ingestions_in(number))
    for name, content in (
        ("ingestions.csv", table(INGESTION_COLUMNS, ingestions)),
        ("reviews.csv", table(REVIEW_COLUMNS, reviews)),
    ):
        file = folder / "legal_register" / name
        if not (file.is_file() and file.read_bytes() == content):
            yield file, content


def remove_abandoned(folder: Path) -> None:
    """Remove what runs that were killed left behind."""
    for partial in folder.rglob(".*.partial"):
        try:
            if time.time() - partial.stat().st_mtime > _ABANDONED_SECONDS:
                partial.unlink()
        except FileNotFoundError:
            continue  # another run finished with it just now


def is_newer(folder: Path, until: datetime) -> bool:
    """Return whether what is in `folder` already goes beyond `until`."""
    known = known_days(folder)
    if known and midnight(known[-1]) >= until:
        return True
    file = folder / "legal_register" / "ingestions.csv"
    newest = file.read_text(encoding="utf-8").rstrip().rpartition("\n")[2] if file.is_file() else ""
    return newest[:1].isdigit() and datetime.fromisoformat(newest.partition(",")[0]) >= until


def bring_up_to(folder: Path, until: datetime, days: int) -> int:
    """Write what is missing in `folder` up to `until`, and return how many files that were.

    Never back: what is there may have been read, so nothing is done where it is newer, and older days stay.
    """
    remove_abandoned(folder)
    if is_newer(folder, until):
        return 0
    first = min([until.date() - timedelta(days=days), *known_days(folder)])
    written = 0
    for missing in (missing_events, tables):
        for file, content in missing(folder, first, until):
            replace(file, content)
            written += 1
    return written


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--until", type=instant, help="end of the data, rounded down to the hour; default: now")
    parser.add_argument("--days", type=whole_days, default=DAYS, help="days before that, the first time (default 92)")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default data/services)")
    chosen = parser.parse_args(arguments)
    until = hour_start(hour_number(chosen.until or datetime.now(UTC)))
    try:
        written = bring_up_to(chosen.out, until, chosen.days)
    except OSError as problem:
        where = problem.filename or chosen.out
        print(f"{where}: {problem.strerror or problem}; mend that, or give another folder with --out", file=sys.stderr)
        return 1
    state = f"{written} file{'' if written == 1 else 's'} written" if written else "nothing new"
    print(f"Services up to {until:%Y-%m-%d %H:%M} UTC: {state}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

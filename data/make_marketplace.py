"""Write 60 days of an invented marketplace: deals, votes, listings, offers, reports, its API's log and its stream's.

    python data/make_marketplace.py [--check]                      # the committed fixture: 60 days to 2026-02-08
    python data/make_marketplace.py --until now --out FOLDER       # the 60 days before the current hour

An hour always gets the same rows, whichever days are asked for; a row says how things stood at the end of the data.
Running it again changes nothing; `--check` only says whether the files are up to date. It needs the standard library
alone and must not import the package whose lane and metrics the files feed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from pathlib import Path

from marketplace_rows import (
    DEAL_COLUMNS,
    LISTING_COLUMNS,
    OFFER_COLUMNS,
    REPORT_COLUMNS,
    VOTE_COLUMNS,
    Row,
    deals_in,
    listings_in,
    reports_in,
    votes_for,
)
from marketplace_traffic import AUDIT_COLUMNS, SSE_COLUMNS, requests_in, stream_events_in
from past_command import instant, replace, whole_days
from services_calendar import hour_number, hour_start

FOLDER = Path(__file__).resolve().parent / "marketplace"
UNTIL = datetime(2026, 2, 8, tzinfo=UTC)
DAYS = 60
# The broken set: the reports of the last days are a wave.
WAVE_DAYS = 4
WAVE = 12.0


def tables(until: datetime, days: int) -> Iterator[tuple[str, bytes]]:
    """Yield each table of the `days` before `until`: its file's name and its content as CSV."""
    hours = range(hour_number(until - timedelta(days=days)), hour_number(until))
    deals = [deal for number in hours for deal in deals_in(number)]
    votes = (vote for deal in deals for vote in votes_for(deal, until))
    listings = [both for number in hours for both in listings_in(number)]
    offers = [offer.row(until) for _, offers in listings for offer in offers if offer.created_at < until]
    yield "deals.csv.gz", _csv(DEAL_COLUMNS, sorted((deal.row(until) for deal in deals), key=itemgetter(2)))
    yield "deal_votes.csv.gz", _csv(VOTE_COLUMNS, sorted(votes, key=itemgetter(2)))
    yield (
        "listings.csv.gz",
        _csv(LISTING_COLUMNS, sorted((listing.row(until) for listing, _ in listings), key=itemgetter(2))),
    )
    yield "offers.csv.gz", _csv(OFFER_COLUMNS, sorted(offers, key=itemgetter(3)))
    yield "reports.csv.gz", _csv(REPORT_COLUMNS, _reports(hours))
    yield "audit_logs.csv.gz", _csv(AUDIT_COLUMNS, (row for number in hours for row in requests_in(number)))
    yield "sse_events.csv.gz", _csv(SSE_COLUMNS, (row for number in hours for row in stream_events_in(number, until)))


def broken(until: datetime, days: int) -> tuple[str, bytes]:
    """Return the table of reports with a wave at its end."""
    hours = range(hour_number(until - timedelta(days=days)), hour_number(until))
    return "broken/reports.csv.gz", _csv(REPORT_COLUMNS, _reports(hours, wave_from=hours.stop - 24 * WAVE_DAYS))


def _reports(hours: range, wave_from: int | None = None) -> Iterator[Row]:
    for number in hours:
        wave = WAVE if wave_from is not None and number >= wave_from else 1.0
        yield from sorted(reports_in(number, wave), key=itemgetter(3))


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return `rows` as CSV with a header; what is not there is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_field(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _field(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    # Milliseconds only where there are any: the files are in git.
    precision = "milliseconds" if value.microsecond else "seconds"
    return value.isoformat(timespec=precision).replace("+00:00", "Z")


def is_up_to_date(file: Path, content: bytes) -> bool:
    """Return whether `file` holds `content`. How it is packed does not count: that differs between versions of zlib."""
    try:
        return gzip.decompress(file.read_bytes()) == content
    except (OSError, EOFError, zlib.error):
        return False


def main(arguments: list[str] | None = None) -> int:
    """Run the command: 0 when the files are there, 4 when --check finds one that is not up to date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say what is not up to date")
    end = partial(instant, or_now=True)
    parser.add_argument("--until", type=end, default=UNTIL, help="end of the data, or `now` (default 2026-02-08)")
    parser.add_argument("--days", type=whole_days, default=DAYS, help="days before that (default 60)")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default data/marketplace)")
    chosen = parser.parse_args(arguments)
    until = hour_start(hour_number(chosen.until))
    made = list(tables(until, chosen.days))
    if chosen.out == FOLDER:
        if (until, chosen.days) != (UNTIL, DAYS):
            parser.error("the committed fixture has its own days; give another folder with --out")
        made.append(broken(until, chosen.days))
    stale = [(chosen.out / name, content) for name, content in made if not is_up_to_date(chosen.out / name, content)]
    try:
        for file, content in stale:
            if chosen.check:
                print(f"not up to date: {file.relative_to(chosen.out.parent)}")
            else:
                replace(file, gzip.compress(content, 9, mtime=0))
    except OSError as problem:
        where = problem.filename or chosen.out
        print(f"{where}: {problem.strerror or problem}; mend that, or give another folder with --out", file=sys.stderr)
        return 1
    done = "up to date" if not stale else f"{len(stale)} of {len(made)} files {'stale' if chosen.check else 'written'}"
    print(f"Marketplace up to {until:%Y-%m-%d %H:%M} UTC: {done}.")
    return 4 if chosen.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

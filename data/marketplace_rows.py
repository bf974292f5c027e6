"""What people put into the invented marketplace: deals and votes on them, listings and offers for them, reports.

A deal begins NEW, becomes ACTIVE after a day or two, and EXPIRED; some are REJECTED instead. A listing begins PENDING,
is approved and LIVE, and then SOLD, WITHDRAWN or EXPIRED; or it is REJECTED. Rows are as they stand at the end of the
data, with the times at which a status began, so that the past can be told too. Nobody is named in them. It must not
know how the rows are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from marketplace_calendar import APPROVALS_BACKLOG, SPAM, hour_of, later, moment, people, succeeding
from services_calendar import between, draws, hour_start, pick, spread_count

DEAL_COLUMNS = ("deal_id", "status", "created_at", "activated_at", "ended_at")
VOTE_COLUMNS = ("deal_id", "direction", "created_at")
LISTING_COLUMNS = ("listing_id", "status", "created_at", "live_at", "ended_at")
OFFER_COLUMNS = ("offer_id", "listing_id", "status", "created_at", "decided_at")
REPORT_COLUMNS = ("report_id", "about", "reason", "created_at")

Row = tuple[object, ...]

_DEALS_AN_HOUR = 1.7
_LISTINGS_AN_HOUR = 1.1
_REPORTS_AN_HOUR = 0.17
_VOTES_TRIED = 12
_REASONS = ("spam", "misleading", "prohibited", "duplicate")


@dataclass(frozen=True)
class Life:
    """Something with a status: what it is first, then from `began_at` on, and finally from `ended_at` on."""

    name: str
    created_at: datetime
    first: str
    second: str
    began_at: datetime | None
    last: str
    ended_at: datetime

    def row(self, until: datetime) -> Row:
        """Return its row as of `until`."""
        began = self.began_at if self.began_at is not None and self.began_at < until else None
        ended = self.ended_at if self.ended_at < until else None
        status = self.last if ended else self.second if began else self.first
        return (self.name, status, self.created_at, began, ended)


def deals_in(number: int) -> Iterator[Life]:
    """Yield the deals made in hour `number`, with all that becomes of them."""
    draw = draws("deals", number)
    for place in range(spread_count(draw, _DEALS_AN_HOUR * succeeding(number))):
        created = moment(hour_start(number), draw.random())
        if draw.random() < 0.08:
            last, began, ended = "REJECTED", None, later(created, between(draw, 1, 20))
        else:
            began = later(created, between(draw, 25, 50))
            last, ended = "EXPIRED", later(began, between(draw, 110, 260))
        yield Life(f"D{number}-{place}", created, "NEW", "ACTIVE", began, last, ended)


def votes_for(deal: Life, until: datetime) -> Iterator[Row]:
    """Yield the votes on `deal` before `until`."""
    draw = draws("votes", deal.name)
    hours = (deal.ended_at - deal.created_at).total_seconds() / 3600
    likeable = 0.6 + 0.35 * draw.random()
    for _ in range(spread_count(draw, _VOTES_TRIED)):
        # Most come while it is fresh, and only when people are there and the vote gets through.
        share = draw.random()
        at = later(deal.created_at, hours * share * (0.3 + 0.7 * share))
        through = draw.random() * 1.5 < succeeding(hour_of(at))
        direction = "up" if draw.random() < likeable else "down"
        if through and at < until:
            yield (deal.name, direction, at)


@dataclass(frozen=True)
class Offer:
    """An offer for a listing, and what was decided when."""

    name: str
    listing: str
    created_at: datetime
    decision: str
    decided_at: datetime

    def row(self, until: datetime) -> Row:
        """Return its row as of `until`."""
        decided = self.decided_at < until
        status = self.decision if decided else "PENDING"
        return (self.name, self.listing, status, self.created_at, self.decided_at if decided else None)


def listings_in(number: int) -> Iterator[tuple[Life, list[Offer]]]:
    """Yield the listings made in hour `number`, each with the offers it gets."""
    draw = draws("listings", number)
    for place in range(spread_count(draw, _LISTINGS_AN_HOUR * succeeding(number))):
        created = moment(hour_start(number), draw.random())
        waited = between(draw, 0.2, 3.5) + (between(draw, 10, 30) if APPROVALS_BACKLOG.at(number) else 0)
        approved = later(created, waited)
        name = f"L{number}-{place}"
        if draw.random() < 0.05:
            yield Life(name, created, "PENDING", "LIVE", None, "REJECTED", approved), []
            continue
        last = "WITHDRAWN" if draw.random() < 0.25 else "EXPIRED"
        ended = later(approved, between(draw, 60, 200) if last == "WITHDRAWN" else 336)
        offers = list(_offers_for(name, approved, ended))
        if offers and offers[-1].decision == "ACCEPTED":
            last, ended = "SOLD", offers[-1].decided_at
        yield Life(name, created, "PENDING", "LIVE", approved, last, ended), offers


def _offers_for(listing: str, live: datetime, ended: datetime) -> Iterator[Offer]:
    """Yield the offers for a listing, one after the other, until one is accepted."""
    draw = draws("offers", listing)
    at, place = live, 0
    while True:
        at = later(at, between(draw, 4, 150))
        if at >= ended:
            return
        # Nobody makes one while nobody is there or nothing works; the next may come later.
        if draw.random() * 1.5 > succeeding(hour_of(at)):
            continue
        decided = later(at, between(draw, 1, 40))
        if decided >= ended:
            return
        decision = "ACCEPTED" if draw.random() < 0.25 else "DECLINED"
        yield Offer(f"O{listing[1:]}-{place}", listing, at, decision, decided)
        if decision == "ACCEPTED":
            return
        place += 1


def reports_in(number: int, wave: float = 1.0) -> Iterator[Row]:
    """Yield the reports made in hour `number`; `wave` is how many times as many as usual."""
    draw = draws("reports", number)
    spam = SPAM.at(number) is not None
    mean = _REPORTS_AN_HOUR * people(number) * (5 if spam else 1) * wave
    for place in range(spread_count(draw, mean)):
        at = moment(hour_start(number), draw.random())
        reason = "spam" if spam and draw.random() < 0.8 else pick(draw, _REASONS)
        yield (f"R{number}-{place}", pick(draw, ("deal", "listing")), reason, at)

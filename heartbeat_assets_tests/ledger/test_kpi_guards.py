"""What the database refuses of KPI events from anybody, through raw SQL that knows nothing of the ledger's code."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, NewKpiEvent
from heartbeat_assets_tests.ledger.raw import execute

REFUSED = "the ledger is append-only"
ROW: dict[str, Any] = {
    "domain": "WHOLESALE", "metric": "offer_sent", "success": 1, "value": None, "duration_ms": None,
    "actor": "broker", "correlation_id": None, "detail": None, "at": 1_771_808_400_000_000, "recorded_by": None,
}  # fmt: skip


def rows(raw: sa.Engine) -> list[dict[str, Any]]:
    with raw.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.text("SELECT * FROM kpi_event ORDER BY seq"))]


def insert(raw: sa.Engine, verb: str = "INSERT", **changes: Any) -> None:
    """Inserts the next row as a program without the ledger's code would."""
    row = {**ROW, **changes}
    if raw.dialect.name == "sqlite":
        row.setdefault("seq", len(rows(raw)) + 1)
    execute(raw, f"{verb} INTO kpi_event ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", **row)


@pytest.fixture(scope="module")
def fills() -> Callable[[Ledger], object]:
    return lambda ledger: ledger.events.append(
        [NewKpiEvent("WHOLESALE", "offer_sent", success=True), NewKpiEvent("A", "b", value=1.0)]
    )


@pytest.fixture
def refuses(shared: sa.Engine) -> Callable[..., None]:
    """Asserts that the database refuses what is done, in this sentence, and that nothing has changed."""
    before = rows(shared)

    def check(act: Callable[[], None], sentence: str = REFUSED) -> None:
        with pytest.raises(sa.exc.DBAPIError, match=REFUSED) as caught:
            act()
        assert sentence in str(caught.value.orig)
        assert rows(shared) == before

    return check


def test_rows_in_line_are_let_in(ledger: Ledger, raw: sa.Engine) -> None:
    insert(raw)
    insert(raw, success=0, duration_ms=0.0)
    insert(raw, success=None, value=-1e308)
    ledger.events.append([NewKpiEvent("WHOLESALE", "offer_sent", success=True)])
    assert [row["seq"] for row in rows(raw)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kpi_event SET success = 1",
        "UPDATE kpi_event SET detail = 'other' WHERE seq = 1",
        "DELETE FROM kpi_event WHERE seq = 1",
        "DELETE FROM kpi_event",
    ],
)
def test_events_are_neither_changed_nor_deleted(
    refuses: Callable[..., None], shared: sa.Engine, statement: str
) -> None:
    refuses(lambda: execute(shared, statement))


def test_events_are_not_truncated_on_postgresql(refuses: Callable[..., None], shared: sa.Engine) -> None:
    if shared.dialect.name == "postgresql":
        refuses(lambda: execute(shared, "TRUNCATE kpi_event"))


def test_an_event_is_not_replaced(refuses: Callable[..., None], shared: sa.Engine) -> None:
    if shared.dialect.name == "sqlite":
        for seq in (1, 2):
            refuses(lambda seq=seq: insert(shared, "INSERT OR REPLACE", seq=seq), "right after the newest")
            refuses(lambda seq=seq: insert(shared, "INSERT OR IGNORE", seq=seq), "right after the newest")
    else:
        upsert = (
            "INSERT INTO kpi_event (seq, domain, metric, success, at) OVERRIDING SYSTEM VALUE "
            "VALUES (1, 'A', 'b', 1, 0) ON CONFLICT (seq) DO UPDATE SET success = 0"
        )
        refuses(lambda: execute(shared, upsert))


@pytest.mark.parametrize("seq", [1, 2, 4, -1, 2**62])
def test_on_sqlite_a_number_out_of_line_is_not_let_in(
    refuses: Callable[..., None], shared: sa.Engine, seq: int
) -> None:
    if shared.dialect.name == "sqlite":
        refuses(lambda: insert(shared, seq=seq), "right after the newest")


def test_on_postgresql_nobody_gives_a_number(shared: sa.Engine) -> None:
    if shared.dialect.name == "postgresql":
        with pytest.raises(sa.exc.DBAPIError, match="cannot insert a non-DEFAULT value"):
            insert(shared, seq=7)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"domain": ""}, "a domain is"),
        ({"domain": "wholesale"}, "a domain is"),
        ({"domain": "WHOLE SALE"}, "a domain is"),
        ({"domain": "A" * 101}, "a domain is"),
        ({"domain": "A\n"}, "a domain is"),
        ({"domain": "É"}, "a domain is"),
        ({"metric": ""}, "a metric is"),
        ({"metric": "Offer_sent"}, "a metric is"),
        ({"metric": "a" * 101}, "a metric is"),
        ({"success": None}, "success or a value"),
        ({"value": 1.0}, "success or a value"),
        ({"success": 2}, "success is 0 or 1"),
        ({"success": None, "value": 1.0, "duration_ms": 5.0}, "has a duration"),
        ({"duration_ms": -0.1}, "a duration is 0 or more"),
        ({"duration_ms": float("inf")}, "duration_ms is a finite number"),
        ({"success": None, "value": float("inf")}, "value is a finite number"),
        ({"success": None, "value": float("-inf")}, "value is a finite number"),
        ({"at": 2**60}, "a time of the years"),
    ],
)
def test_an_event_out_of_shape_is_not_let_in(
    refuses: Callable[..., None], shared: sa.Engine, changes: dict[str, Any], sentence: str
) -> None:
    refuses(lambda: insert(shared, **changes), sentence)


def test_no_number_is_not_let_in(refuses: Callable[..., None], shared: sa.Engine) -> None:
    refuses(lambda: insert(shared, success=None, value=float("nan")), "")

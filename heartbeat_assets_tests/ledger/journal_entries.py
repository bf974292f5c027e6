"""Events of the journal for tests: who decides, what, and their rows in raw SQL."""

from typing import Any

import sqlalchemy as sa

from heartbeat_assets.ledger import Actor, JournalEvent, Ledger, NewJournalEvent
from heartbeat_assets.ledger.chain import journal_hash
from heartbeat_assets_tests.ledger.raw import execute

PERSON = Actor("ada@example.com", "person", "cli")
PROGRAM = Actor("tripwires", "program", "dagster")
BY_PROGRAM = {"actor": "tripwires", "actor_kind": "program", "via": "dagster"}
TRIGGERED, ENGAGED, OK = 1, 2, 3
"""The numbers of what `fill` records first."""

REFUSED = "the ledger is append-only"
"""What every guard says first."""

COLUMNS = (
    "stream, subject, place, seq, kind, actor, actor_kind, via, reason, body, cause, at, previous_hash, entry_hash"
)
INSERT = f"INSERT INTO journal_event ({COLUMNS}) VALUES ({', '.join(':' + name for name in COLUMNS.split(', '))})"


def note(subject: str, number: int = 1, **fields: Any) -> NewJournalEvent:
    """An event of a stream without rules of its own."""
    return NewJournalEvent("note", subject, fields.pop("kind", "said"), body={"number": number}, **fields)


def looked(kind: str = "triggered", subject: str = "WHOLESALE.contract_rate") -> NewJournalEvent:
    """What came of a look at a tripwire."""
    return NewJournalEvent("tripwire", subject, kind, body={"drop": 0.21})


def switch(kind: str, subject: str = "WHOLESALE", **fields: Any) -> NewJournalEvent:
    """A change of a switch."""
    return NewJournalEvent("switch", subject, kind, **{"reason": "because", **fields})


def engaged_by_program(ledger: Ledger, subject: str = "WHOLESALE") -> tuple[JournalEvent, JournalEvent]:
    """A tripwire that has triggered, and the switch that a program engaged for it."""
    triggered = ledger.journal.append(looked(), PROGRAM)
    return triggered, ledger.journal.append(switch("engaged", subject, cause=triggered.seq), PROGRAM)


def rows_of(raw: sa.Engine) -> list[dict[str, Any]]:
    """Every stored row, in the order of the recording."""
    with raw.connect() as connection:
        found = connection.execute(sa.text(f"SELECT {COLUMNS} FROM journal_event ORDER BY seq"))
        return [dict(row._mapping) for row in found]


def next_row(raw: sa.Engine, stream: str, subject: str, **changes: Any) -> dict[str, Any]:
    """A row, hash and all, that the database accepts as the subject's next event, but for `changes`."""
    rows = rows_of(raw)
    own = [row for row in rows if (row["stream"], row["subject"]) == (stream, subject)]
    row: dict[str, Any] = {
        "stream": stream,
        "subject": subject,
        "place": len(own) + 1,
        "seq": len(rows) + 1,
        "kind": "said",
        "actor": PERSON.name,
        "actor_kind": "person",
        "via": "cli",
        "reason": "because",
        "body": "{}",
        "cause": None,
        "at": "2026-02-23T14:31:05.000001+00:00",
        "previous_hash": own[-1]["entry_hash"] if own else "0" * 64,
        **changes,
    }
    return {"entry_hash": journal_hash(**{name: row[name] for name in row if name != "entry_hash"}), **row}


def drop_guards(raw: sa.Engine) -> None:
    """What somebody does who wants to tamper and owns the table."""
    if raw.dialect.name == "sqlite":
        for name in ("refuses_update", "refuses_delete", "takes"):
            execute(raw, f"DROP TRIGGER journal_event_{name}")
    else:
        execute(raw, "ALTER TABLE journal_event DISABLE TRIGGER USER")


def fill(ledger: Ledger) -> None:
    """WHOLESALE engaged by a program (1, 2), a tripwire that is well (3), two notes (4, 5), BUYER_MATCH released."""
    engaged_by_program(ledger)
    ledger.journal.append(looked("ok", "CAPITAL.roi_event"), PROGRAM)
    ledger.journal.append_all([note("a"), note("a")], PERSON)
    ledger.journal.append_all([switch("engaged", "BUYER_MATCH"), switch("released", "BUYER_MATCH")], PERSON)

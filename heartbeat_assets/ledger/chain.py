"""The hash that links each entry to the one before it, of heartbeats, metrics' events and the journal alike.

An entry's hash covers every recorded field, so a change to any of them, or to the order, shows. The encoding
is part of the stored data: changing it would break every existing chain, so it must never change. It knows no
database.
"""

from __future__ import annotations

from hashlib import sha256

GENESIS = "0" * 64
"""What the first entry of a lane, of a metric, or of a subject of the journal, names as the hash before it."""

_VERSION = b"heartbeat ledger entry 1\n"
_EVENT_VERSION = b"heartbeat ledger metric event 1\n"
_JOURNAL_VERSION = b"heartbeat ledger journal event 1\n"


def entry_hash(
    *,
    lane: str,
    place: int,
    entry_key: str,
    heartbeat_id: str | None,
    run_at: str,
    status: str,
    malformed: bool,
    malformed_total: int,
    line: bytes,
    dagster_run_id: str | None,
    recorded_at: str,
    previous_hash: str,
) -> str:
    """Returns the SHA-256, as 64 hexadecimal digits, over all fields of an entry.

    `recorded_at` is the stored text, so that the hash needs no parsing of a value that may have been tampered
    with.
    """
    fields = (
        _text(lane),
        b"%d" % place,
        _text(entry_key),
        _text(heartbeat_id),
        _text(run_at),
        _text(status),
        b"1" if malformed else b"0",
        b"%d" % malformed_total,
        line,
        _text(dagster_run_id),
        _text(recorded_at),
        _text(previous_hash),
    )
    return _hashed(_VERSION, fields)


def event_hash(
    *,
    seq: int,
    metric_id: str,
    place: int,
    field: str,
    before: str | None,
    after: str | None,
    actor: str,
    actor_kind: str,
    via: str,
    reason: str,
    at: str,
    previous_hash: str,
) -> str:
    """Returns the SHA-256, as 64 hexadecimal digits, over all fields of a metric's event; `at` is the stored
    text.
    """
    fields = (
        b"%d" % seq,
        _text(metric_id),
        b"%d" % place,
        _text(field),
        _text(before),
        _text(after),
        _text(actor),
        _text(actor_kind),
        _text(via),
        _text(reason),
        _text(at),
        _text(previous_hash),
    )
    return _hashed(_EVENT_VERSION, fields)


def journal_hash(
    *,
    seq: int,
    stream: str,
    subject: str,
    place: int,
    kind: str,
    actor: str,
    actor_kind: str,
    via: str,
    reason: str,
    body: str,
    cause: int | None,
    at: str,
    previous_hash: str,
) -> str:
    """Returns the SHA-256, as 64 hexadecimal digits, over all fields of an event of the journal; `at` and `body` are
    the stored texts.
    """
    fields = (
        b"%d" % seq,
        _text(stream),
        _text(subject),
        b"%d" % place,
        _text(kind),
        _text(actor),
        _text(actor_kind),
        _text(via),
        _text(reason),
        _text(body),
        None if cause is None else b"%d" % cause,
        _text(at),
        _text(previous_hash),
    )
    return _hashed(_JOURNAL_VERSION, fields)


def _hashed(version: bytes, fields: tuple[bytes | None, ...]) -> str:
    # Each field is preceded by its length, so no two different entries encode to the same bytes.
    encoded = b"".join(b"-," if field is None else b"%d:%b," % (len(field), field) for field in fields)
    return sha256(version + encoded).hexdigest()


def _text(value: str | None) -> bytes | None:
    # A JSON string may hold half a surrogate pair; surrogatepass keeps different texts different.
    return None if value is None else value.encode("utf-8", "surrogatepass")

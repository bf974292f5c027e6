"""The tables as queries see them, and the revisions this program knows.

The tables are created by the migrations, never from here; a test holds the two together. It must not connect.
"""

from __future__ import annotations

import sqlalchemy as sa

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every revision of the schema, oldest first. A new migration adds its own at the end."""

VERSION_TABLE = "ledger_version"
"""Alembic's table. Not its default name: Dagster may keep its own `alembic_version` in the same database."""

_ESCAPED = "\x1a"


class LosslessText(sa.types.TypeDecorator[str]):
    """Text that may hold what a database refuses: NUL, or half of a surrogate pair.

    Such a value is stored as a marker and backslash escapes. Different texts stay different, so the column
    can be unique, and every text comes back as it was given.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """Returns the text to store."""
        return None if value is None else stored_text(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        """Returns the text that was given."""
        return None if value is None else given_text(value)


def stored_text(value: str) -> str:
    """Returns `value` as LosslessText stores it."""
    if "\x00" not in value and not value.startswith(_ESCAPED):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            pass
        else:
            return value
    return _ESCAPED + value.encode("unicode_escape").decode("ascii")


def given_text(stored: str) -> str:
    """Returns the text of which `stored_text` made `stored`."""
    if not stored.startswith(_ESCAPED):
        return stored
    try:
        return stored[1:].encode("ascii").decode("unicode_escape")
    except UnicodeError:
        # Not written by this program. Its hash will not match, and verify says so.
        return stored


metadata = sa.MetaData()

# SQLite's strict tables know INTEGER only; PostgreSQL has a real BOOLEAN, and its INTEGER ends at two
# billion.
_count = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_flag = sa.Boolean().with_variant(sa.Integer(), "sqlite")

heartbeat = sa.Table(
    "heartbeat",
    metadata,
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("place", _count, nullable=False, autoincrement=False),
    sa.Column("entry_key", LosslessText, nullable=False),
    sa.Column("heartbeat_id", LosslessText),
    sa.Column("run_at", LosslessText, nullable=False),
    sa.Column("status", LosslessText, nullable=False),
    sa.Column("malformed", _flag, nullable=False),
    sa.Column("malformed_total", _count, nullable=False),
    # The line: `text` where it is clean UTF-8, so that people can read it in SQL, else `raw`. Exactly one is
    # set.
    sa.Column("text", sa.Text),
    sa.Column("raw", sa.LargeBinary),
    sa.Column("dagster_run_id", LosslessText),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("entry_hash", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("lane", "place", name="heartbeat_place"),
    sa.UniqueConstraint("lane", "entry_key", name="heartbeat_entry_key"),
)

version = sa.Table(VERSION_TABLE, sa.MetaData(), sa.Column("version_num", sa.Text, nullable=False))

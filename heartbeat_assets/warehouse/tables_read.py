"""Which tables a query reads, by its text. It must not run the query."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from heartbeat_assets.warehouse.query import engine_words

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection


def tables_read(connection: Connection, sql: str) -> frozenset[str]:
    """The names of the tables in `sql`, one SELECT, in lower case, without those it makes itself (WITH).

    What the engine cannot take apart reads nothing. Raises QueryProblem only for a broken connection.
    """
    with engine_words():
        row = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    nodes = list(_nodes(json.loads(row[0]) if row else None))
    made = {entry["key"].lower() for node in nodes for entry in _made_by(node)}
    read = {str(node["table_name"]).lower() for node in nodes if node.get("type") == "BASE_TABLE"}
    return frozenset(read - made)


def _made_by(node: dict[str, Any]) -> list[dict[str, Any]]:
    made = node.get("cte_map")
    return made.get("map", []) if isinstance(made, dict) else []


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in `tree`; not recursive, as a query may be nested deeply."""
    left = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left += node.values()
        elif isinstance(node, list):
            left += node

"""What a text of SQL is, without running it. It must not need a connection, nor know what the SQL is for."""

from __future__ import annotations

from heartbeat_assets.warehouse.query import QueryProblem, engine_words, without_beginning


def parameters_of_select(sql: str) -> frozenset[str]:
    """The names of the parameters (`$name`) in `sql`. Raises QueryProblem when it is not exactly one SELECT."""
    import duckdb

    with engine_words(sql):
        statements = duckdb.extract_statements(without_beginning(sql))
    if len(statements) != 1:
        found = f"are {len(statements)} statements" if statements else "is no statement"
        raise QueryProblem(f"there {found}; write one SELECT")
    kind = statements[0].type
    if kind != duckdb.StatementType.SELECT:
        raise QueryProblem(f"is no SELECT but {kind.name}; write one SELECT")
    # The engine does not tell $AS_OF from $as_of.
    return frozenset(name.lower() for name in statements[0].named_parameters)

"""What can be wrong with a table that is to be read, each as a sentence that names the file or table.

It must not look at files or tables itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MOST_NAMED = 20
_LONGEST_SHOWN = 60
_LONGEST_WORDS = 400


class TableProblem(Exception):
    """A table cannot be given to SQL; the message is a sentence a person can act on."""


class TableMissing(TableProblem):
    """There is nothing where the rows should be."""


class TableUnreadable(TableProblem):
    """There is something, and it is no table that can be read, or a value in it is not what was declared."""


class ColumnsMissing(TableProblem):
    """Declared columns that `where`, a file or table, does not have.

    `missing` are their names, `present` the names of the columns that are there.
    """

    def __init__(self, where: str, missing: Sequence[str], present: Sequence[str]) -> None:
        self.missing = tuple(missing)
        self.present = tuple(present)
        there = f"it has {listed(present)}" if present else "it has no columns"
        super().__init__(f"{where}: no column {', '.join(_meant(name, present) for name in missing)}; {there}")


def _meant(name: str, present: Sequence[str]) -> str:
    near = _near(name, present)
    return quoted_name(name) + (f" (did you mean {quoted_name(near[0])}?)" if near else "")


def _near(name: str, present: Iterable[str]) -> list[str]:
    """The first name of `present` that differs from `name` only in case or blanks, if any."""
    return [other for other in present if _folded(other) == _folded(name)][:1]


def _folded(name: str) -> str:
    return "".join(name.split()).casefold()


def listed(names: Sequence[str]) -> str:
    """`names` for a message: the first of them, and how many more there are."""
    shown = ", ".join(map(quoted_name, names[:_MOST_NAMED]))
    more = len(names) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def no_such_table(where: str, table: str, tables: Sequence[str]) -> TableUnreadable:
    """The problem of a `table` that is none of the `tables` of `where`; without a name, that one must be given."""
    if not tables:
        return TableUnreadable(f"{where}: there is no table in it")
    what = f"no table {_meant(table, tables)}" if table else "say which table"
    schema = table.rpartition(".")[0]
    # A database may have more than is named: what is beside the table that was meant comes first.
    beside_first = sorted(tables, key=lambda other: bool(schema) and other.rpartition(".")[0] != schema)
    return TableUnreadable(f"{where}: {what}; there is {listed(beside_first)}")


def engine_words(problem: Exception) -> str:
    """What the engine says is wrong, on one line, without the advice and the settings it adds."""
    lines = str(problem).partition("Possible ")[0].partition("\n\n")[0].splitlines()
    return "; ".join(filter(None, map(str.strip, lines)))[:_LONGEST_WORDS]


def quoted_name(name: str) -> str:
    """A name for a message, in quotes only where it would not be clear without."""
    return name if name.isidentifier() or name.replace(".", "").isidentifier() else repr(name)


def shown_value(value: object) -> str:
    """A value for a message, cut when it is long."""
    text = str(value)
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "...")

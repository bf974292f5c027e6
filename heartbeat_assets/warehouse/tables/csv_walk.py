"""A plain walk over the records of a CSV file, slow and exact: for its header, and for saying what is wrong where.

The engine reads the rows. It must not know types or columns that were declared.
"""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from heartbeat_assets.warehouse.tables.plain import reading
from heartbeat_assets.warehouse.tables.problems import TableUnreadable

LONGEST_RECORD_BYTES = 16 * 1024 * 1024


class CsvFault(Exception):
    """What is wrong with a record, and the 1-based line where it starts."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        super().__init__(what)


def records(plain: Path, delimiter: str) -> Generator[tuple[int, list[str]], None, None]:
    """The line where each record starts, and its fields. Blank lines are no records. Raises CsvFault."""
    with _long_fields(), reading(plain), plain.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        start = 1
        try:
            for fields in reader:
                if fields:
                    yield start, fields
                start = reader.line_num + 1
        except csv.Error as problem:
            raise CsvFault(start, _sentence(str(problem))) from problem
        except UnicodeDecodeError as problem:
            raise CsvFault(_line_that_is_no_text(plain), "is not UTF-8 text; save the file as UTF-8") from problem


def first_fault(plain: Path, delimiter: str, width: int) -> CsvFault | None:
    """The first record that cannot be read or has not `width` fields, or None when all is well."""
    try:
        for line, fields in records(plain, delimiter):
            if len(fields) < width or any(fields[width:]):
                return CsvFault(line, f"has {len(fields)} fields where the header has {width}")
    except CsvFault as fault:
        return fault
    return None


def line_with(plain: Path, delimiter: str, position: int, value: str) -> int | None:
    """The line of the first record after the header whose field at `position` is `value`."""
    with closing(records(plain, delimiter)) as found:
        next(found, None)
        return next((line for line, fields in found if fields[position] == value), None)


def even_copy(plain: Path, delimiter: str, width: int, copy: Path) -> None:
    """Writes the records of `plain` to `copy`, all lines with the same end and no blank ones. Raises CsvFault."""
    with copy.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
        writer.writerows(fields[:width] for _, fields in records(plain, delimiter))


def unreadable(file: Path, fault: CsvFault) -> TableUnreadable:
    """The problem of `file` that `fault` is."""
    return TableUnreadable(f"{file}, line {fault.line}: {fault}")


@contextmanager
def _long_fields() -> Iterator[None]:
    # The limit is one for the whole process: it is put back.
    before = csv.field_size_limit(LONGEST_RECORD_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _sentence(problem: str) -> str:
    if "unexpected end of data" in problem:
        return "a quoted value is not closed"
    if "field larger" in problem:
        return f"a value is longer than {LONGEST_RECORD_BYTES:,} bytes"
    return f"is not CSV: {problem}"


def _line_that_is_no_text(plain: Path) -> int:
    with plain.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def names_twice(header: Sequence[str]) -> list[str]:
    """The names, empty ones apart, that are more than once in `header`."""
    return [name for name in dict.fromkeys(header) if name and header.count(name) > 1]

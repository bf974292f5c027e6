"""What is wrong with a JSON file that holds no rows, and where: an exact and slow reader for messages only.

The engine's own line numbers are not to be relied on. It must not read rows.
"""

from __future__ import annotations

import json
from pathlib import Path

from heartbeat_assets.warehouse.tables.plain import reading
from heartbeat_assets.warehouse.tables.problems import TableUnreadable, quoted_name

# The engine gives every thread two buffers of it.
LONGEST_OBJECT_BYTES = 16 * 1024 * 1024
# A file longer than this is not read whole to say what is wrong with it.
_LONGEST_EXPLAINED_BYTES = 256 * 1024 * 1024
_REMEDY = "write an array of objects, or an object a line"


def refuse_single_object(file: Path, plain: Path) -> None:
    """Raises TableUnreadable when `plain`, the text of `file`, is one object that has the rows inside.

    As a row of its own it would be of no use: an object over several lines, or one whose only key holds a list.
    """
    with reading(file), plain.open("rb") as lines:
        filled = (line for line in lines if line.strip())
        first, second = next(filled, b"{}"), next(filled, None)
    if second is not None and _is_json(first):
        return
    with reading(file):
        document = _document(plain)
    if not isinstance(document, dict):
        return
    inside = [key for key, value in document.items() if isinstance(value, list)]
    if second is not None or (inside and len(document) == 1):
        where = f"; its rows may be under {quoted_name(inside[0])}" if inside else ""
        raise TableUnreadable(f"{file}: holds a single object{where}; {_REMEDY}")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _document(plain: Path) -> object:
    if plain.stat().st_size > _LONGEST_EXPLAINED_BYTES:
        return None
    try:
        return json.loads(plain.read_bytes())
    except (ValueError, RecursionError):
        return None


def first_fault(file: Path, plain: Path, *, lines: bool) -> TableUnreadable | None:
    """What is wrong with `plain`, the text of `file`: an object a line, or else an array. None when nothing is."""
    with reading(file):
        return _fault_in_lines(file, plain) if lines else _fault_in_array(file, plain)


def _fault_in_lines(file: Path, plain: Path) -> TableUnreadable | None:
    with plain.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            wrong = _wrong(line) if line.strip() else None
            if wrong:
                return TableUnreadable(f"{file}, line {number}: {wrong}")
    return None


def _wrong(line: bytes) -> str | None:
    if len(line) > LONGEST_OBJECT_BYTES:
        return f"is longer than {LONGEST_OBJECT_BYTES:,} bytes"
    try:
        document = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return "is not UTF-8 text; save the file as UTF-8"
    except json.JSONDecodeError as problem:
        return f"is not a whole JSON object: {problem.msg} (column {problem.colno})"
    except (ValueError, RecursionError) as problem:
        return f"is not JSON that can be read: {problem}"
    return None if isinstance(document, dict) else f"is no object; {_REMEDY}"


def _fault_in_array(file: Path, plain: Path) -> TableUnreadable | None:
    if plain.stat().st_size > _LONGEST_EXPLAINED_BYTES:
        return None
    try:
        items = json.loads(plain.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        return TableUnreadable(f"{file}: is not UTF-8 text (byte {problem.start}); save the file as UTF-8")
    except json.JSONDecodeError as problem:
        return TableUnreadable(f"{file}, line {problem.lineno}, column {problem.colno}: not JSON: {problem.msg}")
    except (ValueError, RecursionError) as problem:
        return TableUnreadable(f"{file}: not JSON that can be read: {problem}")
    wrong = (place for place, item in enumerate(items, start=1) if not isinstance(item, dict))
    return next((TableUnreadable(f"{file}: entry {place} of the array is no object") for place in wrong), None)

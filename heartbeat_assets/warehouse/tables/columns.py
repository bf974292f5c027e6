"""What a value must look like to be of a declared type, as SQL: the value in that type, or NULL where it does not fit.

Never looser than it says: no rounding, no offset dropped, no compact dates. It must not run anything.
"""

from __future__ import annotations

COLUMN_TYPES = ("text", "integer", "number", "boolean", "timestamp", "date", "json")
SQL_TYPES = dict(
    zip(COLUMN_TYPES, ("VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "TIMESTAMPTZ", "DATE", "JSON"), strict=True)
)
# For messages: what the values of a type are.
MEANING = {
    "text": "UTF-8 text",
    "integer": "a whole number of at most 64 bits",
    "number": "a finite number",
    "boolean": "true or false",
    "timestamp": "an ISO-8601 time, or epoch seconds or milliseconds",
    "date": "a date like 2026-02-23",
    "json": "JSON",
}

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS = (*_WHOLE, *(f"U{kind}" for kind in _WHOLE), "FLOAT", "DOUBLE", "DECIMAL")
_TIMES = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")

# The year 9999 ends here, in seconds; Python has no later time. A number above the other bound is milliseconds.
_FIRST_SECOND, _LAST_SECOND, _MOST_SECONDS = "-62135596800", "253402300799", "1e12"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = rf"{_DATE}([T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?(Z|[+-][01]\d(:?\d{{2}}(:\d{{2}})?)?)?)?"
_MIDNIGHT = rf"{_DATE}([T ]00:00(:00(\.0+)?)?(Z|[+-]00(:?00)?)?)?"


def fitted(raw: str, raw_type: str, wanted: str) -> str:
    """SQL for the value of the expression `raw`, of SQL type `raw_type`, as one of COLUMN_TYPES.

    NULL where `raw` is NULL and where it does not fit.
    """
    kind = "LIST" if raw_type.endswith("]") else raw_type.partition("(")[0]
    if kind == "JSON" and wanted != "json":
        raw, kind = f"({raw} ->> '$')", "VARCHAR"
    text = raw if kind == "VARCHAR" else f"CAST({raw} AS VARCHAR)"
    match wanted:
        case "text":
            return f"TRY(decode({raw}))" if kind == "BLOB" else text
        case "integer":
            return _whole(raw) if kind in _NUMBERS else _integer(text)
        case "number":
            return _finite(f"CAST({raw} AS DOUBLE)") if kind in _NUMBERS else _number(text)
        case "boolean":
            return raw if kind == "BOOLEAN" else _boolean(text)
        case "timestamp":
            if kind in _NUMBERS:
                return _epoch(f"CAST({raw} AS DOUBLE)")
            return f"CAST({_finite(raw)} AS TIMESTAMPTZ)" if kind in (*_TIMES, "DATE") else _timestamp(text)
        case "date":
            if kind in _TIMES:
                return f"CAST(CASE WHEN isfinite({raw}) AND date_trunc('day', {raw}) = {raw} THEN {raw} END AS DATE)"
            return _finite(raw) if kind == "DATE" else _date(text)
        case _:
            if kind == "VARCHAR":
                return f"CAST(CASE WHEN json_valid({raw}) THEN {raw} END AS JSON)"
            return raw if kind == "JSON" else f"to_json({raw})"


def has_value(raw: str, raw_type: str) -> str:
    """SQL that is true where the expression `raw` is not null; a null of JSON is one."""
    return f"({raw} ->> '$') IS NOT NULL" if raw_type == "JSON" else f"{raw} IS NOT NULL"


def _finite(value: str) -> str:
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def _whole(number: str) -> str:
    return f"CASE WHEN {number} = trunc({number}) THEN TRY_CAST({number} AS BIGINT) END"


# The common spellings first: trimming costs ten times as much as all the rest.


def _integer(text: str) -> str:
    """Digits are read as such, so that none is lost beyond 2^53; 5.0 and 5e3 are whole numbers too."""
    return rf"""CASE WHEN regexp_full_match({text}, '-?\d+') THEN TRY_CAST({text} AS BIGINT)
        WHEN regexp_full_match(as_trimmed({text}), '[+-]?\d+(\.0*)?')
            THEN TRY_CAST(split_part(as_trimmed({text}), '.', 1) AS BIGINT)
        ELSE {_whole(f"as_number({text})")} END"""


def _number(text: str) -> str:
    return rf"""CASE WHEN regexp_full_match({text}, '-?\d{{1,18}}(\.\d+)?') THEN TRY_CAST({text} AS DOUBLE)
        ELSE as_number({text}) END"""


def _boolean(text: str) -> str:
    return f"""CASE WHEN {text} IN ('true', 'false') THEN {text} = 'true'
        ELSE coalesce(TRY_CAST(as_trimmed({text}) AS BOOLEAN),
            CASE as_number({text}) WHEN 0 THEN false WHEN 1 THEN true END) END"""


def _timestamp(text: str) -> str:
    written = f"upper(as_trimmed({text}))"
    return f"""CASE WHEN regexp_full_match({text}, '{_TIME}') THEN TRY_CAST({text} AS TIMESTAMPTZ)
        WHEN regexp_full_match({written}, '{_TIME}') THEN TRY_CAST({written} AS TIMESTAMPTZ)
        ELSE {_epoch(_number(text))} END"""


def _date(text: str) -> str:
    written = f"upper(as_trimmed({text}))"
    return f"""CASE WHEN regexp_full_match({text}, '{_DATE}') THEN TRY_CAST({text} AS DATE)
        WHEN regexp_full_match({written}, '{_MIDNIGHT}') THEN TRY_CAST({written}[:10] AS DATE) END"""


def _epoch(number: str) -> str:
    return f"""CASE WHEN {number} BETWEEN {_FIRST_SECOND} AND {_LAST_SECOND}
            THEN make_timestamptz(CAST(round({number} * 1e6) AS BIGINT))
        WHEN {number} > {_MOST_SECONDS} AND {number} / 1e3 <= {_LAST_SECOND}
            THEN make_timestamptz(CAST(round({number} * 1e3) AS BIGINT)) END"""

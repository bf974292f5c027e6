"""What is known of one input file: how far it was read and which Parquet parts hold it.

Written last and atomically, so that a part counts only when the manifest names it. It must not read the input.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from heartbeat_assets.files import write_atomically

_VERSION = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Part:
    """Typed events of the bytes `start` to `end` of a file. `tail`: a last line that had no line end yet."""

    name: str
    start: int
    end: int
    rows: int
    bad: int
    line_ends: int
    tail: bool = False

    @property
    def parquet(self) -> str:
        return f"{self.name}.parquet"

    @property
    def quarantine(self) -> str:
        return f"{self.name}.quarantine.jsonl"

    def rollup(self, key: str) -> str:
        """Name of this part's rollup by the query known as `key`."""
        return f"{self.name}.rollup-{key}.parquet"


@dataclass(frozen=True)
class Manifest:
    """How far `file` (its name within the source) was read, by size, modification time and content mark."""

    file: str
    size: int
    mtime_ns: int
    mark: str
    packed: bool
    parts: tuple[Part, ...]

    @property
    def whole_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.tail)

    @property
    def whole_bytes(self) -> int:
        """Where the last whole line read so far ends."""
        return max((part.end for part in self.whole_parts), default=0)

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def bad(self) -> int:
        return sum(part.bad for part in self.parts)

    def save(self, folder: Path) -> None:
        """Makes this what is known of the file, atomically."""
        write_atomically(folder / MANIFEST, json.dumps({"version": _VERSION} | asdict(self), indent=1))


def load_manifest(folder: Path) -> Manifest | None:
    """The manifest in `folder`, or None when there is none that this version can use: then the file is read anew."""
    try:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if document.pop("version") != _VERSION:
            return None
        parts = tuple(Part(**part) for part in document.pop("parts"))
        manifest = Manifest(parts=parts, **document)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None
    needed = [part.parquet for part in parts] + [part.quarantine for part in parts if part.bad]
    return manifest if all((folder / name).is_file() for name in needed) else None

"""The catalog of metric files as it is now: read when a file changed, and kept otherwise.

A file's time and size tell whether it changed. It must not write to the ledger; `watching` does.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.settings import Settings

Signature = frozenset[tuple[str, int, int]]


class Files:
    """The project's metric files. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._signature: Signature | None = None
        self._catalog: Catalog | None = None
        self._version = 0

    @property
    def catalog(self) -> Catalog:
        """What the files said when they were last looked at."""
        return self.versioned()[1]

    def versioned(self) -> tuple[int, Catalog]:
        """The catalog, and a number that grows whenever it is another one."""
        with self._lock:
            catalog = self._catalog
            if catalog is None:
                self._signature = signature_of(self.settings.defs)
                catalog = self._read()
            return self._version, catalog

    def version(self) -> int:
        """The number alone, for what is made of other files of the project."""
        return self.versioned()[0]

    def look(self) -> bool:
        """Reads the files again if one of them changed; tells whether one did."""
        signature = signature_of(self.settings.defs)
        with self._lock:
            if self._catalog is not None and signature == self._signature:
                return False
            self._signature = signature
            self._read()
            return True

    def _read(self) -> Catalog:
        self._catalog = load_catalog(self.settings)
        self._version += 1
        return self._catalog


def in_project(said: object, settings: Settings) -> str:
    """`said`, the project's files in it as they are called within the project."""
    return str(said).replace(f"{settings.project}/", "")


def signature_of(defs: Path) -> Signature:
    """Which files of services and metrics there are, with the time and size of each."""
    found: set[tuple[str, int, int]] = set()
    folders = [str(defs)]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir():
                if not entry.name.startswith((".", "__pycache__")):
                    folders.append(entry.path)
            elif entry.name.endswith((".sql", ".yaml")):
                try:
                    status = entry.stat()
                except OSError:
                    continue
                found.add((entry.path, status.st_mtime_ns, status.st_size))
    return frozenset(found)

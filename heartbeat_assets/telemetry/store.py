"""All the telemetry of one source: its files' typed Parquet, their rollups, and the quarantine.

The raw folder is the truth: the store covers exactly the files that are there, and a file that left is forgotten.
Under `folder` each input file has a folder of its own. Readers and writers take the lock. It must not know lanes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import HeartbeatError, InputUnreadable
from heartbeat_assets.telemetry import typed_sql
from heartbeat_assets.telemetry.event_files import event_files
from heartbeat_assets.telemetry.ingest import ingest_file
from heartbeat_assets.telemetry.manifest import MANIFEST, Manifest, load_manifest
from heartbeat_assets.telemetry.part import write_query
from heartbeat_assets.warehouse import QueryProblem, connect, run


@dataclass
class IngestReport:
    """What one look at the source came to. Totals are over everything the store now covers."""

    files: int = 0
    files_read: int = 0
    files_forgotten: int = 0
    events_total: int = 0
    parse_errors: int = 0
    new_events: int = 0
    new_parse_errors: int = 0
    bytes_read: int = 0
    problems: list[str] = field(default_factory=list)


class TelemetryStore:
    """The telemetry read from one source, kept below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scratch = folder / ".scratch"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the store: one process at a time brings it up to date or reads it."""
        from filelock import FileLock

        with self._writing():
            self.scratch.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def ingest(self, path: Path, progress: Callable[[str], None] = lambda _: None) -> IngestReport:
        """Reads what is new at `path`. Call it with the lock held.

        Every readable file is read and kept; then InputUnreadable names the others. A look that fails as a whole
        (InputMissing) changes nothing. Raises HeartbeatError when the store cannot be written.
        """
        files = {self._name(path, file): file for file in event_files(path)}
        with self._writing():
            return self._bring_up_to_date(files, progress)

    def _bring_up_to_date(self, files: dict[str, Path], progress: Callable[[str], None]) -> IngestReport:
        self._remove_scratch()
        report = IngestReport(files=len(files))
        for name, file in files.items():
            try:
                result = ingest_file(file, name, self.folder / _folder_name(name), self.scratch)
            except InputUnreadable as problem:
                report.problems.append(str(problem))
                continue
            report.new_events += result.new_rows
            report.new_parse_errors += result.new_bad
            report.bytes_read += result.bytes_read
            if result.bytes_read:
                report.files_read += 1
                progress(f"{name}: {result.new_rows:,} events, {result.new_bad:,} in quarantine")
        report.files_forgotten = self._forget_all_but(files)
        manifests = self.manifests()
        report.events_total = sum(manifest.rows for manifest in manifests)
        report.parse_errors = sum(manifest.bad for manifest in manifests)
        if report.problems:
            raise InputUnreadable("; ".join(report.problems))
        return report

    def forget(self) -> None:
        """Forgets every file: the source is empty now. Call it with the lock held."""
        self._forget_all_but({})

    def manifests(self) -> list[Manifest]:
        """What is known of every input file, by name."""
        found = (load_manifest(folder) for folder in self._file_folders())
        return sorted((manifest for manifest in found if manifest), key=lambda manifest: manifest.file)

    def parquet_files(self) -> list[Path]:
        """The typed events, a file per part."""
        return [
            self.folder / _folder_name(manifest.file) / part.parquet
            for manifest in self.manifests()
            for part in manifest.parts
        ]

    def rollup_files(
        self,
        source: str,
        event_sets: typed_sql.EventSets,
        sql: str,
        progress: Callable[[str], None] = lambda _: None,
    ) -> list[Path]:
        """A rollup by `sql` of each part, computing those that are not there. Call it with the lock held.

        `sql` reads the typed events and their `event_sets` under the name `source`. Raises QueryProblem when the engine
        refuses `sql`, HeartbeatError when the store cannot be written.
        """
        key = hashlib.sha256(json.dumps([source, event_sets, sql], sort_keys=True, default=list).encode()).hexdigest()[
            :12
        ]
        rollups, missing = [], []
        for manifest in self.manifests():
            folder = self.folder / _folder_name(manifest.file)
            for part in manifest.parts:
                rollups.append(folder / part.rollup(key))
                if not rollups[-1].is_file():
                    missing.append((folder / part.parquet, rollups[-1]))
        if missing:
            with connect(self.scratch) as connection:
                for parquet, rollup in missing:
                    progress(f"rolling up {parquet.parent.name}")
                    view_of_parquet(connection, source, event_sets, [parquet])
                    with self._writing():
                        write_query(connection, sql, rollup)
                        self._remove_other_rollups(rollup, parquet)
        return rollups

    def quarantined(self) -> Iterator[dict[str, Any]]:
        """Every line that could not be read: file, line, reason, text; by file and line."""
        for manifest in self.manifests():
            for part in manifest.parts:
                file = self.folder / _folder_name(manifest.file) / part.quarantine
                if part.bad and file.is_file():
                    with file.open(encoding="utf-8") as lines:
                        yield from (json.loads(line) for line in lines)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Names the folder where writing fails, the engine's writing too."""
        try:
            yield
        except (OSError, QueryProblem) as problem:
            if isinstance(problem, QueryProblem) and not problem.about_files:
                raise
            reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else problem
            raise HeartbeatError(
                f"{self.folder}: cannot be written ({reason}); check the disk, or set HEARTBEAT_HOME"
            ) from problem

    def _remove_other_rollups(self, rollup: Path, parquet: Path) -> None:
        for other in rollup.parent.iterdir():
            if other != rollup and other.name.startswith(f"{parquet.stem}.rollup-"):
                other.unlink(missing_ok=True)

    def _file_folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [folder for folder in self.folder.iterdir() if folder.is_dir() and not folder.name.startswith(".")]

    def _forget_all_but(self, names: dict[str, Path]) -> int:
        keep = {_folder_name(name) for name in names}
        gone = [folder for folder in self._file_folders() if folder.name not in keep]
        for folder in gone:
            # First what makes it count: half of it left by a crash is then nothing.
            (folder / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(folder)
        return len(gone)

    def _remove_scratch(self) -> None:
        for left in self.scratch.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink(missing_ok=True)

    @staticmethod
    def _name(path: Path, file: Path) -> str:
        return str(file.relative_to(path)) if file != path and file.is_relative_to(path) else str(file)


def view_of_parquet(connection: Any, source: str, event_sets: typed_sql.EventSets, files: Sequence[Path]) -> None:
    """Makes the view `source` of the typed events in Parquet `files` on `connection`; an empty one without files."""
    events = typed_sql.stored_events([str(file) for file in files]) if files else f"({typed_sql.EMPTY_EVENTS})"
    view = typed_sql.identifier(source)
    run(connection, f"CREATE OR REPLACE TEMP VIEW {view} AS {typed_sql.with_event_sets(events, event_sets)}")


def _folder_name(name: str) -> str:
    readable = re.sub(r"[^A-Za-z0-9._-]", "_", Path(name).name).strip(".")[:60]
    return f"{readable}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:12]}"

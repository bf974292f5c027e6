"""What was made of a file, kept until the file changes. It must not know what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from heartbeat_assets.errors import SpecProblem

T = TypeVar("T")


class ReadOnce(Generic[T]):
    """Calling it with a file gives what `read` made of it; a file that is as it was is not read again."""

    def __init__(self, read: Callable[[Path], T]) -> None:
        self._read = read
        self._kept: dict[Path, tuple[int, int, T]] = {}

    def __call__(self, file: Path) -> T:
        """What the file holds. Raises SpecProblem, also when it cannot be reached."""
        try:
            stat = file.stat()
        except OSError as problem:
            raise SpecProblem(str(file), [f"cannot be read: {problem.strerror}"]) from problem
        kept = self._kept.get(file)
        if kept is None or kept[:2] != (stat.st_mtime_ns, stat.st_size):
            kept = self._kept[file] = stat.st_mtime_ns, stat.st_size, self._read(file)
        return kept[2]

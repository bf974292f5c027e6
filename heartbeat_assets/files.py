"""Files that are either the old one or the new one, never half of it.

Used wherever something is written for others to read. It must not know what is in the files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path


def write_atomically(path: Path, content: str | bytes) -> None:
    """Puts `content` (text as UTF-8) at `path` by writing beside it, syncing and renaming."""
    write_chunks_atomically(path, [content.encode("utf-8") if isinstance(content, str) else content])


def write_new(path: Path, content: str) -> None:
    """Puts `content` as UTF-8 at `path`, whole or not at all. Raises FileExistsError where something is there."""
    _write_beside(path, [content.encode("utf-8")], _put_new)


def write_chunks_atomically(path: Path, chunks: Iterable[bytes]) -> None:
    """Like `write_atomically`, for content that does not fit in memory at once.

    A link stays a link: what it points to is replaced. A device or a pipe is written to.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as device:
            device.writelines(chunks)
        return
    _write_beside(path.resolve(), chunks, Path.replace)


def _put_new(partial: Path, path: Path) -> None:
    # Unlike a rename, this fails where there is a file already, whoever was faster.
    path.hardlink_to(partial)
    partial.unlink()


def _write_beside(path: Path, chunks: Iterable[bytes], put: Callable[[Path, Path], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes the file private; others are meant to read this one.
        Path(name).chmod(0o644)
        put(Path(name), path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a rename inside `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Files that are published together: readers of a folder see all of the old ones or all of the new ones.

Each release is written to a folder of its own, then one link is swapped. A leaf: it must not import a room, or know
what is in the files.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import sync_folder, write_atomically


@contextmanager
def releasing(target: Path) -> Iterator[None]:
    """Lets one at a time release to `target`. May be taken again by the one that holds it. Raises HeartbeatError."""
    from filelock import FileLock

    folder = _releases(target)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", is_singleton=True)
        lock.acquire()
    except OSError as problem:
        raise HeartbeatError(f"{folder}: cannot be written: {problem.strerror or problem}") from problem
    try:
        yield
    finally:
        lock.release()


def release(target: Path, contents: Mapping[str, str], what: str) -> None:
    """Makes `contents`, text by the name of its file, what is in the folder `target`.

    Raises HeartbeatError, saying `what` it was, when it cannot be written; what was there before stays.
    """
    made = _releases(target) / uuid.uuid4().hex[:12]
    try:
        with releasing(target):
            before = target.resolve()
            for name, content in contents.items():
                write_atomically(made / name, content.encode("utf-8", "replace"))
            _point(target, made)
            _remove_releases_but(made, before)
    except OSError as problem:
        if target.resolve() != made.resolve():
            shutil.rmtree(made, ignore_errors=True)
        raise HeartbeatError(
            f"{target}: the {what} cannot be written: {problem.strerror or problem}; the one before stays"
        ) from problem


def _point(target: Path, made: Path) -> None:
    """Makes `target` a link to `made` in one step."""
    link = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.link")
    try:
        link.symlink_to(os.path.relpath(made, target.parent), target_is_directory=True)
        link.replace(target)
    except OSError:
        link.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _remove_releases_but(current: Path, before: Path) -> None:
    """Keeps the release before as well: a reader may just be in it. What a failed attempt left goes."""
    for folder in current.parent.iterdir():
        if folder.is_dir() and folder.resolve() not in (current.resolve(), before):
            shutil.rmtree(folder, ignore_errors=True)


def _releases(target: Path) -> Path:
    return target.parent / ".releases" / target.name

"""Writing fixtures: what the scripts beside it share. They make the contents; this writes or compares them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path


def write_fixtures(folder: Path, fixtures: Mapping[str, bytes], arguments: list[str] | None = None) -> int:
    """Write the files of `folder`, or with --check only compare them (exit code 4 when one is not up to date)."""
    parser = argparse.ArgumentParser(description=f"Write the fixtures of lane {folder.name}.")
    parser.add_argument("--check", action="store_true", help="write nothing, say what is not up to date")
    check = parser.parse_args(arguments).check
    stale = [
        (folder / name, content)
        for name, content in fixtures.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    ]
    for path, content in stale:
        print(f"{'not up to date' if check else 'written'}: {path.relative_to(folder.parent)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    print(f"{len(fixtures) - len(stale)} of {len(fixtures)} files were up to date")
    return 4 if check and stale else 0

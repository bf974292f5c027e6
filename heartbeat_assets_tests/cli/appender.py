"""A process that appends digests through the command line and tells of each that is safely recorded.

python -m heartbeat_assets_tests.cli.appender FOLDER FIRST LAST
"""

import contextlib
import io
import json
import sys
from pathlib import Path

from heartbeat_assets.cli import main


def append_all(folder: Path, first: int, last: int) -> None:
    """Appends the digests FIRST to LAST in FOLDER, in order, and prints `number id` for each."""
    for number in range(first, last + 1):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            main(
                ["append", "citizen_product", "--digest", str(folder / f"digest-{number}.json"), "--json"],
                standalone_mode=False,
            )
        report = json.loads(printed.getvalue())
        assert report["appended"] or report["duplicate_detected"]
        print(number, report["heartbeat"]["heartbeat_id"], flush=True)


if __name__ == "__main__":
    append_all(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))

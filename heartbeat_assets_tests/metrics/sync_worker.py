"""What the processes of the test of the registry do, each in a process of its own."""

from pathlib import Path

from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.metrics.catalog import load_catalog
from heartbeat_assets.metrics.registry import sync
from heartbeat_assets.settings import Settings
from heartbeat_assets_tests.metrics.projects import PROGRAM


def sync_at_once(root: Path, url: str) -> None:
    """Brings the ledger in line with the files of the project in `root`."""
    settings = Settings(root, root / "defs", root, url)
    sync(load_catalog(settings), open_ledger(url).metrics, actor=PROGRAM)

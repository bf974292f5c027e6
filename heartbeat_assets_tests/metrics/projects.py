"""A project with metrics services and without Dagster, for tests that write its files."""

from __future__ import annotations

from pathlib import Path

from heartbeat_assets.ledger import Actor
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.settings import Settings

PERSON = Actor("ana@example.org", "person", "cli")
PROGRAM = Actor("registry", "program", "dagster")
SERVICE = """type: heartbeat_assets.MetricService
attributes:
  sources:
    orders: {kind: table, path: data/orders.csv}
    events: {kind: events, path: data/events}
"""
HEADER = {
    "name": "Answered sessions",
    "code": "ANSW",
    "period": "last 24 hours",
    "unit": "ratio",
    "direction": "higher_is_better",
    "description": "Share of the sessions that got an answer.",
    "how_to_read": "Around 0.9 is normal.",
    "methodology": "Sessions with an answer / all sessions.",
    "sources": "orders",
    "norm_value": "0.85",
    "alert_value": "0.7",
}
SQL = "SELECT count(*) AS value FROM orders"


def metric_text(sql: str = SQL, **header: str | None) -> str:
    """A metric's file; a key that is given as None is left out."""
    lines = [f"-- {key}: {value}\n" for key, value in {**HEADER, **header}.items() if value is not None]
    return "".join(lines) + sql + "\n"


class MetricsProject:
    """A project in `folder`, with nothing in its defs folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(folder, folder / "defs", folder / "home", str(folder / "home" / "ledger.sqlite"))
        self.settings.defs.mkdir(parents=True)

    @property
    def catalog(self) -> Catalog:
        """The metrics as their files are now."""
        return load_catalog(self.settings)

    def file(self, metric_id: str) -> MetricFile:
        """The metric as its file is now."""
        return self.catalog.files[metric_id]

    def write(self, path: str, text: str | bytes) -> Path:
        """Writes a file below the project."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def write_service(self, name: str = "shop", yaml: str = SERVICE) -> Path:
        """Writes the defs.yaml of a service; returns it."""
        return self.write(f"defs/{name}/defs.yaml", yaml)

    def write_metric(self, metric_id: str, sql: str = SQL, *, service: str = "shop", **header: str | None) -> Path:
        """Writes a metric of the service; returns its file. The code is made of the id unless it is given."""
        code = {"code": metric_id.upper().replace("_", "")[:4].ljust(4, "0")} | header
        return self.write(f"defs/{service}/metrics/{metric_id}.sql", metric_text(sql, **code))

"""The documents about how everything stands: HEARTBEAT.md and the status page, written from one plain value.

Plain Python. It must not look at anything: no clock, no ledger, no file.
"""

from heartbeat_assets.objectives.documents.heartbeat_md import heartbeat_document
from heartbeat_assets.objectives.documents.status_page import status_page

__all__ = ["heartbeat_document", "status_page"]

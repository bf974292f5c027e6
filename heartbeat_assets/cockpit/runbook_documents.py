"""The runbook's document as models, for OpenAPI. What is in it is said by `governance.runbook`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class RunbookItemDocument(BaseModel):
    """One check."""

    id: str
    ok: bool
    severity: Literal["BLOCKER", "WARN", "INFO"]
    message: str
    detail: dict[str, Any] = Field(description="The figures behind the message; never a secret.")
    fix: str


class RunbookDocument(BaseModel):
    """Whether production may be enabled."""

    generated_at: datetime
    blockers: list[RunbookItemDocument]
    warnings: list[RunbookItemDocument]
    info: list[RunbookItemDocument]
    ok_to_enable_go_live: bool

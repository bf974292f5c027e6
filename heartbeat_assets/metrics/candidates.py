"""The page of a day's new metrics: what each is for, what red would mean, what its draft said. It must not write it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from heartbeat_assets.metrics.measuring import Measured
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.similar import Similar
from heartbeat_assets.metrics.validation_text import meaning_of
from heartbeat_assets.metrics.wording import instant_words, number_words


@dataclass(frozen=True)
class Candidate:
    """A new metric, the file it goes to, what its draft returned at `at`, what it resembles, and why it is wanted."""

    file: MetricFile
    path: Path
    at: datetime
    measured: Measured
    crosscheck: float | None
    similar: Sequence[Similar]
    rationale: str


def candidate_page(before: str, candidate: Candidate, project: Path, now: datetime) -> str:
    """The page `before` (empty: none yet) with the candidate behind the others."""
    begun = before.rstrip() or (
        f"# Metric candidates of {now.astimezone(UTC):%Y-%m-%d}\n\n"
        "New metrics, each with the reason for having it. They are unverified until an owner stands behind them."
    )
    return f"{begun}\n\n{_section(candidate, project, now)}\n"


def _section(candidate: Candidate, project: Path, now: datetime) -> str:
    file, header = candidate.file, candidate.file.header
    facts = [
        f"Value of the draft at {instant_words(candidate.at)}: {_value(candidate.measured.value, header.unit)}",
        *([f"Crosscheck: {_value(candidate.crosscheck, header.unit)}"] if file.crosscheck is not None else []),
        f"Period: {header.period}. Sources: {', '.join(header.sources)}"
        + (f", as of {instant_words(as_of)}" if (as_of := candidate.measured.source_as_of) else ""),
        *meaning_of(header.thresholds, header.unit),
        *(f"Like it: {similar.sentence}" for similar in candidate.similar),
        f"File: `{_near(candidate.path, project)}`, query `{file.sql_hash[:12]}`",
    ]
    parts = [
        f"## {header.code}: {header.name}",
        f"`{file.metric_id}` of `{file.service}`, drafted at {instant_words(now)}. {header.description}",
        f"**What red would mean.** {' '.join(candidate.rationale.split())}",
        "\n".join(f"- {_ended(fact)}" for fact in facts),
    ]
    return "\n\n".join(parts)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."


def _value(value: float | None, unit: str) -> str:
    return "none" if value is None else number_words(value, unit)


def _near(path: Path, project: Path) -> str:
    return path.relative_to(project).as_posix() if path.is_relative_to(project) else str(path)

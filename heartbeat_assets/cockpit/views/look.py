"""States of operations as they look: a shape, a word and a colour, the same on every page. It must not judge."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """A state: its shape, its word, and the tone that colours it (green, amber, red or no_data)."""

    mark: str
    word: str
    tone: str


LOOKS: dict[str, Look] = {
    # Components.
    "OK": Look("●", "OK", "green"),
    "DEGRADED": Look("▲", "DEGRADED", "amber"),
    "DOWN": Look("◆", "DOWN", "red"),
    "NO_DATA": Look("○", "no data", "no_data"),
    # Budgets of SLOs.
    "green": Look("●", "green", "green"),
    "yellow": Look("▲", "yellow", "amber"),
    "red": Look("◆", "red", "red"),
    "exhausted": Look("◆", "exhausted", "red"),
    "problem": Look("◆", "cannot be measured", "red"),
    "no_data": Look("○", "no data", "no_data"),
    "pending": Look("◔", "not measured yet", "no_data"),
    # Metrics.
    "amber": Look("▲", "amber", "amber"),
    # Incidents.
    "open": Look("◆", "open", "red"),
    "acknowledged": Look("▲", "acknowledged", "amber"),
    "mitigated": Look("▲", "mitigated", "amber"),
    "resolved": Look("●", "resolved", "green"),
    # Promises.
    "running": Look("◔", "running", "no_data"),
    "met": Look("●", "kept", "green"),
    "breached": Look("◆", "late", "red"),
    # Scenarios and their symptoms.
    "applies": Look("▲", "applies", "amber"),
    "rests": Look("●", "does not apply", "green"),
    "undecided": Look("○", "nobody can say", "no_data"),
    "shows": Look("▲", "shows", "amber"),
    "quiet": Look("●", "does not show", "green"),
    "unknown": Look("○", "no figure", "no_data"),
    "people": Look("○", "for people to see", "no_data"),
}


def look_of(state: str) -> Look:
    """How `state` looks; what is not known here looks like no data, under its own name."""
    return LOOKS.get(state) or Look("○", state.replace("_", " "), "no_data")

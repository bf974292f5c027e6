"""Dagster's door: every lane below defs/, as Dagster definitions. It must not define anything itself."""

from pathlib import Path

from dagster import Definitions, definitions, load_from_defs_folder


@definitions
def defs() -> Definitions:
    """Everything in the project's defs folder."""
    return load_from_defs_folder(path_within_project=Path(__file__).parent)

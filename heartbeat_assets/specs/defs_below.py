"""Every defs.yaml below the defs folder, and what components of one type say in them; one bad file hides no other.

It must not know what a component is, nor what it says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from heartbeat_assets.errors import SpecProblem

Spec = TypeVar("Spec")
SpecIn = Callable[[Path], Spec | None]
"""What reads a file: the spec in it, or None when it holds none. Raises SpecProblem."""


@dataclass
class OnlyOne(Generic[Spec]):
    """What a project has one of: the first one there is, and every mistake on the way to it."""

    file: Path | None = None
    spec: Spec | None = None
    problems: list[SpecProblem] = field(default_factory=list)
    broken: Path | None = None
    """The last file that was meant to be one and is wrong."""


def add_each(
    defs: Path, spec_in: SpecIn[Spec], add: Callable[[Path, Spec], None], problems: list[SpecProblem], what: str
) -> None:
    """Calls `add` with each defs.yaml that has a spec, in the order of their paths. What `spec_in` or `add` refuse goes
    to `problems`, and so do folders that cannot be read, where `what` may be missing.
    """
    for file in _files_below(defs, problems, what):
        try:
            spec = spec_in(file)
            if spec is not None:
                add(file, spec)
        except SpecProblem as problem:
            problems.append(problem)


def only_one(defs: Path, spec_in: SpecIn[Spec], *, what: str, name: str, folder: str, words: str) -> OnlyOne[Spec]:
    """The one of its type below `defs`, called `name`; where several are, the first, and a mistake that names them all.

    A wrong file counts when it lies in `folder` or its `type` has `words`, a pattern; the mistakes of others are told
    where they belong. Without the defs folder there is none, and nothing is wrong.
    """
    one: OnlyOne[Spec] = OnlyOne()
    files: list[str] = []
    for file in _files_below(defs, one.problems, what, may_be_absent=True):
        try:
            spec = spec_in(file)
        except SpecProblem as problem:
            if _is_meant(file, folder, words):
                one.problems.append(problem)
                one.broken = file
            continue
        if spec is not None:
            if not files:
                one.file, one.spec = file, spec
            files.append(str(file))
    if len(files) > 1:
        one.problems.append(SpecProblem(" and ".join(files), [f"a project has one {name}; take one out"]))
    return one


def _files_below(defs: Path, problems: list[SpecProblem], what: str, *, may_be_absent: bool = False) -> list[Path]:
    def unreadable(problem: OSError) -> None:
        if not (may_be_absent and isinstance(problem, FileNotFoundError)):
            sentence = f"cannot be read: {problem.strerror}; {what} may be missing"
            problems.append(SpecProblem(str(problem.filename), [sentence]))

    walked = os.walk(defs, onerror=unreadable)
    return sorted(Path(folder) / "defs.yaml" for folder, _, names in walked if "defs.yaml" in names)


def _is_meant(file: Path, folder: str, words: str) -> bool:
    if file.parent.name == folder:
        return True
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return re.search(rf"^type:.*{words}", text, re.I | re.M) is not None

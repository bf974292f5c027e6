"""Every metric of the project as its files have it now, and every mistake in them; one bad file hides no other.

Reading it loads neither the engine nor the ledger. It must not decide what becomes of a metric; `registry` does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.metric_file import MetricFile, read_metric_file
from heartbeat_assets.metrics.service import METRICS, Service, add_service, load_service
from heartbeat_assets.metrics.service_file import COMPONENT_TYPES
from heartbeat_assets.settings import Settings


@dataclass
class Catalog:
    """The metrics' files: those that are right, by their ids, and what is wrong with the others.

    `wrong` has the files with mistakes by service and id. `unread` names the folders whose defs.yaml or metrics could
    not be read or are no service's, and `complete` is false when a part of the defs folder could not: what is missing
    there may be there.
    `clashes` are ids of right files that must not be registered, as their code is another's too.
    """

    settings: Settings
    services: dict[str, Service] = field(default_factory=dict)
    files: dict[str, MetricFile] = field(default_factory=dict)
    problems: list[SpecProblem] = field(default_factory=list)
    wrong: dict[str, dict[str, SpecProblem]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    complete: bool = True
    clashes: set[str] = field(default_factory=set)

    def broken(self, service: str) -> dict[str, SpecProblem]:
        """What is wrong with files of `service`, by the ids that they are named after."""
        return self.wrong.get(service, {})

    def of_service(self, service: str) -> list[MetricFile]:
        """The right files of `service`, in the order of their ids."""
        return [file for file in self.files.values() if file.service == service]

    def is_gone(self, metric_id: str, service: str | None) -> bool:
        """Whether the file of `metric_id`, last seen in `service`, is surely removed: not just wrong or unreadable."""
        wrong = any(metric_id in files for files in self.wrong.values())
        return self.complete and metric_id not in self.files and not wrong and service not in self.unread


def load_catalog(settings: Settings) -> Catalog:
    """Every metric below the defs folder. Never raises for what is wrong there: that is in `problems`."""
    catalog = Catalog(settings)
    defs_files, with_metrics = _walked(catalog)
    for file in defs_files:
        _add_service(catalog, file)
    _note_strays(catalog, with_metrics)
    found: dict[str, list[MetricFile]] = {}
    for service in catalog.services.values():
        for one in _metrics_of(catalog, service):
            found.setdefault(one.metric_id, []).append(one)
    for metric_id, files in sorted(found.items()):
        if len(files) == 1:
            catalog.files[metric_id] = files[0]
        else:
            _refuse_twins(catalog, files)
    _note_codes(catalog)
    return catalog


def _walked(catalog: Catalog) -> tuple[list[Path], list[Path]]:
    """Every defs.yaml below the defs folder, and every folder that has files of metrics."""

    def unreadable(problem: OSError) -> None:
        catalog.complete = False
        sentence = f"cannot be read: {problem.strerror}; metrics may be missing"
        catalog.problems.append(SpecProblem(str(problem.filename), [sentence]))

    files, with_metrics = [], []
    for folder, _, names in os.walk(catalog.settings.defs, onerror=unreadable):
        path = Path(folder)
        if "defs.yaml" in names:
            files.append(path / "defs.yaml")
        if path.name == METRICS and any(_is_metric(name) for name in names):
            with_metrics.append(path.parent)
    return sorted(files), sorted(with_metrics)


def _is_metric(name: str) -> bool:
    """Whether a file is one of a metric, if perhaps a wrong one. Editors keep hidden files beside the one open."""
    return not name.startswith(".") and name.lower().endswith(".sql")


def _note_strays(catalog: Catalog, with_metrics: list[Path]) -> None:
    """Notes folders with metrics that are no service, or no more: nothing retires a metric whose file is there."""
    services = {service.folder for service in catalog.services.values()}
    for folder in with_metrics:
        if folder in services or folder.name in catalog.unread:
            continue
        catalog.unread.add(folder.name)
        file = folder / "defs.yaml"
        what = f"holds no {COMPONENT_TYPES[0]}" if file.exists() else "is missing"
        sentence = f"{what}, but {METRICS}/ beside it has metrics, which nothing computes; write one, or remove them"
        catalog.problems.append(SpecProblem(str(file), [sentence]))


def _add_service(catalog: Catalog, file: Path) -> None:
    try:
        service = load_service(catalog.settings, file)
        if service is not None:
            add_service(catalog.services, service)
    except SpecProblem as problem:
        catalog.unread.add(file.parent.name)
        # Of a folder without metrics it is a lane's mistake, and told there.
        if (file.parent / "metrics").is_dir():
            catalog.problems.append(problem)


def _metrics_of(catalog: Catalog, service: Service) -> Iterator[MetricFile]:
    """The right files of `service`; notes the mistakes of the others."""
    try:
        paths = sorted(service.metrics_folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as problem:
        catalog.unread.add(service.name)
        folder = str(service.metrics_folder)
        # The walk over the defs folder may have met it before.
        if not any(known.file == folder for known in catalog.problems):
            catalog.problems.append(SpecProblem(folder, [f"cannot be read: {problem.strerror}"]))
        return
    for path in paths:
        if not _is_metric(path.name):
            continue
        try:
            if path.suffix != ".sql":
                raise SpecProblem(str(path), [f"write the ending of the file as .sql, not {path.suffix}"])
            yield read_metric_file(path, service)
        except SpecProblem as problem:
            _note(catalog, service.name, path.stem, problem)


def _note(catalog: Catalog, service: str, metric_id: str, problem: SpecProblem) -> None:
    catalog.wrong.setdefault(service, {})[metric_id] = problem
    catalog.problems.append(problem)


def _refuse_twins(catalog: Catalog, files: list[MetricFile]) -> None:
    """Notes that an id is in two services: which of the two is meant is for a person to say."""
    for file in files:
        others = " and ".join(str(other.path) for other in files if other is not file)
        sentence = f"the id {file.metric_id!r} is that of {others} too; an id is one metric's: rename a file"
        _note(catalog, file.service, file.metric_id, SpecProblem(str(file.path), [sentence]))


def _note_codes(catalog: Catalog) -> None:
    by_code: dict[str, list[MetricFile]] = {}
    for file in catalog.files.values():
        by_code.setdefault(file.header.code, []).append(file)
    for code, files in by_code.items():
        for file in files if len(files) > 1 else []:
            others = " and ".join(str(other.path) for other in files if other is not file)
            sentence = f"line {file.code_line}, code: {code} is that of {others} too; give one of them another"
            catalog.problems.append(SpecProblem(str(file.path), [sentence]))
            catalog.clashes.add(file.metric_id)

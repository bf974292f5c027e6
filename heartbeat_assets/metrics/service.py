"""A metrics service as it stands on disk: its spec, its folder, and where its files and its state are.

It must not read the metrics (`catalog` does) or run anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from heartbeat_assets.errors import SpecProblem, UsageProblem
from heartbeat_assets.metrics.service_file import service_spec_in
from heartbeat_assets.metrics.service_spec import ServiceSpec
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.owner import path_of
from heartbeat_assets.sources.spec import Source
from heartbeat_assets.specs.fields import NAME_PATTERN

METRICS = "metrics"
"""The folder of a service with the files of its metrics."""


@dataclass(frozen=True)
class Service:
    """One service, called as its folder. `folder` holds defs.yaml and `metrics`; `settings` is the project's."""

    name: str
    spec: ServiceSpec
    folder: Path
    settings: Settings

    @property
    def kind(self) -> str:
        """What messages about its sources call it."""
        return "service"

    @property
    def sources(self) -> dict[str, Source]:
        """What its metrics' SQL reads, each by the name of its table."""
        return self.spec.sources

    @property
    def home(self) -> Path:
        """Where everything computed for this service is kept."""
        return self.settings.home / "services" / self.name

    @property
    def published(self) -> Path:
        """The folder that readers of the published scorecard are pointed at."""
        # Not among the lanes' reports: a lane may have the same name.
        return self.settings.home / "scorecards" / self.name

    @property
    def metrics_folder(self) -> Path:
        """Where the files of its metrics are."""
        return self.folder / METRICS

    def source_path(self, source: str, /) -> Path | None:
        """Where the files of `source` are, relative paths being relative to the project; None for no files."""
        return path_of(self.sources[source], self.settings)

    def sql_files(self) -> dict[str, str]:
        """Every query of the service by its file's name, the header being a comment of it."""
        found = {}
        for path in sorted(self.metrics_folder.glob("[!.]*.sql")):
            try:
                found[f"{METRICS}/{path.name}"] = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as problem:
                reason = problem.strerror if isinstance(problem, OSError) else "not UTF-8 text"
                raise SpecProblem(str(path), [f"cannot be read: {reason}"]) from problem
        return found


def load_service(settings: Settings, file: Path) -> Service | None:
    """The service in the defs.yaml `file`, or None when it holds none. Raises SpecProblem."""
    spec = service_spec_in(file)
    if spec is None:
        return None
    return Service(service_name(file.parent), spec, file.parent, settings)


def service_name(folder: Path) -> str:
    """What the service in `folder` is called. Raises SpecProblem when the folder's name is no name for a service."""
    if not re.fullmatch(NAME_PATTERN, folder.name):
        sentence = (
            f"the folder's name {folder.name!r} cannot be a service's; rename it to lower-case letters, digits and _, "
            "starting with a letter"
        )
        raise SpecProblem(str(folder / "defs.yaml"), [sentence])
    return folder.name


def find_services(settings: Settings) -> dict[str, Service]:
    """Every service below the defs folder by its name. Raises SpecProblem for the first file that is wrong."""
    services: dict[str, Service] = {}
    for file in sorted(settings.defs.glob("**/defs.yaml")):
        service = load_service(settings, file)
        if service is not None:
            add_service(services, service)
    return services


def add_service(services: dict[str, Service], service: Service) -> None:
    """Adds `service` to `services` by its name. Raises SpecProblem when another has the name."""
    if service.name in services:
        taken = services[service.name].folder
        sentence = f"a service called {service.name!r} is there already, {taken}; rename the folder"
        raise SpecProblem(str(service.folder / "defs.yaml"), [sentence])
    services[service.name] = service


def find_service(settings: Settings, name: str) -> Service:
    """The service called `name`. Raises UsageProblem when there is none."""
    services = find_services(settings)
    if name not in services:
        known = ", ".join(services) or f"none below {settings.defs}"
        raise UsageProblem(f"no service {name!r}; there is {known}")
    return services[name]

"""Files of OpenSLO documents: reading them, a mistake a sentence that names file, document and field, and writing them.

What is read can be written again and is then the same. It must not know what is done with a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.objectives.slo.model import API_VERSION, DOCUMENTS, Document
from heartbeat_assets.specs.problems import checked
from heartbeat_assets.specs.yaml_file import documents_in

_EARLIER = ("openslo/v1alpha", "openslo/v1beta1", "openslo/v2alpha", "openslo/v2alpha1")


@dataclass(frozen=True)
class Placed:
    """A document and where it was read."""

    file: str
    position: int
    document: Document

    @property
    def kind(self) -> str:
        """`SLO`."""
        return self.document.kind

    @property
    def name(self) -> str:
        """What others refer to it by."""
        return self.document.metadata.name

    @property
    def words(self) -> str:
        """`document 2 (SLO api-read)`."""
        return _words(self.position, self.kind, self.name)


@dataclass(frozen=True)
class Read:
    """All documents of some files; `problems` has a sentence per mistake, and what has one is not among `documents`."""

    documents: tuple[Placed, ...]
    problems: tuple[str, ...]


def read_files(files: Iterable[Path]) -> Read:
    """The documents of `files`. Never raises for what they hold."""
    documents: list[Placed] = []
    problems: list[str] = []
    for file in files:
        try:
            contents = documents_in(file)
        except SpecProblem as problem:
            problems.append(str(problem))
            continue
        written = [one for content in contents for one in (content if isinstance(content, list) else [content])]
        if written in ([], [None]):
            problems.append(f"{file}: holds no OpenSLO document; write one, or take the file away")
        for position, one in enumerate(written, start=1):
            if one is None:
                # `---` before the first document, or after the last.
                continue
            try:
                documents.append(Placed(str(file), position, _document(one, file)))
            except SpecProblem as problem:
                where = _words(position, _text(one, "kind"), _text(_part(one, "metadata"), "name"))
                problems += [f"{file}: {where}, {sentence}" for sentence in problem.problems]
    problems += _given_twice(documents)
    return Read(tuple(documents), tuple(problems))


def files_in(folder: Path) -> list[Path]:
    """The YAML files in `folder` and below that hold an OpenSLO document, in the order of their names.

    Dagster's own files are left out; what is no YAML but speaks of OpenSLO is not, nor what cannot be read: whoever
    reads it says so.
    """
    found = (path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.name != "defs.yaml")
    return sorted(path for path in found if path.is_file() and _may_be_openslo(path))


def _may_be_openslo(file: Path) -> bool:
    try:
        return b"openslo/" in file.read_bytes()
    except OSError:
        return True


def export(documents: Iterable[Document]) -> str:
    """The documents as one YAML text, with what was left out left out again."""
    plain = [one.model_dump(exclude_unset=True) for one in documents]
    return yaml.dump_all(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, explicit_start=True, width=120)


def _document(given: Any, file: Path) -> Document:
    """The document that `given` writes. Raises SpecProblem."""
    if not isinstance(given, dict):
        raise SpecProblem(str(file), ["must be a mapping with apiVersion, kind, metadata and spec"])
    version, kind = given.get("apiVersion"), given.get("kind")
    if version != API_VERSION:
        other = f"; {version} is another version: rewrite the document" if version in _EARLIER else ""
        raise SpecProblem(str(file), [f"apiVersion: must be {API_VERSION!r}, not {version!r}{other}"])
    if not isinstance(kind, str) or kind not in DOCUMENTS:
        kinds = {known.lower(): known for known in DOCUMENTS}
        close = get_close_matches(str(kind).lower(), kinds, n=1)
        instead = f"did you mean {kinds[close[0]]!r}?" if close else f"there are {', '.join(DOCUMENTS)}"
        raise SpecProblem(str(file), [f"kind: there is no {kind!r}; {instead}"])
    return checked(DOCUMENTS[kind], given, str(file))


def _given_twice(documents: list[Placed]) -> Iterator[str]:
    first: dict[tuple[str, str], Placed] = {}
    for one in documents:
        earlier = first.setdefault((one.kind, one.name), one)
        if earlier is not one:
            where = f"document {earlier.position}" + (f" of {earlier.file}" if earlier.file != one.file else "")
            yield f"{one.file}: {one.words}, metadata.name: {where} has that name already; choose another"


def _words(position: int, kind: str, name: str) -> str:
    called = " ".join(word for word in (kind, name) if word)
    return f"document {position}" + (f" ({called})" if called else "")


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any, name: str) -> str:
    found = _part(value, name)
    return found if isinstance(found, str) else ""


class _Dumper(yaml.SafeDumper):
    """Writes SQL and other long text as lines, and repeats what stands twice instead of pointing at it."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)

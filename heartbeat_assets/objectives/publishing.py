"""The documents of operations on their way to readers: made, kept as candidates, looked through, and published.

A candidate may hold personal data: it is for the check alone. Whoever publishes looks anew, as what was looked through
earlier may be another text by now. It must not know what is in a document, nor say what is allowed in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Literal

from heartbeat_assets.errors import HeartbeatError, InputMissing
from heartbeat_assets.files import write_atomically
from heartbeat_assets.ledger import Ledger, existing_ledger, open_ledger
from heartbeat_assets.objectives.documents import heartbeat_document, status_page
from heartbeat_assets.objectives.operations import Operations
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.objectives.privacy import Finding, Kind, find_personal_data
from heartbeat_assets.releases import release
from heartbeat_assets.settings import Settings

DocumentName = Literal["heartbeat_document", "status_page"]
HEARTBEAT_DOCUMENT: DocumentName = "heartbeat_document"
STATUS_PAGE: DocumentName = "status_page"
DOCUMENTS: tuple[DocumentName, ...] = (HEARTBEAT_DOCUMENT, STATUS_PAGE)
HEARTBEAT_MD = "HEARTBEAT.md"
WORDS: Mapping[DocumentName, str] = {HEARTBEAT_DOCUMENT: HEARTBEAT_MD, STATUS_PAGE: "the status page"}
"""What people call them."""

Findings = Mapping[str, Sequence[Finding]]
"""What was found, by file; files without any are left out."""

_KINDS: dict[str, Kind] = {".md": "markdown", ".html": "html", ".xml": "xml", ".svg": "svg", ".json": "json"}
_TOLD = 5


@dataclass(frozen=True)
class Document:
    """A document: its files as they are to be published, by their paths."""

    name: DocumentName
    files: Mapping[str, bytes]

    def personal_data(self, spec: OperationsSpec) -> Findings:
        """What must not be published of it; of the name of a file too."""
        found = {path: personal_data_of(path, content, spec) for path, content in sorted(self.files.items())}
        return {path: several for path, several in found.items() if several}


class PersonalData(HeartbeatError):
    """There is personal data in what was about to be published; `findings` say where, and never what."""

    exit_code = 4

    def __init__(self, document: Document, findings: Findings) -> None:
        self.findings = findings
        super().__init__(
            f"{WORDS[document.name]} is not published, as there is personal data in it: "
            f"{'; '.join(sentences(findings))}. What was published before stays. Take it out of what it comes from "
            "(an incident, a reason, the operations' defs.yaml); what a timeline says is withheld with "
            "`heartbeat incident update ID --withhold PLACE`; what may stand there goes to `personal_data.allowed`"
        )


def ledger_of(settings: Settings) -> Ledger:
    """The ledger that the documents are made of. Once one is published, a ledger that is gone is not made anew: what is
    made of an empty one would tell readers that there never was an incident. Raises LedgerError.
    """
    was_there = any(published_path(settings, name).exists() for name in DOCUMENTS)
    return (existing_ledger if was_there else open_ledger)(settings.ledger_url)


def made_of(operations: Operations, name: DocumentName) -> Document:
    """The document as `operations` make it."""
    make: dict[DocumentName, Callable[[], dict[str, bytes]]] = {
        HEARTBEAT_DOCUMENT: lambda: {HEARTBEAT_MD: heartbeat_document(operations).encode("utf-8", "replace")},
        STATUS_PAGE: lambda: status_page(operations),
    }
    return Document(name, make[name]())


def personal_data_of(path: str, content: bytes, spec: OperationsSpec) -> list[Finding]:
    """What must not be published of a file or of its path; how it is read, the end of its name says."""
    kind = _KINDS.get(PurePosixPath(path).suffix.lower(), "text")
    rules = tuple(spec.allowed), tuple(spec.personal_data.patterns.items())
    return [*_search(path, "text", *rules), *_search(content.decode("utf-8", "replace"), kind, *rules)]


# Whoever publishes searches again. The same text by the same rules has the same answer; it is worked out once.
@lru_cache(maxsize=1024)
def _search(
    text: str, kind: Kind, allowed: tuple[str, ...], patterns: tuple[tuple[str, str], ...]
) -> tuple[Finding, ...]:
    return tuple(find_personal_data(text, kind=kind, allowed=allowed, patterns=dict(patterns)))


def sentences(findings: Findings) -> list[str]:
    """A sentence for each finding: its place and kind; of many the first few, and how many more there are."""
    said = [f"{path}, {one.sentence}" for path, several in findings.items() for one in several]
    return said if len(said) <= _TOLD else [*said[:_TOLD], f"and {len(said) - _TOLD} more"]


def candidate_folder(settings: Settings, name: DocumentName) -> Path:
    """Where the candidate of a document lies."""
    return settings.home / "candidates" / name


def keep_candidate(settings: Settings, document: Document) -> Path:
    """Writes `document` where the check reads it, and returns the folder. Raises HeartbeatError."""
    folder = candidate_folder(settings, document.name)
    release(folder, _texts(document), "candidate")
    return folder


def candidate(settings: Settings, name: DocumentName) -> Document:
    """The candidate as it lies there. Raises InputMissing where there is none, and HeartbeatError."""
    folder = candidate_folder(settings, name)
    # What the link points to at this moment: what another run writes meanwhile is another folder.
    made = folder.resolve()
    try:
        files = {path.relative_to(made).as_posix(): path.read_bytes() for path in made.rglob("*") if path.is_file()}
    except OSError as problem:
        raise HeartbeatError(f"{folder}: cannot be read: {problem.strerror or problem}") from problem
    if not files:
        raise InputMissing(f"{folder}: there is no candidate of {WORDS[name]} yet; materialize it first")
    return Document(name, files)


def published_path(settings: Settings, name: DocumentName) -> Path:
    """Where readers find a document: a file, or the folder of the site."""
    return settings.home / "documents" / (HEARTBEAT_MD if name == HEARTBEAT_DOCUMENT else name)


def places_of(settings: Settings, spec: OperationsSpec, name: DocumentName) -> list[Path]:
    """Where a document is published; the place that the file names is the last."""
    also = spec.publish.heartbeat if name == HEARTBEAT_DOCUMENT else spec.publish.status_page
    return [published_path(settings, name), *([settings.project / Path(also).expanduser()] if also else [])]


def publish(document: Document, spec: OperationsSpec, places: Sequence[Path]) -> None:
    """Makes `document` what is at each of `places`.

    Raises PersonalData when there is some in it, and HeartbeatError when it cannot be written; what was there before
    stays.
    """
    found = document.personal_data(spec)
    if found:
        raise PersonalData(document, found)
    for place in places:
        if document.name == STATUS_PAGE:
            release(place, _texts(document), "status page")
        else:
            _write(place, document.files[HEARTBEAT_MD])


def _texts(document: Document) -> dict[str, str]:
    return {path: content.decode("utf-8", "replace") for path, content in document.files.items()}


def _write(file: Path, content: bytes) -> None:
    try:
        write_atomically(file, content)
    except OSError as problem:
        said = problem.strerror or problem
        raise HeartbeatError(f"{file}: cannot be written: {said}; the one before stays") from problem

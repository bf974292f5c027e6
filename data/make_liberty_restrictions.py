"""Write the fixtures of lane liberty_restrictions: six tables in which every gate passes, and one that breaks one gate.

They imitate a register that splits acts into fragments, notes who is responsible for each, and scores how much each
restricts a liberty. The country, its acts, its gazettes and every figure are made up.

Running it again changes nothing; `--check` only says whether the files are up to date. It needs the standard
library alone and must not import the package whose lane the files feed.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixture_files import write_fixtures

FOLDER = Path(__file__).resolve().parent / "liberty_restrictions"
# What the broken set does without: with them its norm is no longer classified.
WITHDRAWN = "markets-ordinance"

METHODOLOGIES = (("1.0", "Index of restriction, first edition"), ("1.1", "Index of restriction, with confidence"))
RIGHTS = (
    ("assembly", "Freedom of assembly"),
    ("enterprise", "Freedom of enterprise"),
    ("expression", "Freedom of expression"),
    ("movement", "Freedom of movement"),
    ("privacy", "Privacy and personal data"),
    ("property", "Use of one's property"),
)


@dataclass(frozen=True)
class Fragment:
    """A part of an act: who answers for it, and how much (0 to 100) it restricts which right, how surely (0 to 1)."""

    label: str
    roles: tuple[str, ...] = ()
    scores: tuple[tuple[str, float, float | None], ...] = ()


@dataclass(frozen=True)
class Norm:
    """An act, where it was published, and its fragments."""

    norm_id: str
    gazette_number: str | None  # only the state gazette numbers its acts
    title: str
    scope: str
    source_id: str | None
    fragments: tuple[Fragment, ...] = ()


NORMS = (
    Norm("assemblies-act", "SG-2019-0412", "Act on public assemblies", "national", "state_gazette", (
        Fragment("Article 3, notice", ("proposed", "approved"), (("assembly", 62.5, 0.9), ("expression", 31.0, 0.7))),
        Fragment("Article 8, routes and hours", ("approved",), (("assembly", 48.0, 0.8), ("movement", 27.5, 0.6))),
        Fragment("Article 14, fines", ("approved", "enforced"), (("assembly", 71.0, 0.95), ("expression", 46.5, 0.8))),
    )),
    Norm("identity-act", "SG-2020-0187", "Act on identity documents", "national", "state_gazette", (
        Fragment("Article 2, duties", ("approved", "enforced"), (("movement", 44.0, 0.85), ("privacy", 52.0, 0.8))),
        Fragment("Article 6, fingerprints", ("proposed", "approved"), (("privacy", 68.0, 0.9),)),
        Fragment("Article 11, register of documents", (), (("privacy", 57.5, 0.75), ("movement", 15.0, None))),
    )),
    Norm("broadcasting-act", "SG-2021-0090", "Act on broadcasting licences", "national", "state_gazette", (
        Fragment("Article 5, holders", ("approved",), (("expression", 55.0, 0.85), ("enterprise", 49.5, 0.8))),
        Fragment("Article 17, right of reply", ("approved",), (("expression", 18.0, 0.6), ("enterprise", 12.0, 0.5))),
        Fragment("Annex, technical frequencies"),
    )),
    Norm("trades-act", "SG-2022-0331", "Act on regulated trades", "national", "state_gazette", (
        Fragment("Article 4, examinations", ("proposed", "approved"), (("enterprise", 58.0, 0.9),)),
        Fragment("Article 9, quotas", ("approved", "enforced"), (("enterprise", 73.5, 0.95), ("property", 22.0, None))),
    )),
    Norm("statistics-act", "SG-2023-0044", "Act on official statistics", "national", "state_gazette", (
        Fragment("Article 7, duty to answer", ("approved",)),
        Fragment("Article 12, secrecy of answers", ("approved",)),
    )),
    Norm("coast-plan", None, "Plan for the coast of the Northern Region", "regional", "northern_gazette", (
        Fragment("Section 2, building", ("approved", "enforced"), (("property", 66.0, 0.9), ("enterprise", 34.0, 0.6))),
        Fragment("Section 5, mooring of boats", ("approved",), (("movement", 29.0, 0.7), ("property", 25.5, 0.6))),
        Fragment("Section 8, camping", (), (("movement", 38.0, 0.75), ("assembly", 19.5, 0.55))),
    )),
    Norm("language-decree", None, 'Decree on "bilingual" signs, Northern Region', "regional", "northern_gazette", (
        Fragment("Section 1, shops", ("proposed", "approved"), (("enterprise", 26.0, 0.7), ("expression", 35.5, 0.75))),
        Fragment("Section 4, inspections", ("enforced",), (("enterprise", 41.0, 0.8), ("property", 20.0, 0.6))),
    )),
    Norm("water-decree", None, "Decree on wells and water, Southern Region", "regional", "southern_gazette", (
        Fragment("Section 3, permits for wells", ("approved",), (("property", 47.0, 0.85),)),
        Fragment("Section 6, meters", ("approved", "enforced"), (("property", 33.0, 0.7), ("privacy", 21.5, None))),
        Fragment("Section 9, rates"),
    )),
    Norm("hunting-decree", None, "Decree on hunting grounds, Southern Region", "regional", "southern_gazette", (
        Fragment("Section 2, closed grounds", ("approved",), (("movement", 36.5, 0.8), ("property", 39.0, 0.8))),
        Fragment("Section 7, transfer of permits"),
    )),
    Norm("terraces-ordinance", None, "Ordinance on terraces and street furniture", "municipal", "city_register", (
        Fragment("Rule 1, hours", ("approved", "enforced"), (("enterprise", 45.0, 0.85), ("assembly", 23.0, 0.6))),
        Fragment("Rule 6, music", ("approved",), (("expression", 28.5, 0.7), ("assembly", 30.0, 0.7))),
        Fragment("Rule 10, deposits"),
    )),
    Norm(WITHDRAWN, None, "Ordinance on street markets", "municipal", "city_register", (
        Fragment("Rule 2, stalls for each holder", ("approved",), (("enterprise", 37.0, 0.75),)),
        Fragment("Rule 5, places of sale", (), (("movement", 24.5, 0.65), ("enterprise", 42.5, 0.7))),
    )),
    Norm("cameras-ordinance", None, "Ordinance on cameras in the old town", "municipal", "city_register", (
        Fragment("Rule 3, placing of cameras", ("proposed", "approved")),
        Fragment("Rule 4, keeping of recordings", ("approved",)),
    )),
    Norm("archive-rules", None, "Rules of the archive, not yet split into fragments", "national", None),
)  # fmt: skip
EVIDENCE = {
    "proposed": ("motion", "Motion for the act, signed by the department that answers for {label}"),
    "approved": ("sitting", "The sitting adopted {label}, as proposed"),
    "enforced": ("order", 'Order of the inspectorate: "{label}" applies from today'),
}
HEADERS = {
    "legal_norms": ("norm_id", "boe_id", "title", "scope", "source_id"),
    "legal_norm_fragments": ("fragment_id", "norm_id", "fragment_label"),
    "legal_fragment_responsibilities": ("fragment_id", "role", "source_url", "evidence_date", "evidence_quote"),
    "liberty_irlc_methodologies": ("method_version", "method_label"),
    "liberty_right_categories": ("right_category_id", "label"),
    "liberty_restriction_assessments": (
        *("assessment_key", "fragment_id", "right_category_id", "irlc_score", "confidence"),
    ),
}


def fragments() -> Iterator[tuple[str, Norm, Fragment]]:
    """Yield every fragment with its id and its norm."""
    for norm in NORMS:
        for place, fragment in enumerate(norm.fragments, start=1):
            yield f"{norm.norm_id}:{place}", norm, fragment


def responsibilities() -> Iterator[tuple[str, ...]]:
    """Yield who answers for which fragment, each with its evidence."""
    for place, (fragment_id, norm, fragment) in enumerate(fragments()):
        for step, role in enumerate(fragment.roles):
            page, quote = EVIDENCE[role]
            url = f"https://register.example/{norm.norm_id}/{page}"
            day = f"20{19 + place // 8}-{1 + place % 12:02d}-{5 + 9 * step:02d}"
            yield fragment_id, role, url, day, quote.format(label=fragment.label)


def assessments(without: str | None = None) -> Iterator[tuple[object, ...]]:
    """Yield every assessment, but none of the fragments of the norm `without`."""
    for fragment_id, norm, fragment in fragments():
        if norm.norm_id != without:
            for right, score, confidence in fragment.scores:
                yield f"{fragment_id}/{right}", fragment_id, right, score, confidence


def table(name: str, rows: Iterable[Sequence[object]]) -> str:
    """Return `rows` as CSV below the header of table `name`; None is an empty field."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((HEADERS[name], *rows))
    return text.getvalue()


def files() -> dict[str, bytes]:
    """Return every fixture by its path below the lane's folder."""
    tables: dict[str, Iterable[Sequence[object]]] = {
        "legal_norms": [(n.norm_id, n.gazette_number, n.title, n.scope, n.source_id) for n in NORMS],
        "legal_norm_fragments": [(key, norm.norm_id, fragment.label) for key, norm, fragment in fragments()],
        "legal_fragment_responsibilities": responsibilities(),
        "liberty_irlc_methodologies": METHODOLOGIES,
        "liberty_right_categories": RIGHTS,
        "liberty_restriction_assessments": assessments(),
    }
    texts = {f"{name}.csv": table(name, rows) for name, rows in tables.items()}
    name = "liberty_restriction_assessments"
    texts[f"broken/{name}.csv"] = table(name, assessments(without=WITHDRAWN))
    return {path: text.encode("utf-8") for path, text in texts.items()}


if __name__ == "__main__":
    sys.exit(write_fixtures(FOLDER, files()))

"""The contract's section 5 once more, in loops: what a digest must say. It shares nothing with the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

GATES: dict[str, Callable[[dict[str, int], dict[str, float]], bool]] = {
    "norms_classified_gate": lambda totals, coverage: coverage["norms_classified_pct"] >= 0.8,
    "fragments_irlc_gate": lambda totals, coverage: coverage["fragments_with_irlc_pct"] >= 0.6,
    "fragments_accountability_gate": lambda totals, coverage: coverage["fragments_with_accountability_pct"] >= 0.6,
    "rights_with_data_gate": lambda totals, coverage: coverage["right_categories_with_data_pct"] >= 1.0,
    "source_representativity_gate": lambda totals, coverage: (
        coverage["sources_with_assessments_pct"] >= 1.0 and totals["sources_total"] >= 1
    ),
    "scope_representativity_gate": lambda totals, coverage: (
        coverage["scopes_with_assessments_pct"] >= 1.0 and totals["scopes_total"] >= 1
    ),
    "source_dual_coverage_gate": lambda totals, coverage: (
        coverage["sources_with_dual_coverage_pct"] >= 1.0 and totals["sources_total"] >= 1
    ),
    "scope_dual_coverage_gate": lambda totals, coverage: (
        coverage["scopes_with_dual_coverage_pct"] >= 1.0 and totals["scopes_total"] >= 1
    ),
    "accountability_primary_evidence_gate": lambda totals, coverage: (
        coverage["accountability_edges_with_primary_evidence_pct"] >= 1.0 and totals["accountability_edges_total"] >= 1
    ),
}


class Law:
    """Who is what in the tables: sets of ids, and of pairs of them."""

    def __init__(self, tables: Tables) -> None:
        self.fragments: set[str] = set()
        self.fragment_norms: set[tuple[str, str]] = set()
        known_norms = {row["norm_id"] for row in tables["legal_norms"]} - {None}
        for row in tables["legal_norm_fragments"]:
            if row["fragment_id"] is not None:
                self.fragments.add(row["fragment_id"])
                if row["norm_id"] in known_norms:
                    self.fragment_norms.add((row["fragment_id"], row["norm_id"]))
        self.norms = {norm for _, norm in self.fragment_norms}
        self.assessed = self.fragments & {row["fragment_id"] for row in tables["liberty_restriction_assessments"]}
        self.accountable = self.fragments & {row["fragment_id"] for row in tables["legal_fragment_responsibilities"]}
        self.dual = self.assessed & self.accountable
        # Each place (a source, a scope) with the fragments of its norms.
        self.sources = self._places(tables, "source_id")
        self.scopes = self._places(tables, "scope")

    def _places(self, tables: Tables, column: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in tables["legal_norms"]:
            fragments = {fragment for fragment, norm in self.fragment_norms if norm == row["norm_id"]}
            if fragments:
                name = "unknown" if blank(row[column]) else row[column].strip()
                found.setdefault(name, set()).update(fragments)
        return found

    def norms_of(self, fragments: set[str]) -> set[str]:
        """The norms that some of `fragments` belong to."""
        return {norm for fragment, norm in self.fragment_norms if fragment in fragments}


def blank(value: str | None) -> bool:
    """Whether there is nothing to read in it."""
    return value is None or value.strip() == ""


def distinct(rows: Sequence[Row], column: str) -> set[str]:
    """What is in `column`, each value once, null none at all."""
    return {row[column] for row in rows if row[column] is not None}


def expected_totals(tables: Tables) -> dict[str, int]:
    """The section `totals`."""
    law = Law(tables)
    edges = tables["legal_fragment_responsibilities"]
    assessments = tables["liberty_restriction_assessments"]
    rights = distinct(tables["liberty_right_categories"], "right_category_id")
    proven = [
        row for row in edges if not any(map(blank, (row["source_url"], row["evidence_date"], row["evidence_quote"])))
    ]
    return {
        "norms_total": len(law.norms),
        "fragments_total": len(law.fragments),
        "methodologies_total": len(distinct(tables["liberty_irlc_methodologies"], "method_version")),
        "right_categories_total": len(rights),
        "right_categories_with_data_total": len(rights & distinct(assessments, "right_category_id")),
        "assessments_total": len(assessments),
        "fragments_with_irlc_total": len(law.assessed),
        "norms_with_irlc_total": len(law.norms_of(law.assessed)),
        "fragments_with_accountability_total": len(law.accountable),
        "fragments_with_dual_coverage_total": len(law.dual),
        "accountability_edges_total": len(edges),
        "accountability_edges_with_primary_evidence_total": len(proven),
        "sources_total": len(law.sources),
        "sources_with_assessments_total": len([one for one in law.sources.values() if one & law.assessed]),
        "sources_with_dual_coverage_total": len([one for one in law.sources.values() if one & law.dual]),
        "scopes_total": len(law.scopes),
        "scopes_with_assessments_total": len([one for one in law.scopes.values() if one & law.assessed]),
        "scopes_with_dual_coverage_total": len([one for one in law.scopes.values() if one & law.dual]),
    }


def expected_coverage(totals: Mapping[str, int]) -> dict[str, float]:
    """The section `coverage`."""

    def share(part: str, whole: str) -> float:
        return round(totals[part] / totals[whole], 6) if totals[whole] else 0.0

    edges = "accountability_edges"
    return {
        "norms_classified_pct": share("norms_with_irlc_total", "norms_total"),
        "fragments_with_irlc_pct": share("fragments_with_irlc_total", "fragments_total"),
        "fragments_with_accountability_pct": share("fragments_with_accountability_total", "fragments_total"),
        "fragments_with_dual_coverage_pct": share("fragments_with_dual_coverage_total", "fragments_total"),
        f"{edges}_with_primary_evidence_pct": share(f"{edges}_with_primary_evidence_total", f"{edges}_total"),
        "right_categories_with_data_pct": share("right_categories_with_data_total", "right_categories_total"),
        "sources_with_assessments_pct": share("sources_with_assessments_total", "sources_total"),
        "scopes_with_assessments_pct": share("scopes_with_assessments_total", "scopes_total"),
        "sources_with_dual_coverage_pct": share("sources_with_dual_coverage_total", "sources_total"),
        "scopes_with_dual_coverage_pct": share("scopes_with_dual_coverage_total", "scopes_total"),
    }


def expected_gates(tables: Tables) -> dict[str, bool]:
    """Whether each gate passes, in the contract's order."""
    totals = expected_totals(tables)
    coverage = expected_coverage(totals)
    return {name: passes(totals, coverage) for name, passes in GATES.items()}


def expected_status(tables: Tables) -> str:
    """The digest's status."""
    if not tables["liberty_restriction_assessments"]:
        return "failed"
    return "ok" if all(expected_gates(tables).values()) else "degraded"


def expected_coverage_by(tables: Tables, column: str) -> list[dict[str, Any]]:
    """The context table of sources (`source_id`) or scopes (`scope`)."""
    law = Law(tables)
    found = []
    for name, fragments in sorted((law.sources if column == "source_id" else law.scopes).items()):
        norms = {
            row["norm_id"]
            for row in tables["legal_norms"]
            if row["norm_id"] in law.norms and name == ("unknown" if blank(row[column]) else row[column].strip())
        }
        found.append({
            column: name,
            "norms_total": len(norms),
            "fragments_total": len(fragments),
            "fragments_with_irlc_total": len(fragments & law.assessed),
            "fragments_with_accountability_total": len(fragments & law.accountable),
            "fragments_with_dual_coverage_total": len(fragments & law.dual),
            "fragments_with_irlc_pct": round(len(fragments & law.assessed) / len(fragments), 6),
            "fragments_with_dual_coverage_pct": round(len(fragments & law.dual) / len(fragments), 6),
        })  # fmt: skip
    return found


def expected_map_by_right(tables: Tables) -> list[dict[str, Any]]:
    """The context table of rights, those without data too."""
    law = Law(tables)
    found = []
    for right in sorted(distinct(tables["liberty_right_categories"], "right_category_id")):
        labels = [row["label"] for row in tables["liberty_right_categories"] if row["right_category_id"] == right]
        rows = [row for row in tables["liberty_restriction_assessments"] if row["right_category_id"] == right]
        scores = [row["irlc_score"] for row in rows if row["irlc_score"] is not None]
        fragments = law.fragments & {row["fragment_id"] for row in rows}
        found.append({
            "right_category_id": right,
            "label": first(labels),
            "assessments_total": len(rows),
            "fragments_total": len(fragments),
            "norms_total": len(law.norms_of(fragments)),
            "mean_irlc_score": round(sum(scores) / len(scores), 6) if scores else None,
            "max_irlc_score": max(scores, default=None),
        })  # fmt: skip
    return found


def expected_top(tables: Tables) -> list[dict[str, Any]]:
    """The context table of the ten strongest restrictions."""
    law = Law(tables)
    scored = [row for row in tables["liberty_restriction_assessments"] if row["irlc_score"] is not None]
    ties = ("assessment_key", "fragment_id", "right_category_id")
    scored.sort(key=lambda row: (-row["irlc_score"], *((row[name] is None, row[name] or "") for name in ties)))
    found = []
    for row in scored[:10]:
        norms = law.norms_of({row["fragment_id"]})
        found.append({
            "assessment_key": row["assessment_key"],
            "norm_title": first(one["title"] for one in tables["legal_norms"] if one["norm_id"] in norms),
            "fragment_label": first(
                one["fragment_label"]
                for one in tables["legal_norm_fragments"]
                if one["fragment_id"] is not None and one["fragment_id"] == row["fragment_id"]
            ),
            "right_label": first(
                one["label"]
                for one in tables["liberty_right_categories"]
                if one["right_category_id"] is not None and one["right_category_id"] == row["right_category_id"]
            ),
            "irlc_score": row["irlc_score"],
            "confidence": row["confidence"],
        })  # fmt: skip
    return found


def first(texts: Any) -> str | None:
    """The first in the alphabet, null apart; None when there is none."""
    return min((text for text in texts if text is not None), default=None)

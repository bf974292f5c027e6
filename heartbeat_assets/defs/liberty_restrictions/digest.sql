-- How much of the law is assessed and accounted for, one row. Reads the six tables of defs.yaml.
-- A norm counts once it has a fragment; an assessment or a responsibility of a fragment that is not in
-- legal_norm_fragments covers nothing. A row without an id is counted nowhere but
-- among the assessments and the responsibilities.
WITH assessed AS (
    SELECT DISTINCT fragment_id
    FROM liberty_restriction_assessments
),

accountable AS (
    SELECT DISTINCT fragment_id
    FROM legal_fragment_responsibilities
),

fragments AS (
    SELECT DISTINCT
        f.fragment_id,
        f.norm_id,
        CASE WHEN a.fragment_id IS NOT NULL THEN 1 ELSE 0 END AS has_irlc,
        CASE WHEN r.fragment_id IS NOT NULL THEN 1 ELSE 0 END AS has_accountability,
        CASE WHEN a.fragment_id IS NOT NULL AND r.fragment_id IS NOT NULL THEN 1 ELSE 0 END AS has_both
    FROM legal_norm_fragments AS f
    LEFT JOIN assessed AS a ON a.fragment_id = f.fragment_id
    LEFT JOIN accountable AS r ON r.fragment_id = f.fragment_id
    WHERE f.fragment_id IS NOT NULL
),

fragment_totals AS (
    SELECT
        count(DISTINCT fragment_id) AS fragments,
        count(DISTINCT CASE WHEN has_irlc = 1 THEN fragment_id END) AS with_irlc,
        count(DISTINCT CASE WHEN has_accountability = 1 THEN fragment_id END) AS with_accountability,
        count(DISTINCT CASE WHEN has_both = 1 THEN fragment_id END) AS with_both
    FROM fragments
),

-- What the fragments of each norm come to, then each norm with its source and scope.
norm_fragments AS (
    SELECT norm_id, max(has_irlc) AS has_irlc, max(has_both) AS has_both
    FROM fragments
    GROUP BY norm_id
),

norms AS (
    SELECT
        n.norm_id,
        coalesce(nullif(as_trimmed(n.source_id), ''), 'unknown') AS source_id,
        coalesce(nullif(as_trimmed(n.scope), ''), 'unknown') AS scope,
        f.has_irlc,
        f.has_both
    FROM legal_norms AS n
    INNER JOIN norm_fragments AS f ON f.norm_id = n.norm_id
),

norm_totals AS (
    SELECT
        count(DISTINCT norm_id) AS norms,
        count(DISTINCT CASE WHEN has_irlc = 1 THEN norm_id END) AS norms_with_irlc,
        count(DISTINCT source_id) AS sources,
        count(DISTINCT CASE WHEN has_irlc = 1 THEN source_id END) AS sources_with_irlc,
        count(DISTINCT CASE WHEN has_both = 1 THEN source_id END) AS sources_with_both,
        count(DISTINCT scope) AS scopes,
        count(DISTINCT CASE WHEN has_irlc = 1 THEN scope END) AS scopes_with_irlc,
        count(DISTINCT CASE WHEN has_both = 1 THEN scope END) AS scopes_with_both
    FROM norms
),

methodology_totals AS (
    SELECT count(DISTINCT method_version) AS methodologies
    FROM liberty_irlc_methodologies
),

assessed_rights AS (
    SELECT DISTINCT right_category_id
    FROM liberty_restriction_assessments
),

right_totals AS (
    SELECT
        count(DISTINCT c.right_category_id) AS rights,
        count(DISTINCT a.right_category_id) AS rights_with_data
    FROM liberty_right_categories AS c
    LEFT JOIN assessed_rights AS a ON a.right_category_id = c.right_category_id
),

assessment_totals AS (
    SELECT count(*) AS assessments
    FROM liberty_restriction_assessments
),

edge_totals AS (
    SELECT
        count(*) AS edges,
        count(
            CASE
                WHEN as_trimmed(source_url) <> ''
                    AND as_trimmed(evidence_date) <> ''
                    AND as_trimmed(evidence_quote) <> ''
                THEN 1
            END
        ) AS edges_with_evidence
    FROM legal_fragment_responsibilities
)

SELECT
    norms AS "totals.norms_total",
    fragments AS "totals.fragments_total",
    methodologies AS "totals.methodologies_total",
    rights AS "totals.right_categories_total",
    rights_with_data AS "totals.right_categories_with_data_total",
    assessments AS "totals.assessments_total",
    with_irlc AS "totals.fragments_with_irlc_total",
    norms_with_irlc AS "totals.norms_with_irlc_total",
    with_accountability AS "totals.fragments_with_accountability_total",
    with_both AS "totals.fragments_with_dual_coverage_total",
    edges AS "totals.accountability_edges_total",
    edges_with_evidence AS "totals.accountability_edges_with_primary_evidence_total",
    sources AS "totals.sources_total",
    sources_with_irlc AS "totals.sources_with_assessments_total",
    sources_with_both AS "totals.sources_with_dual_coverage_total",
    scopes AS "totals.scopes_total",
    scopes_with_irlc AS "totals.scopes_with_assessments_total",
    scopes_with_both AS "totals.scopes_with_dual_coverage_total",
    coalesce(CAST(norms_with_irlc AS DOUBLE) / nullif(norms, 0), 0.0)
        AS "coverage.norms_classified_pct",
    coalesce(CAST(with_irlc AS DOUBLE) / nullif(fragments, 0), 0.0)
        AS "coverage.fragments_with_irlc_pct",
    coalesce(CAST(with_accountability AS DOUBLE) / nullif(fragments, 0), 0.0)
        AS "coverage.fragments_with_accountability_pct",
    coalesce(CAST(with_both AS DOUBLE) / nullif(fragments, 0), 0.0)
        AS "coverage.fragments_with_dual_coverage_pct",
    coalesce(CAST(edges_with_evidence AS DOUBLE) / nullif(edges, 0), 0.0)
        AS "coverage.accountability_edges_with_primary_evidence_pct",
    coalesce(CAST(rights_with_data AS DOUBLE) / nullif(rights, 0), 0.0)
        AS "coverage.right_categories_with_data_pct",
    coalesce(CAST(sources_with_irlc AS DOUBLE) / nullif(sources, 0), 0.0)
        AS "coverage.sources_with_assessments_pct",
    coalesce(CAST(scopes_with_irlc AS DOUBLE) / nullif(scopes, 0), 0.0)
        AS "coverage.scopes_with_assessments_pct",
    coalesce(CAST(sources_with_both AS DOUBLE) / nullif(sources, 0), 0.0)
        AS "coverage.sources_with_dual_coverage_pct",
    coalesce(CAST(scopes_with_both AS DOUBLE) / nullif(scopes, 0), 0.0)
        AS "coverage.scopes_with_dual_coverage_pct"
FROM norm_totals
CROSS JOIN fragment_totals
CROSS JOIN methodology_totals
CROSS JOIN right_totals
CROSS JOIN assessment_totals
CROSS JOIN edge_totals

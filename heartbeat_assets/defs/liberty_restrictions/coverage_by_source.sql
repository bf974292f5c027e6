-- Where the coverage is thin: a row for every source of norms (`unknown` where it is blank) that has a fragment.
WITH fragments AS (
    SELECT DISTINCT
        coalesce(nullif(as_trimmed(n.source_id), ''), 'unknown') AS source_id,
        n.norm_id,
        f.fragment_id
    FROM legal_norms AS n
    INNER JOIN legal_norm_fragments AS f ON f.norm_id = n.norm_id
    WHERE f.fragment_id IS NOT NULL
),

assessed AS (
    SELECT DISTINCT fragment_id
    FROM liberty_restriction_assessments
),

accountable AS (
    SELECT DISTINCT fragment_id
    FROM legal_fragment_responsibilities
),

coverage AS (
    SELECT
        f.source_id,
        count(DISTINCT f.norm_id) AS norms,
        count(DISTINCT f.fragment_id) AS fragments,
        count(DISTINCT a.fragment_id) AS with_irlc,
        count(DISTINCT r.fragment_id) AS with_accountability,
        count(DISTINCT CASE WHEN a.fragment_id = r.fragment_id THEN f.fragment_id END) AS with_both
    FROM fragments AS f
    LEFT JOIN assessed AS a ON a.fragment_id = f.fragment_id
    LEFT JOIN accountable AS r ON r.fragment_id = f.fragment_id
    GROUP BY f.source_id
)

SELECT
    source_id,
    norms AS norms_total,
    fragments AS fragments_total,
    with_irlc AS fragments_with_irlc_total,
    with_accountability AS fragments_with_accountability_total,
    with_both AS fragments_with_dual_coverage_total,
    round(CAST(with_irlc AS DOUBLE) / fragments, 6) AS fragments_with_irlc_pct,
    round(CAST(with_both AS DOUBLE) / fragments, 6) AS fragments_with_dual_coverage_pct
FROM coverage
ORDER BY source_id

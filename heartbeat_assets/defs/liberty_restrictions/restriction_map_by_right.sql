-- How strongly each right is restricted, and by how much of the law. A right that nobody has assessed yet is a gap on
-- the map, so it is there too, with zeros.
WITH rights AS (
    SELECT right_category_id, min(label) AS label
    FROM liberty_right_categories
    WHERE right_category_id IS NOT NULL
    GROUP BY right_category_id
),

scores AS (
    SELECT
        right_category_id,
        count(*) AS assessments,
        round(avg(irlc_score), 6) AS mean_score,
        max(irlc_score) AS max_score
    FROM liberty_restriction_assessments
    GROUP BY right_category_id
),

reach AS (
    SELECT
        a.right_category_id,
        count(DISTINCT f.fragment_id) AS fragments,
        count(DISTINCT n.norm_id) AS norms
    FROM liberty_restriction_assessments AS a
    INNER JOIN legal_norm_fragments AS f ON f.fragment_id = a.fragment_id
    LEFT JOIN legal_norms AS n ON n.norm_id = f.norm_id
    GROUP BY a.right_category_id
)

SELECT
    rights.right_category_id,
    rights.label,
    coalesce(scores.assessments, 0) AS assessments_total,
    coalesce(reach.fragments, 0) AS fragments_total,
    coalesce(reach.norms, 0) AS norms_total,
    scores.mean_score AS mean_irlc_score,
    scores.max_score AS max_irlc_score
FROM rights
LEFT JOIN scores ON scores.right_category_id = rights.right_category_id
LEFT JOIN reach ON reach.right_category_id = rights.right_category_id
ORDER BY rights.right_category_id

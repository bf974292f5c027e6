-- The ten strongest restrictions, the strongest first.
WITH strongest AS (
    SELECT assessment_key, fragment_id, right_category_id, irlc_score, confidence
    FROM liberty_restriction_assessments
    WHERE irlc_score IS NOT NULL
    ORDER BY irlc_score DESC, assessment_key NULLS LAST, fragment_id NULLS LAST, right_category_id NULLS LAST
    LIMIT 10
)

SELECT
    s.assessment_key,
    (
        SELECT min(n.title)
        FROM legal_norms AS n
        INNER JOIN legal_norm_fragments AS f ON f.norm_id = n.norm_id
        WHERE f.fragment_id = s.fragment_id
    ) AS norm_title,
    (
        SELECT min(f.fragment_label)
        FROM legal_norm_fragments AS f
        WHERE f.fragment_id = s.fragment_id
    ) AS fragment_label,
    (
        SELECT min(c.label)
        FROM liberty_right_categories AS c
        WHERE c.right_category_id = s.right_category_id
    ) AS right_label,
    s.irlc_score,
    s.confidence
FROM strongest AS s
ORDER BY
    s.irlc_score DESC,
    s.assessment_key NULLS LAST,
    s.fragment_id NULLS LAST,
    s.right_category_id NULLS LAST

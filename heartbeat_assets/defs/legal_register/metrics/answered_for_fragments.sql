-- name: Fragments answered for
-- code: FRAG
-- period: at the tick
-- unit: ratio
-- direction: higher_is_better
-- description: Share of the fragments of acts for which the register can say who answers, with dated evidence.
-- how_to_read: It moves only when somebody adds evidence or splits an act, so a flat line is normal. 0.8 is
--   what the register has promised and has not reached yet: amber until then, on purpose.
-- methodology: Fragments with at least one responsibility whose evidence is dated by the tick divided by all
--   fragments. Fragments have no dates, so today's count for the past too. Without a fragment there is no
--   value.
-- sources: legal_norm_fragments, legal_fragment_responsibilities
-- norm_value: 0.8
-- alert_value: 0.6
-- tags: register, coverage
-- every: day
-- fresh_within: 365d
-- verify_every: 180d
SELECT avg(CASE WHEN evidence.fragment_id IS NULL THEN 0.0 ELSE 1.0 END) AS answered_for_fragments
FROM legal_norm_fragments AS fragment
LEFT JOIN (
    SELECT DISTINCT fragment_id
    FROM legal_fragment_responsibilities
    WHERE CAST(evidence_date AS TIMESTAMPTZ) <= $as_of
) AS evidence ON evidence.fragment_id = fragment.fragment_id

-- crosscheck:
-- Counts the fragments that nobody answers for.
SELECT 1.0 - CAST(count(CASE WHEN unknown THEN 1 END) AS DOUBLE) / nullif(count(*), 0) AS answered_for_fragments
FROM (
    SELECT
        NOT EXISTS (
            SELECT 1
            FROM legal_fragment_responsibilities AS responsibility
            WHERE responsibility.fragment_id = fragment.fragment_id
                AND responsibility.evidence_date <= CAST($as_of AS DATE)
        ) AS unknown
    FROM legal_norm_fragments AS fragment
) AS fragments

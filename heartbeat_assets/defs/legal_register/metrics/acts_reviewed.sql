-- name: Acts reviewed lately
-- code: ACTS
-- period: last 7 days
-- unit: ratio
-- direction: higher_is_better
-- description: Share of the register's acts that had a review closed within a week.
-- how_to_read: 0.85 to 0.92 is normal: 12 of the 13 acts are reviewed on demand, the one without fragments
--   never. It falls when nobody closes reviews, and also when all reviews are about the same few acts.
-- methodology: Acts with at least one review closed in the 7 days up to the tick divided by all acts of the
--   register. The table of acts has no dates, so today's acts count for the past too. Without an act there is
--   no value.
-- sources: reviews, legal_norms
-- norm_value: 0.8
-- alert_value: 0.6
-- tags: register, coverage
-- every: day
-- fresh_within: 365d
SELECT avg(CASE WHEN closed.norm_id IS NULL THEN 0.0 ELSE 1.0 END) AS acts_reviewed
FROM legal_norms
LEFT JOIN (
    SELECT DISTINCT norm_id
    FROM reviews
    WHERE closed_at <= $as_of AND epoch_us(closed_at) > epoch_us($as_of) - 604800000000
) AS closed ON closed.norm_id = legal_norms.norm_id

-- crosscheck:
-- Distinct acts among the closed reviews, divided by the number of acts.
SELECT CAST(count(DISTINCT norm_id) AS DOUBLE) / nullif((SELECT count(*) FROM legal_norms), 0) AS acts_reviewed
FROM reviews
WHERE norm_id IN (SELECT norm_id FROM legal_norms)
    AND closed_at <= $as_of AND closed_at > $as_of - INTERVAL '7 days'

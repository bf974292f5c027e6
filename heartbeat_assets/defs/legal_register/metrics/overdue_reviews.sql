-- name: Overdue reviews
-- code: LATE
-- period: at the tick
-- unit: ratio
-- direction: lower_is_better
-- description: Share of the open reviews that have been open for more than five days.
-- how_to_read: The register promises an answer within five days. None late is normal, or one or two after a
--   weekend. With few open reviews a single one weighs 0.05: look at the open reviews beside it.
-- methodology: Open reviews that were opened more than 5 times 24 hours before the tick divided by all open
--   reviews at the tick. Weekends count as days. Without an open review there is no value.
-- sources: reviews
-- norm_value: 0.25
-- alert_value: 0.4
-- tags: register, backlog
-- fresh_within: 3d
SELECT avg(CASE WHEN epoch_us($as_of) - epoch_us(opened_at) > 432000000000 THEN 1.0 ELSE 0.0 END) AS overdue_reviews
FROM reviews
WHERE opened_at <= $as_of AND (closed_at IS NULL OR closed_at > $as_of)

-- crosscheck:
-- Those opened by five days ago that are not among the closed, and the same for all.
SELECT CAST(count(CASE WHEN opened_at < $as_of - INTERVAL '5 days' THEN 1 END) AS DOUBLE)
    / nullif(count(*), 0) AS overdue_reviews
FROM reviews
WHERE opened_at <= $as_of
    AND review_id NOT IN (SELECT review_id FROM reviews WHERE closed_at <= $as_of)

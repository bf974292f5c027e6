-- name: Days to close a review
-- code: DAYS
-- period: reviews closed in the last 14 days
-- unit: days
-- direction: lower_is_better
-- description: How many days the middle one of the closed reviews had been open.
-- how_to_read: 2.5 to 3 days is normal, and 5 is what the register promises. After a backlog it rises late, when the old reviews are closed at last,
--   and stays up for two weeks; the open reviews say earlier that something is wrong.
-- methodology: The median time from opening to closing over the reviews closed in the 14 days up to the tick,
--   in days of 24 hours with weekends. Reviews that are still open do not count. Without a closed review there
--   is no value.
-- sources: reviews
-- norm_value: 3.4
-- alert_value: 5
-- recovery_value: 3.2
-- tags: register, speed
-- fresh_within: 3d
SELECT avg(days) AS review_days
FROM (
    SELECT
        (epoch_us(closed_at) - epoch_us(opened_at)) / 86400000000.0 AS days,
        row_number() OVER (ORDER BY epoch_us(closed_at) - epoch_us(opened_at)) AS place,
        count(*) OVER () AS total
    FROM reviews
    WHERE closed_at <= $as_of AND epoch_us(closed_at) > epoch_us($as_of) - 1209600000000
) AS reviews_closed
WHERE 2 * place BETWEEN total AND total + 2

-- crosscheck:
-- The engine's own median.
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY epoch_us(closed_at) - epoch_us(opened_at)) / 86400000000.0
    AS review_days
FROM reviews
WHERE closed_at <= $as_of AND closed_at > $as_of - INTERVAL '14 days'

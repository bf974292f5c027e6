-- name: Reopened reviews
-- code: REOP
-- period: last 14 days
-- unit: ratio
-- direction: lower_is_better
-- description: Share of the new reviews that open an earlier one again because of a mistake in it.
-- how_to_read: 0.05 to 0.1 is normal, 6 to 12 of 120. More means that reviews are closed carelessly,
--   mostly in the rush after a backlog. It says nothing about who made the mistake.
-- methodology: Reviews with the mark `reopened`, which they get when they are opened, divided by all reviews
--   opened in the 14 days up to the tick. Without a new review there is no value.
-- sources: reviews
-- norm_value: 0.14
-- alert_value: 0.2
-- recovery_value: 0.12
-- tags: register, quality
-- fresh_within: 3d
-- benchmark_days: 60
SELECT avg(CASE WHEN reopened THEN 1.0 ELSE 0.0 END) AS reopened_reviews
FROM reviews
WHERE opened_at <= $as_of AND epoch_us(opened_at) > epoch_us($as_of) - 1209600000000

-- crosscheck:
-- Act by act, put together again.
SELECT CAST(sum(again) AS DOUBLE) / nullif(sum(again) + sum(first_time), 0) AS reopened_reviews
FROM (
    SELECT
        norm_id,
        count(CASE WHEN reopened THEN 1 END) AS again,
        count(CASE WHEN NOT reopened THEN 1 END) AS first_time
    FROM reviews
    WHERE opened_at <= $as_of AND opened_at > $as_of - INTERVAL '14 days'
    GROUP BY norm_id
) AS acts

-- name: Rate limited requests
-- code: LIMT
-- period: rolling 3 hours
-- unit: %
-- direction: lower_is_better
-- description: Percentage of the requests to the API that were refused with 429, too many requests.
-- how_to_read: Below 1 is normal, and 2 at night, when one refused request counts much. Above 2.5 the limits refuse
--   people who do nothing wrong; writes are refused more often than reads. Compare it with the failed requests: both
--   rise when clients try again and again.
-- methodology: Requests answered with status 429 in the 3 hours up to the tick, divided by all requests of these 3
--   hours, times 100. Without a request there is no value.
-- sources: audit_logs
-- norm_value: 2.5
-- alert_value: 5
-- tags: marketplace, operations
-- fresh_within: 6h
SELECT 100 * avg(CASE WHEN status = 429 THEN 1.0 ELSE 0.0 END) AS rate_limited_share
FROM audit_logs
WHERE occurred_at <= $as_of AND epoch_us(occurred_at) > epoch_us($as_of) - 10800000000

-- crosscheck:
-- What is left when all other answers are taken away.
SELECT 100 - 100.0 * count(CASE WHEN status <> 429 THEN 1 END) / nullif(count(*), 0) AS rate_limited_share
FROM audit_logs
WHERE occurred_at <= $as_of AND occurred_at > $as_of - INTERVAL '3 hours'

-- name: Failed requests
-- code: FAIL
-- period: rolling 3 hours
-- unit: %
-- direction: lower_is_better
-- description: Percentage of the requests to the API that failed on our side, with a status of 500 or above.
-- how_to_read: Below 1 is normal, a slow day brings 2. Above 3 something is broken; in an outage it goes beyond 20
--   within an hour. What the rate limits refuse is not in it.
-- methodology: Requests answered with a status of 500 or above in the 3 hours up to the tick, divided by all requests
--   of these 3 hours, times 100. Without a request there is no value.
-- sources: audit_logs
-- norm_value: 3
-- alert_value: 15
-- tags: marketplace, operations
-- fresh_within: 6h
SELECT 100 * avg(CASE WHEN status >= 500 THEN 1.0 ELSE 0.0 END) AS failed_requests_share
FROM audit_logs
WHERE occurred_at <= $as_of AND epoch_us(occurred_at) > epoch_us($as_of) - 10800000000

-- crosscheck:
-- What is left when all other answers are taken away.
SELECT 100 - 100.0 * count(CASE WHEN status < 500 THEN 1 END) / nullif(count(*), 0) AS failed_requests_share
FROM audit_logs
WHERE occurred_at <= $as_of AND occurred_at > $as_of - INTERVAL '3 hours'

-- name: Reports per 1000 actions
-- code: RPRT
-- period: rolling 7 days
-- unit: reports per 1000 writes
-- direction: lower_is_better
-- description: How many reports people made for every thousand write requests to the API.
-- how_to_read: 11 to 17 is normal. A wave of spam brings it above 20 within a day and stays in it for a week. It also
--   rises when writes stay away, so look at the deals a day beside it.
-- methodology: Reports created in the 7 days up to the tick divided by the requests with method POST, PATCH, PUT or
--   DELETE of these 7 days, whatever their outcome, times 1000. Without such a request there is no value.
-- sources: reports, audit_logs
-- norm_value: 20
-- alert_value: 40
-- tags: marketplace, trust
-- every: day
-- fresh_within: 3d
SELECT 1000.0 * reported.reports / nullif(written.writes, 0) AS reports_per_1000_actions
FROM (
    SELECT count(*) AS reports
    FROM reports
    WHERE created_at <= $as_of AND epoch_us(created_at) > epoch_us($as_of) - 604800000000
) AS reported
CROSS JOIN (
    SELECT count(*) AS writes
    FROM audit_logs
    WHERE "request.method" IN ('POST', 'PATCH', 'PUT', 'DELETE')
        AND occurred_at <= $as_of AND epoch_us(occurred_at) > epoch_us($as_of) - 604800000000
) AS written

-- crosscheck:
-- Both as rows of one list, reports weighing a thousand.
SELECT CAST(sum(reported) AS DOUBLE) / nullif(sum(written), 0) AS reports_per_1000_actions
FROM (
    SELECT 1000 AS reported, 0 AS written, created_at AS done_at FROM reports
    UNION ALL
    SELECT 0, CASE WHEN "request.method" IN ('POST', 'PATCH', 'PUT', 'DELETE') THEN 1 ELSE 0 END, occurred_at
    FROM audit_logs
) AS all_of_them
WHERE done_at <= $as_of AND done_at > $as_of - INTERVAL '7 days'

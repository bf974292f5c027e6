-- name: Sessions with an error
-- code: ERRS
-- period: last 24 hours
-- unit: ratio
-- direction: lower_is_better
-- description: Share of the sessions in which the app showed an error.
-- how_to_read: Two to three in a hundred is normal. 0.06 to 0.15 is mostly one client that fails; more than
--   that is an outage, and the answered sessions drop with it.
-- methodology: Sessions with at least one error shown divided by all sessions that began in the 24 hours up to
--   the tick. Several errors in a session count once. Without a session there is no value.
-- sources: events
-- norm_value: 0.06
-- alert_value: 0.15
-- recovery_value: 0.05
-- tags: app, reliability
SELECT avg(failed) AS session_errors
FROM (
    SELECT
        max(CASE WHEN error THEN 1.0 ELSE 0.0 END) AS failed,
        max(CASE WHEN session_start THEN 1 ELSE 0 END) AS began
    FROM events
    WHERE ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
    GROUP BY session_id
) AS sessions
WHERE began = 1

-- crosscheck:
-- Two counts of distinct sessions, one divided by the other.
SELECT CAST(count(DISTINCT failed.session_id) AS DOUBLE) / nullif(count(DISTINCT start.session_id), 0) AS session_errors
FROM events AS start
LEFT JOIN events AS failed
    ON failed.session_id = start.session_id AND failed.error
    AND failed.ts_us > epoch_us($as_of) - 86400000000 AND failed.ts_us <= epoch_us($as_of)
WHERE start.session_start AND start.ts_us > epoch_us($as_of) - 86400000000 AND start.ts_us <= epoch_us($as_of)

-- name: Answered sessions
-- code: ANSW
-- period: last 24 hours
-- unit: ratio
-- direction: higher_is_better
-- description: Share of the sessions in which somebody got an answer.
-- how_to_read: About 0.93 is normal: a few people always leave before the answer is there. An outage of the
--   answering service at a busy time costs 0.15 to 0.25 and is seen for the 24 hours it stays in the period.
-- methodology: Sessions with a first answer divided by all sessions that began in the 24 hours up to the tick.
--   An answer counts when it came by the tick, so sessions of the last minute may still be waiting. Without a
--   session there is no value.
-- sources: events
-- norm_value: 0.88
-- alert_value: 0.75
-- recovery_value: 0.9
-- tags: app, answers
SELECT avg(answered) AS answered_sessions
FROM (
    SELECT
        max(CASE WHEN first_answer THEN 1.0 ELSE 0.0 END) AS answered,
        max(CASE WHEN session_start THEN 1 ELSE 0 END) AS began
    FROM events
    WHERE ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
    GROUP BY session_id
) AS sessions
WHERE began = 1

-- crosscheck:
-- Counts the sessions without an answer instead, by looking each one up.
SELECT 1.0 - sum(CASE WHEN answer.session_id IS NULL THEN 1.0 ELSE 0.0 END) / nullif(count(*), 0) AS answered_sessions
FROM (
    SELECT DISTINCT session_id
    FROM events
    WHERE session_start AND ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
) AS start
LEFT JOIN (
    SELECT DISTINCT session_id
    FROM events
    WHERE first_answer AND ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
) AS answer ON answer.session_id = start.session_id

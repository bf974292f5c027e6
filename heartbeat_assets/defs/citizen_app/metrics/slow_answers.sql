-- name: Slow answers
-- code: SLOW
-- period: last 24 hours
-- unit: ratio
-- direction: lower_is_better
-- description: Share of the first answers that took longer than two minutes.
-- how_to_read: One or two in a hundred is normal. Above 0.05 people begin to notice, above 0.12 they say so in
--   the feedback. It rises together with the time to first answer when everything is slow, and alone when only
--   some questions are.
-- methodology: First answers with a wait (elapsed_ms) of more than 120 seconds divided by all first answers
--   with a wait in the 24 hours up to the tick. Without an answer there is no value.
-- sources: events
-- norm_value: 0.05
-- alert_value: 0.12
-- tags: app, answers, speed
SELECT avg(CASE WHEN elapsed_ms > 120000 THEN 1.0 ELSE 0.0 END) AS slow_answers
FROM events
WHERE first_answer AND elapsed_ms IS NOT NULL
    AND ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)

-- crosscheck:
-- Counts the quick ones, by the time between the two events.
SELECT 1.0 - CAST(sum(CASE WHEN answered_us - started_us <= 120000000 THEN 1 ELSE 0 END) AS DOUBLE)
    / nullif(count(*), 0) AS slow_answers
FROM (
    SELECT
        min(CASE WHEN session_start THEN ts_us END) AS started_us,
        min(CASE WHEN first_answer THEN ts_us END) AS answered_us
    FROM events
    WHERE ts_us > epoch_us($as_of) - 172800000000 AND ts_us <= epoch_us($as_of)
    GROUP BY session_id
) AS sessions
WHERE answered_us > epoch_us($as_of) - 86400000000

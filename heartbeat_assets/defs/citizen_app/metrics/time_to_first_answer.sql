-- name: Time to first answer
-- code: TTFA
-- period: last 24 hours
-- unit: seconds
-- direction: lower_is_better
-- description: How long the middle session waited for its first answer.
-- how_to_read: Between 25 and 35 seconds is normal at any time of the day. One half of the sessions waited
--   longer; a few very long waits do not move this number, `slow_answers` counts those.
-- methodology: The median of the waits that the clients report with each first answer (elapsed_ms) in the 24
--   hours up to the tick. Sessions that never got an answer have no wait and do not count. Without an answer
--   there is no value.
-- sources: events
-- norm_value: 45
-- alert_value: 65
-- recovery_value: 40
-- tags: app, answers, speed
SELECT avg(seconds) AS time_to_first_answer
FROM (
    SELECT
        elapsed_ms / 1000.0 AS seconds,
        row_number() OVER (ORDER BY elapsed_ms) AS place,
        count(*) OVER () AS total
    FROM events
    WHERE first_answer AND elapsed_ms IS NOT NULL
        AND ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
) AS waits
WHERE 2 * place BETWEEN total AND total + 2

-- crosscheck:
-- Does not believe the clients: takes the time between the two events, and the engine's own median.
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (answer.ts_us - start.ts_us) / 1000000.0) AS time_to_first_answer
FROM events AS answer
INNER JOIN events AS start ON start.session_id = answer.session_id
WHERE answer.first_answer AND start.session_start
    AND answer.ts_us > epoch_us($as_of) - 86400000000 AND answer.ts_us <= epoch_us($as_of)
    AND start.ts_us > epoch_us($as_of) - 172800000000 AND start.ts_us <= epoch_us($as_of)

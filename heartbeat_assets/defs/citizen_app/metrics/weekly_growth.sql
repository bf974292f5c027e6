-- name: Weekly growth
-- code: GROW
-- period: last 7 days against the 7 before
-- unit: ratio
-- direction: higher_is_better
-- description: How many more sessions began in the last week than in the week before, as a share of that week.
-- how_to_read: 0 means as many as in the week before, 0.1 a tenth more, -0.1 a tenth fewer. Chance alone moves
--   it by 0.03; a slump is followed by a rise of about the same size when the audience comes back.
-- methodology: Sessions that began in the 7 days up to the tick divided by those of the 7 days before, minus 1.
--   Whole weeks, so that weekends do not matter. There is no value before the telemetry covers 14 days.
-- sources: events
-- norm_value: -0.12
-- alert_value: -0.2
-- tags: app, audience, growth
-- every: day
SELECT CAST(count(CASE WHEN ts_us > epoch_us($as_of) - 604800000000 THEN 1 END) AS DOUBLE)
    / nullif(count(CASE WHEN ts_us <= epoch_us($as_of) - 604800000000 THEN 1 END), 0) - 1 AS weekly_growth
FROM events
WHERE session_start AND ts_us > epoch_us($as_of) - 1209600000000 AND ts_us <= epoch_us($as_of)
HAVING (SELECT min(ts_us) FROM events) < epoch_us($as_of) - 1209600000000 + 3600000000

-- crosscheck:
-- By distinct session ids, and the difference divided by the week before.
SELECT (CAST(this_week.sessions AS DOUBLE) - last_week.sessions) / nullif(last_week.sessions, 0) AS weekly_growth
FROM (
    SELECT count(DISTINCT session_id) AS sessions
    FROM events
    WHERE session_start AND ts_us > epoch_us($as_of) - 604800000000 AND ts_us <= epoch_us($as_of)
) AS this_week
CROSS JOIN (
    SELECT count(DISTINCT session_id) AS sessions
    FROM events
    WHERE session_start
        AND ts_us > epoch_us($as_of) - 1209600000000 AND ts_us <= epoch_us($as_of) - 604800000000
) AS last_week
WHERE EXISTS (SELECT 1 FROM events WHERE ts_us < epoch_us($as_of) - 1209600000000 + 3600000000)

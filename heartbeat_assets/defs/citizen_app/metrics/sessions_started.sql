-- name: Sessions
-- code: SESS
-- period: last 24 hours
-- unit: sessions
-- direction: higher_is_better
-- description: How many sessions people began.
-- how_to_read: Around 320 on a working day and 240 at a weekend. It has no thresholds, because nobody has
--   promised an audience: read it beside the ratios, which are shaky when there are few sessions.
-- methodology: Distinct sessions that began in the 24 hours up to the tick. There is no value before the
--   telemetry covers 24 hours, since a part of a day would look like a slump.
-- sources: events
-- tags: app, audience
SELECT count(DISTINCT session_id) AS sessions_started
FROM events
WHERE session_start AND ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
HAVING (SELECT min(ts_us) FROM events) < epoch_us($as_of) - 86400000000 + 3600000000

-- crosscheck:
-- Hour by hour: a session begins in one hour only, so the hours add up.
SELECT sum(sessions) AS sessions_started
FROM (
    SELECT count(DISTINCT session_id) AS sessions
    FROM events
    WHERE session_start AND ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
    GROUP BY floor((epoch_us($as_of) - ts_us) / 3600000000.0)
) AS hours
WHERE EXISTS (SELECT 1 FROM events WHERE ts_us < epoch_us($as_of) - 86400000000 + 3600000000)

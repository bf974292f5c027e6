-- name: Evidence opened
-- code: DRIL
-- period: last 24 hours
-- unit: ratio
-- direction: higher_is_better
-- description: Share of the answered sessions in which somebody opened the evidence behind the answer.
-- how_to_read: About half is normal, and chance alone moves it by 0.03. A level that drops from one hour to the
--   next and stays there mostly means that a release hid or broke the link to the evidence.
-- methodology: Sessions with a first answer and a drilldown divided by the sessions with a first answer, both
--   within the 24 hours up to the tick. All of the clients' names for a drilldown count. Without an answer
--   there is no value.
-- sources: events
-- norm_value: 0.42
-- alert_value: 0.3
-- recovery_value: 0.45
-- tags: app, trust
SELECT CAST(sum(answered * drilled_down) AS DOUBLE) / nullif(sum(answered), 0) AS drilldown_rate
FROM (
    SELECT
        max(CASE WHEN first_answer THEN 1 ELSE 0 END) AS answered,
        max(CASE WHEN drilldown THEN 1 ELSE 0 END) AS drilled_down
    FROM events
    WHERE ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
    GROUP BY session_id
) AS sessions

-- crosscheck:
-- Looks a drilldown up for each answered session.
SELECT avg(
    CASE
        WHEN session_id IN (
            SELECT session_id
            FROM events
            WHERE drilldown AND ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
        ) THEN 1.0
        ELSE 0.0
    END
) AS drilldown_rate
FROM (
    SELECT DISTINCT session_id
    FROM events
    WHERE first_answer AND ts_us > epoch_us($as_of) - 86400000000 AND ts_us <= epoch_us($as_of)
) AS answered

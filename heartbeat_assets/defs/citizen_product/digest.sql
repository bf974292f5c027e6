-- The KPIs of the citizen product, one row. Reads `rollup` (rollup.sql over the telemetry), the JSON objects `snapshot`
-- and `summary`, and `sources` (which of them are there). Field by field the summary wins over the events.
WITH sessions AS (
    SELECT
        session_id,
        min(started_us) AS started_us,
        min(answered_us) AS answered_us,
        min(answer_ms) AS answer_ms,
        max(answered) AS answered,
        max(drilled_down) AS drilled_down
    FROM rollup
    WHERE session_id IS NOT NULL
    GROUP BY session_id
),

waits AS (
    SELECT
        CASE
            WHEN answer_ms IS NOT NULL THEN answer_ms / 1000
            WHEN answered_us >= started_us THEN (answered_us - started_us) / 1000000.0
        END AS seconds
    FROM sessions
),

ranked_waits AS (
    SELECT
        seconds,
        row_number() OVER (ORDER BY seconds) AS place,
        count(*) OVER () AS total
    FROM waits
    WHERE seconds IS NOT NULL
),

from_events AS (
    SELECT
        (SELECT avg(seconds) FROM ranked_waits WHERE 2 * place BETWEEN total AND total + 2) AS seconds,
        (SELECT avg(drilled_down) FROM sessions) AS drilldown_rate,
        (SELECT count(*) FROM sessions) AS sessions_total,
        (SELECT coalesce(sum(answered), 0) FROM sessions) AS sessions_answered,
        (SELECT coalesce(sum(drilled_down), 0) FROM sessions) AS sessions_drilled_down,
        (SELECT coalesce(sum(lines), 0) FROM rollup) AS events_total,
        (SELECT coalesce(sum(CASE WHEN session_id IS NULL THEN lines END), 0) FROM rollup) AS parse_errors
    FROM sources
    WHERE name = 'events' AND present
),

from_summary AS (
    SELECT
        coalesce(
            as_number(doc ->> '$.time_to_first_answer_seconds'),
            as_number(doc ->> '$.metrics.time_to_first_answer_seconds'),
            as_number(doc ->> '$.kpis.time_to_first_answer_seconds')
        ) AS seconds,
        coalesce(
            as_number(doc ->> '$.drilldown_click_rate'),
            as_number(doc ->> '$.metrics.drilldown_click_rate'),
            as_number(doc ->> '$.kpis.drilldown_click_rate')
        ) AS drilldown_rate,
        coalesce(
            as_number(doc ->> '$.sessions_total'),
            as_number(doc ->> '$.telemetry.sessions_total'),
            as_number(doc ->> '$.counts.sessions_total')
        ) AS sessions_total,
        coalesce(
            as_number(doc ->> '$.sessions_with_first_answer'),
            as_number(doc ->> '$.telemetry.sessions_with_first_answer'),
            as_number(doc ->> '$.counts.sessions_with_first_answer')
        ) AS sessions_answered,
        coalesce(
            as_number(doc ->> '$.sessions_with_drilldown_click'),
            as_number(doc ->> '$.telemetry.sessions_with_drilldown_click'),
            as_number(doc ->> '$.counts.sessions_with_drilldown_click')
        ) AS sessions_drilled_down
    FROM summary
),

positions AS (
    SELECT as_token(position ->> '$.stance') IN ('no_signal', 'unclear') AS unknown
    FROM (SELECT unnest(json_extract(doc, '$.party_topic_positions[*]')) AS position FROM snapshot)
),

from_snapshot AS (
    SELECT
        (SELECT as_number(doc ->> '$.meta.quality.unknown_pct') FROM snapshot) AS reported,
        (SELECT avg(CASE WHEN unknown THEN 1.0 ELSE 0.0 END) FROM positions) AS counted
)

SELECT
    CASE
        WHEN reported < 0 THEN 0
        WHEN reported > 1 THEN 1
        ELSE coalesce(reported, counted)
    END AS unknown_rate,
    CASE
        WHEN reported IS NOT NULL THEN 'meta.quality.unknown_pct'
        WHEN counted IS NOT NULL THEN 'party_topic_positions.stance'
    END AS "metrics.unknown_rate_source",
    coalesce(s.seconds, e.seconds) AS time_to_first_answer_seconds,
    CASE
        WHEN s.drilldown_rate < 0 THEN 0
        WHEN s.drilldown_rate > 1 THEN 1
        ELSE coalesce(s.drilldown_rate, e.drilldown_rate)
    END AS drilldown_click_rate,
    coalesce(
        CASE WHEN abs(s.sessions_total) < 9e18 THEN CAST(trunc(s.sessions_total) AS BIGINT) END,
        e.sessions_total
    ) AS "telemetry.sessions_total",
    coalesce(
        CASE WHEN abs(s.sessions_answered) < 9e18 THEN CAST(trunc(s.sessions_answered) AS BIGINT) END,
        CAST(e.sessions_answered AS BIGINT)
    ) AS "telemetry.sessions_with_first_answer",
    coalesce(
        CASE WHEN abs(s.sessions_drilled_down) < 9e18 THEN CAST(trunc(s.sessions_drilled_down) AS BIGINT) END,
        CAST(e.sessions_drilled_down AS BIGINT)
    ) AS "telemetry.sessions_with_drilldown_click",
    CAST(e.events_total AS BIGINT) AS "telemetry.events_total",
    CAST(e.parse_errors AS BIGINT) AS "telemetry.parse_errors"
FROM from_snapshot
LEFT JOIN from_events AS e ON true
LEFT JOIN from_summary AS s ON true

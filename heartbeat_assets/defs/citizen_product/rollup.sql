-- What one part of the telemetry says about each session. Minima, counts and flags merge exactly, so digest.sql can
-- put the parts together even where a session crosses midnight. A line that could not be read has no session_id.
SELECT
    session_id,
    count(*) AS lines,
    min(CASE WHEN session_start THEN ts_us END) AS started_us,
    min(CASE WHEN first_answer THEN ts_us END) AS answered_us,
    min(CASE WHEN first_answer THEN elapsed_ms END) AS answer_ms,
    max(CASE WHEN first_answer THEN 1 ELSE 0 END) AS answered,
    max(CASE WHEN drilldown THEN 1 ELSE 0 END) AS drilled_down
FROM events
GROUP BY session_id

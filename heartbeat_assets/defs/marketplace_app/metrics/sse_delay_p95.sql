-- name: Delay of the stream
-- code: SSED
-- period: rolling 3 hours
-- unit: s
-- direction: lower_is_better
-- description: How long events wait between being put on the stream and being received, at the 95th percentile.
-- how_to_read: 1 to 4 seconds are normal, a slow day brings 9. Minutes mean that the stream stands still or that
--   clients reconnect all the time; then they should poll.
-- methodology: The nearest-rank 95th percentile of the seconds from enqueued_at to received_at of the events enqueued in
--   the 3 hours up to the tick. An event that had not arrived by then counts with the time it has waited. Without an
--   event there is no value.
-- sources: sse_events
-- norm_value: 5
-- alert_value: 30
-- tags: marketplace, operations
-- fresh_within: 6h
SELECT max(seconds) AS sse_delay_p95
FROM (
    SELECT
        seconds,
        row_number() OVER (ORDER BY seconds) AS place,
        count(*) OVER () AS events
    FROM (
        SELECT
            (CASE WHEN received_at <= $as_of THEN epoch_us(received_at) ELSE epoch_us($as_of) END
            - epoch_us(enqueued_at)) / 1000000.0 AS seconds
        FROM sse_events
        WHERE enqueued_at <= $as_of AND epoch_us(enqueued_at) > epoch_us($as_of) - 10800000000
    ) AS delays
) AS ranked
WHERE 100 * place < 95 * events + 100

-- crosscheck:
-- The engine's own quantile.
SELECT quantile_disc(seconds, 0.95) AS sse_delay_p95
FROM (
    SELECT date_diff('microsecond', enqueued_at, least(coalesce(received_at, $as_of), $as_of)) / 1000000.0 AS seconds
    FROM sse_events
    WHERE enqueued_at <= $as_of AND enqueued_at > $as_of - INTERVAL '3 hours'
) AS delays

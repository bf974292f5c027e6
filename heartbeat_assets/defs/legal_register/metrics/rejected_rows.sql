-- name: Rejected rows
-- code: REJE
-- period: last 24 hours
-- unit: ratio
-- direction: lower_is_better
-- description: Share of the rows read from the gazettes that could not be understood.
-- how_to_read: Less than 0.01 is normal. A jump within hours means that a gazette has changed its layout, and
--   its acts are missing from the register until the reader has learnt it; which gazette it is, the table of
--   runs says.
-- methodology: Rows rejected divided by rows read, summed over all runs of all sources that began in the 24
--   hours up to the tick. A rejected row counts as read. Without a row there is no value.
-- sources: ingestions
-- norm_value: 0.02
-- alert_value: 0.06
-- tags: register, ingestion, quality
SELECT CAST(sum(rows_rejected) AS DOUBLE) / nullif(sum(rows_read), 0) AS rejected_rows
FROM ingestions
WHERE run_at <= $as_of AND epoch_us(run_at) > epoch_us($as_of) - 86400000000

-- crosscheck:
-- Source by source from the rows that were taken, each weighted with what was read of it.
SELECT sum(read * (1.0 - CAST(taken AS DOUBLE) / read)) / nullif(sum(read), 0) AS rejected_rows
FROM (
    SELECT source_id, sum(rows_read) AS read, sum(rows_read - rows_rejected) AS taken
    FROM ingestions
    WHERE run_at <= $as_of AND run_at > $as_of - INTERVAL '24 hours'
    GROUP BY source_id
) AS sources_read
WHERE read > 0

-- name: Oldest gazette
-- code: INGE
-- period: at the tick
-- unit: hours
-- direction: lower_is_better
-- description: How long ago the gazette that has waited longest was read.
-- how_to_read: Every gazette is read once an hour, so 1 is normal and a single run that failed makes 2. A
--   number that climbs by one every hour means that one gazette cannot be reached.
-- methodology: For each source the hours from its newest run to the tick; the largest of them. A run counts
--   when it began by the tick. Sources that have not been read yet are not known. Without a run there is no
--   value.
-- sources: ingestions
-- norm_value: 4
-- alert_value: 8
-- recovery_value: 2.5
-- tags: register, ingestion
SELECT max(hours) AS ingestion_delay
FROM (
    SELECT source_id, (epoch_us($as_of) - max(epoch_us(run_at))) / 3600000000.0 AS hours
    FROM ingestions
    WHERE run_at <= $as_of
    GROUP BY source_id
) AS newest

-- crosscheck:
-- The runs that no later run of their source follows.
SELECT max((epoch_us($as_of) - run_us) / 3600000000.0) AS ingestion_delay
FROM (
    SELECT
        epoch_us(run_at) AS run_us,
        lead(run_at) OVER (PARTITION BY source_id ORDER BY run_at) AS next_run_at
    FROM ingestions
    WHERE run_at <= $as_of
) AS runs
WHERE next_run_at IS NULL

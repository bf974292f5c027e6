-- name: Contracts closed
-- code: CTRC
-- period: last 7 days
-- unit: ratio
-- direction: higher_is_better
-- description: Share of the contracts sent out that were closed.
-- how_to_read: Around 0.93 is normal. There are some 250 contracts in a week, so it wanders by 0.02 either way; a
--   tripwire watches the newest fifty of them and is quicker, this shows where the week stands.
-- methodology: Successes of the KPI event WHOLESALE.contract_rate divided by all of them, in the 7 days up to the tick.
--   Without such an event there is no value.
-- sources: wholesale_events
-- norm_value: 0.88
-- alert_value: 0.8
-- tags: wholesale, contracts
-- benchmark_days: 30
SELECT avg(CASE WHEN success THEN 1.0 ELSE 0.0 END) AS contracts_closed
FROM wholesale_events
WHERE metric = 'contract_rate' AND ts_us > epoch_us($as_of) - 604800000000 AND ts_us <= epoch_us($as_of)

-- crosscheck:
-- What was not lost, actor by actor, each weighted with its contracts.
SELECT sum(kept * contracts) / nullif(sum(contracts), 0) AS contracts_closed
FROM (
    SELECT
        1.0 - avg(CASE WHEN success THEN 0.0 ELSE 1.0 END) AS kept,
        count(*) AS contracts
    FROM wholesale_events
    WHERE metric = 'contract_rate' AND ts_us > epoch_us($as_of) - 604800000000 AND ts_us <= epoch_us($as_of)
    GROUP BY actor
) AS actors

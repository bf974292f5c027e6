-- name: Offers accepted
-- code: ACPT
-- period: rolling 7 days
-- unit: %
-- direction: higher_is_better
-- description: Share of the offers that were accepted.
-- how_to_read: 20 to 27 is normal; with about 230 offers a week one of them weighs 0.4. Offers of the last day are
--   mostly undecided and count as not accepted, so a rush of offers lowers it for a day.
-- methodology: Offers created in the 7 days up to the tick whose status is ACCEPTED divided by all offers created in
--   these 7 days, times 100. An offer that was accepted after the tick was not yet at it, whatever the table says
--   today. Without an offer there is no value.
-- sources: offers
-- norm_value: 17
-- alert_value: 10
-- tags: marketplace, demand
-- every: day
SELECT
    100 * avg(CASE WHEN status = 'ACCEPTED' AND coalesce(decided_at, $as_of) <= $as_of THEN 1.0 ELSE 0.0 END)
        AS offer_to_accept_rate
FROM offers
WHERE created_at <= $as_of AND epoch_us(created_at) > epoch_us($as_of) - 604800000000

-- crosscheck:
-- Counts those that were not accepted.
SELECT (1.0 - CAST(sum(CASE WHEN status <> 'ACCEPTED' OR decided_at > $as_of THEN 1 ELSE 0 END) AS DOUBLE)
    / nullif(count(*), 0)) * 100 AS offer_to_accept_rate
FROM offers
WHERE created_at <= $as_of AND created_at > $as_of - INTERVAL '7 days'

-- name: Deals a day
-- code: DEAL
-- period: rolling 24 hours
-- unit: deals
-- direction: higher_is_better
-- description: How many deals were created and are in state NEW.
-- how_to_read: 30 to 45 is normal on working days, about a fifth less at weekends, and a quiet weekend brings 10. A
--   sudden fall on a working day means that creating a deal fails; look at the failures of the API's writes.
-- methodology: Rows of deals with status NEW and created_at in the 24 hours up to the tick. A deal that became ACTIVE
--   or was rejected after the tick was NEW at it, whatever the table says today. 0 is a value; there is none before
--   the first deal.
-- sources: deals
-- norm_value: 20
-- alert_value: 8
-- tags: marketplace, supply
-- fresh_within: 18h
SELECT
    sum(
        CASE
            WHEN epoch_us(created_at) > epoch_us($as_of) - 86400000000
                AND (status = 'NEW' OR coalesce(activated_at, ended_at) > $as_of) THEN 1
            ELSE 0
        END
    ) AS deals_per_day
FROM deals
WHERE created_at <= $as_of

-- crosscheck:
-- All deals of the day, less those that had left NEW by then.
SELECT nullif(ever.deals, 0) - ever.deals + made.deals - gone.deals AS deals_per_day
FROM (SELECT count(*) AS deals FROM deals WHERE created_at <= $as_of) AS ever
CROSS JOIN (
    SELECT count(*) AS deals
    FROM deals
    WHERE created_at <= $as_of AND created_at > $as_of - INTERVAL '24 hours'
) AS made
CROSS JOIN (
    SELECT count(*) AS deals
    FROM deals
    WHERE created_at <= $as_of AND created_at > $as_of - INTERVAL '24 hours'
        AND status <> 'NEW'
        AND CASE WHEN activated_at IS NULL THEN coalesce(ended_at <= $as_of, true) ELSE activated_at <= $as_of END
) AS gone

-- name: Votes per deal
-- code: VOTE
-- period: rolling 7 days
-- unit: votes
-- direction: higher_is_better
-- description: How many votes, up and down together, an ACTIVE deal got on average.
-- how_to_read: 4 to 5 is normal. It falls when fewer people come, and further when votes no longer get
--   through. Many deals that become ACTIVE at once lower it too: they have had no time to be voted on.
-- methodology: For each deal that is ACTIVE at the tick its votes of the 7 days up to the tick, none counting as 0;
--   the mean over these deals. A deal that ended after the tick was ACTIVE at it, whatever the table says today.
--   Without an ACTIVE deal there is no value.
-- sources: deals, deal_votes
-- norm_value: 3.4
-- alert_value: 2
-- tags: marketplace, demand
-- every: day
SELECT avg(coalesce(votes, 0)) AS votes_per_deal
FROM deals
LEFT JOIN (
    SELECT deal_id, CAST(count(*) AS DOUBLE) AS votes
    FROM deal_votes
    WHERE created_at <= $as_of AND epoch_us(created_at) > epoch_us($as_of) - 604800000000
    GROUP BY deal_id
) AS voted ON voted.deal_id = deals.deal_id
WHERE coalesce(activated_at, created_at) <= $as_of
    AND (status = 'ACTIVE' OR (activated_at IS NOT NULL AND ended_at > $as_of))

-- crosscheck:
-- All votes for the ACTIVE deals divided by the number of these deals.
WITH active AS (
    SELECT deal_id
    FROM deals
    WHERE coalesce(activated_at, created_at) <= $as_of
        AND CASE WHEN status = 'ACTIVE' THEN true ELSE activated_at <= $as_of AND ended_at > $as_of END
)

SELECT CAST(count(*) AS DOUBLE) / nullif((SELECT count(*) FROM active), 0) AS votes_per_deal
FROM deal_votes
WHERE deal_id IN (SELECT deal_id FROM active)
    AND created_at <= $as_of AND created_at > $as_of - INTERVAL '7 days'

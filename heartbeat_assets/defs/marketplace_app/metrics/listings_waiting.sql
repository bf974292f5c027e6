-- name: Listings waiting for approval
-- code: WAIT
-- period: at the tick
-- unit: listings
-- direction: lower_is_better
-- description: How many listings are PENDING, so that people at the console have to approve or reject them.
-- how_to_read: Up to 8 is normal; a listing waits two hours. Above 12 the queue grows faster than it is worked off, or
--   nobody can work on it because the console does not.
-- methodology: Rows of listings created up to the tick that had neither become live nor ended by then, whatever the
--   table says today. 0 is a value; there is none before the first listing.
-- sources: listings
-- norm_value: 12
-- alert_value: 24
-- tags: marketplace, operations
-- fresh_within: 18h
SELECT
    sum(
        CASE
            WHEN (live_at IS NULL OR live_at > $as_of) AND (ended_at IS NULL OR ended_at > $as_of) THEN 1
            ELSE 0
        END
    ) AS listings_waiting
FROM listings
WHERE created_at <= $as_of

-- crosscheck:
-- All listings, less those that were decided about.
SELECT nullif(count(*), 0) - count(CASE WHEN live_at <= $as_of OR ended_at <= $as_of THEN 1 END) AS listings_waiting
FROM listings
WHERE created_at <= $as_of

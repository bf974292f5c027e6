-- name: Listings with an offer
-- code: OFFR
-- period: rolling 7 days
-- unit: %
-- direction: higher_is_better
-- description: Share of the LIVE listings that received at least one offer.
-- how_to_read: 40 to 50 is normal. It falls when buyers stay away, and when listings stay LIVE that nobody wants; a
--   jump means that few listings are LIVE: look at how many wait for approval.
-- methodology: Listings that are LIVE at the tick and have an offer created in the 7 days up to the tick, divided by
--   all that are LIVE at the tick, times 100. A listing that ended after the tick was LIVE at it, whatever the table
--   says today. Without a LIVE listing there is no value.
-- sources: listings, offers
-- norm_value: 30
-- alert_value: 20
-- tags: marketplace, demand
-- every: day
SELECT 100 * avg(CASE WHEN offered.listing_id IS NULL THEN 0.0 ELSE 1.0 END) AS listing_to_offer_rate
FROM listings
LEFT JOIN (
    SELECT DISTINCT listing_id
    FROM offers
    WHERE created_at <= $as_of AND epoch_us(created_at) > epoch_us($as_of) - 604800000000
) AS offered ON offered.listing_id = listings.listing_id
WHERE coalesce(live_at, created_at) <= $as_of
    AND (status = 'LIVE' OR (live_at IS NOT NULL AND ended_at > $as_of))

-- crosscheck:
-- Distinct listings among the offers, of those that are LIVE.
WITH live AS (
    SELECT listing_id
    FROM listings
    WHERE coalesce(live_at, created_at) <= $as_of
        AND CASE WHEN status = 'LIVE' THEN true ELSE live_at <= $as_of AND ended_at > $as_of END
)

SELECT CAST(count(DISTINCT listing_id) AS DOUBLE) / nullif((SELECT count(*) FROM live), 0) * 100
    AS listing_to_offer_rate
FROM offers
WHERE listing_id IN (SELECT listing_id FROM live)
    AND created_at <= $as_of AND created_at > $as_of - INTERVAL '7 days'

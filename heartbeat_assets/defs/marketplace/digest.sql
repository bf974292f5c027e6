-- The five KPIs of the marketplace at the end of its data, one row. Statuses are those of the tables, and windows end
-- at the newest row of any of them. What has nothing to be divided by has no value.
WITH measured AS (
    SELECT max(at_us) AS now_us
    FROM (
        SELECT max(epoch_us(occurred_at)) AS at_us FROM audit_logs
        UNION ALL SELECT max(epoch_us(created_at)) FROM deals
        UNION ALL SELECT max(epoch_us(created_at)) FROM deal_votes
        UNION ALL SELECT max(epoch_us(created_at)) FROM listings
        UNION ALL SELECT max(epoch_us(created_at)) FROM offers
        UNION ALL SELECT max(epoch_us(created_at)) FROM reports
    ) AS newest
),

spans AS (
    SELECT now_us, now_us - 86400000000 AS day_us, now_us - 604800000000 AS week_us
    FROM measured
),

deal_totals AS (
    SELECT
        count(CASE WHEN status = 'NEW' AND epoch_us(created_at) > day_us THEN 1 END) AS deals_new,
        count(CASE WHEN status = 'ACTIVE' THEN 1 END) AS deals_active,
        count(*) AS deals
    FROM deals
    CROSS JOIN spans
),

vote_totals AS (
    SELECT count(*) AS votes_for_active
    FROM deal_votes
    CROSS JOIN spans
    WHERE epoch_us(created_at) > week_us
        AND deal_id IN (SELECT deal_id FROM deals WHERE status = 'ACTIVE')
),

listing_totals AS (
    SELECT
        count(CASE WHEN status = 'LIVE' THEN 1 END) AS listings_live,
        count(CASE WHEN status = 'PENDING' THEN 1 END) AS listings_pending
    FROM listings
),

offer_totals AS (
    SELECT
        count(*) AS offers,
        count(CASE WHEN status = 'ACCEPTED' THEN 1 END) AS offers_accepted,
        count(
            DISTINCT CASE
                WHEN listing_id IN (SELECT listing_id FROM listings WHERE status = 'LIVE') THEN listing_id
            END
        ) AS listings_offered
    FROM offers
    CROSS JOIN spans
    WHERE epoch_us(created_at) > week_us
),

report_totals AS (
    SELECT count(*) AS reports
    FROM reports
    CROSS JOIN spans
    WHERE epoch_us(created_at) > week_us
),

request_totals AS (
    SELECT
        count(*) AS requests,
        count(
            CASE
                WHEN "request.method" IN ('POST', 'PATCH', 'PUT', 'DELETE') AND epoch_us(occurred_at) > week_us THEN 1
            END
        ) AS writes
    FROM audit_logs
    CROSS JOIN spans
)

SELECT
    CASE WHEN deals > 0 THEN deals_new END AS deals_per_day,
    CAST(votes_for_active AS DOUBLE) / nullif(deals_active, 0) AS votes_per_deal,
    100.0 * listings_offered / nullif(listings_live, 0) AS listing_to_offer_rate,
    100.0 * offers_accepted / nullif(offers, 0) AS offer_to_accept_rate,
    1000.0 * reports / nullif(writes, 0) AS reports_per_1000_actions,
    now_us / 1000000.0 AS "measured.until_epoch_seconds",
    deals_new AS "totals.deals_new_day",
    deals_active AS "totals.deals_active",
    votes_for_active AS "totals.votes_for_active_week",
    listings_live AS "totals.listings_live",
    listings_pending AS "totals.listings_pending",
    listings_offered AS "totals.listings_offered_week",
    offers AS "totals.offers_week",
    offers_accepted AS "totals.offers_accepted_week",
    reports AS "totals.reports_week",
    writes AS "totals.writes_week",
    requests AS "totals.requests_total"
FROM spans
CROSS JOIN deal_totals
CROSS JOIN vote_totals
CROSS JOIN listing_totals
CROSS JOIN offer_totals
CROSS JOIN report_totals
CROSS JOIN request_totals

-- name: Open reviews
-- code: OPEN
-- period: at the tick
-- unit: reviews
-- direction: lower_is_better
-- description: How many reviews of acts are waiting to be closed.
-- how_to_read: 20 to 40 is normal, most on Mondays, as reviews are opened at weekends but not closed. A steady
--   climb over days means that nobody closes any; it falls within three days once people are back.
-- methodology: Reviews opened by the tick and not closed by then. A review that was closed after the tick was
--   open at it, whatever the table says today. There is no value before the first review.
-- sources: reviews
-- norm_value: 45
-- alert_value: 65
-- recovery_value: 40
-- tags: register, backlog
-- fresh_within: 3d
SELECT sum(CASE WHEN closed_at IS NULL OR closed_at > $as_of THEN 1 ELSE 0 END) AS open_reviews
FROM reviews
WHERE opened_at <= $as_of

-- crosscheck:
-- All that were opened, less all that were closed.
SELECT nullif(opened.reviews, 0) - closed.reviews AS open_reviews
FROM (SELECT count(*) AS reviews FROM reviews WHERE opened_at <= $as_of) AS opened
CROSS JOIN (SELECT count(*) AS reviews FROM reviews WHERE closed_at <= $as_of) AS closed

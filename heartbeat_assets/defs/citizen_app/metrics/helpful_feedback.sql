-- name: Helpful feedback
-- code: HELP
-- period: last 7 days
-- unit: ratio
-- direction: higher_is_better
-- description: Share of the feedback that says the answer helped.
-- how_to_read: About four in five is normal. It moves slowly, as a week is in it: a bad day costs 0.03 to 0.06
--   and is seen for seven days. People who got no answer hardly ever say that it helped.
-- methodology: Feedback "helpful" divided by all feedback in the 7 days up to the tick. About three sessions in
--   ten leave any, so this is the opinion of those who bother. Without feedback there is no value.
-- sources: events
-- norm_value: 0.75
-- alert_value: 0.65
-- tags: app, trust
-- benchmark_days: 60
SELECT avg(CASE WHEN helpful THEN 1.0 ELSE 0.0 END) AS helpful_feedback
FROM events
WHERE (helpful OR unhelpful) AND ts_us > epoch_us($as_of) - 604800000000 AND ts_us <= epoch_us($as_of)

-- crosscheck:
-- Day by day, each weighted with its feedback.
SELECT sum(share * votes) / nullif(sum(votes), 0) AS helpful_feedback
FROM (
    SELECT
        1.0 - avg(CASE WHEN unhelpful THEN 1.0 ELSE 0.0 END) AS share,
        count(*) AS votes
    FROM events
    WHERE (helpful OR unhelpful) AND ts_us > epoch_us($as_of) - 604800000000 AND ts_us <= epoch_us($as_of)
    GROUP BY floor((epoch_us($as_of) - ts_us) / 86400000000.0)
) AS days

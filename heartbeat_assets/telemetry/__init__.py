"""Raw events into typed columns: tolerant of what producers write, exact about what it means, nothing silently lost.

Knows files, lines and columns (docs/contract.md, section 1); must not know lanes, thresholds or verdicts.
"""

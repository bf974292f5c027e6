"""Regression tripwires: what a metric's recent events say against those before them.

Plain Python. It must not know Dagster, the web, SQL or where events are kept.
"""

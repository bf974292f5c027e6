"""The degraded-mode guide as data: which scenario applies now, what to do, and when its rollback criterion is met.

Plain Python. It must not do what a scenario says; people do.
"""

"""What was promised and how it stands: service objectives and their error budgets.

Plain Python. It must know neither Dagster nor the web, and no lane, metric or tripwire.
"""

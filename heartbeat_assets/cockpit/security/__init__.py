"""Who may do what in the cockpit: operators, sessions, failed attempts, and what every request must keep to.

It must not know metrics or lanes.
"""

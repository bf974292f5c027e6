"""What SQL may read: the kinds of sources, finding them, and opening them as tables.

Plain Python that asks `telemetry` and `warehouse` for what they own. It must not know what the queries are for: a lane
and a service are both owners of sources here.
"""

"""What a policy would have done to the whole history of a lane, told and drawn.

`replay` goes through the history once; `report` tells what came of it, `chart` and what is beside it draw it. It must
not record or publish anything.
"""

from heartbeat_assets.lanes.backtest.replay import Backtest, backtest, since_instant

__all__ = ["Backtest", "backtest", "since_instant"]

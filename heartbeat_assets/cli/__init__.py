"""The terminal's door: `heartbeat COMMAND`. Commands are imported when they are called, so that help is quick.

It must not compute anything itself: each command asks a room and prints what came back.
"""

from heartbeat_assets.cli.main import main

__all__ = ["main"]

"""Personal data in a text that is about to be published: found, and named by place and kind without being shown.

Plain Python, offline. It must not know what the text is about, nor decide what happens to it.
"""

from heartbeat_assets.objectives.privacy.finding import Finding
from heartbeat_assets.objectives.privacy.looking import find_personal_data
from heartbeat_assets.objectives.privacy.views import Kind

__all__ = ["Finding", "Kind", "find_personal_data"]

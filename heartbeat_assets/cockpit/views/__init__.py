"""What the cockpit's pages are made of: frozen values that the templates read, one module a page.

Plain data and its words. It must not fetch anything, nor know the web.
"""

from heartbeat_assets.cockpit.views.governance import (
    EvaluationView,
    FormView,
    GovernanceView,
    StoppedLine,
    SwitchEventView,
    SwitchView,
    TripwirePageView,
    TripwireView,
    worst_tripwire_first,
)
from heartbeat_assets.cockpit.views.home import Counts, HomeFilters, HomeView, Problem, ServiceView
from heartbeat_assets.cockpit.views.lane import (
    DocumentView,
    EvidenceRow,
    KpiView,
    LaneSummary,
    LanesView,
    LaneView,
    RuleView,
    Streak,
)
from heartbeat_assets.cockpit.views.metric import (
    AuditEvent,
    BenchmarkView,
    Editable,
    HistoryRow,
    MetricView,
    RangeChoice,
    SourceView,
    Stage,
    stages,
)
from heartbeat_assets.cockpit.views.page import MessageView, PageView, SignInView
from heartbeat_assets.cockpit.views.runbook import ItemView, RunbookView
from heartbeat_assets.cockpit.views.tile import MARKS, SEVERITY, Status, TileView, worst_first

__all__ = [
    "MARKS",
    "SEVERITY",
    "AuditEvent",
    "BenchmarkView",
    "Counts",
    "DocumentView",
    "Editable",
    "EvaluationView",
    "EvidenceRow",
    "FormView",
    "GovernanceView",
    "HistoryRow",
    "HomeFilters",
    "HomeView",
    "ItemView",
    "KpiView",
    "LaneSummary",
    "LaneView",
    "LanesView",
    "MessageView",
    "MetricView",
    "PageView",
    "Problem",
    "RangeChoice",
    "RuleView",
    "RunbookView",
    "ServiceView",
    "SignInView",
    "SourceView",
    "Stage",
    "Status",
    "StoppedLine",
    "Streak",
    "SwitchEventView",
    "SwitchView",
    "TileView",
    "TripwirePageView",
    "TripwireView",
    "stages",
    "worst_first",
    "worst_tripwire_first",
]

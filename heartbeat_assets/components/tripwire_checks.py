"""The check `no_regression` of a tripwire, as what is recorded of it decides. It must not look at events.

It is never blocking: the switches lie downstream, and they must be thrown just when it fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from heartbeat_assets.components import tripwire_metadata
from heartbeat_assets.components.asset_basics import asset_key
from heartbeat_assets.components.tripwire_group import TripwireGroup

NO_REGRESSION = "no_regression"
_ERROR, _WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
# With too few events nothing is known to be wrong, but nothing is watched either: whoever relies on it must see that.
_WARNS = {"inconclusive", "insufficient_events", "no_data"}
_FAILS = {"triggered", "problem"}
_NEVER = "It has not been looked at yet."


def check_spec(group: TripwireGroup, asset: str) -> dg.AssetCheckSpec:
    """The check of the tripwire whose asset is called so."""
    return dg.AssetCheckSpec(
        NO_REGRESSION,
        asset=asset_key(group, asset),
        description="The metric has not become worse. Fails when the tripwire triggers or its events cannot be "
        "compared; warns when the evidence or the events do not suffice. Blocks nothing: the switches follow it.",
    )


def check_result(
    group: TripwireGroup, asset: str, kind: str | None, body: Mapping[str, Any], seq: int
) -> dg.AssetCheckResult:
    """What the newest look means, recorded as `kind` with `body`; `kind` is None where nobody looked yet."""
    if kind is None:
        return _result(group, asset, False, _WARN, _NEVER, {})
    if kind == "baseline_released":
        said = "A person released its baseline; the next look takes a new one."
        return _result(group, asset, True, _WARN, said, {"evaluation": seq})
    severity = _ERROR if kind in _FAILS else _WARN
    passed = kind not in _FAILS | _WARNS
    numbers = tripwire_metadata.of_look(kind, body, seq)
    return _result(group, asset, passed, severity, numbers.pop("sentence"), numbers)


def broken_result(group: TripwireGroup, asset: str, sentence: str) -> dg.AssetCheckResult:
    """The result of a look that failed on its own."""
    return _result(group, asset, False, _ERROR, sentence, {})


def _result(
    group: TripwireGroup,
    asset: str,
    passed: bool,
    severity: dg.AssetCheckSeverity,
    sentence: str,
    metadata: dict[str, Any],
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=NO_REGRESSION,
        asset_key=asset_key(group, asset),
        passed=passed,
        severity=severity,
        description=sentence,
        metadata=metadata,
    )

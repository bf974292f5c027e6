"""Files of OpenSLO documents: what is read, what is refused in which words, and what is written again."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.objectives.slo.openslo import export, files_in, read_files
from heartbeat_assets.objectives.slo.resolve import load_slos
from heartbeat_assets_tests.objectives.slo.slo_making import (
    FIVE_MINUTES,
    THRESHOLD,
    document,
    month,
    rolling,
    slo,
    written,
)

EVERYTHING = """
---
apiVersion: openslo/v1
kind: Service
metadata: {name: shop, displayName: Shop}
spec: {description: What customers see}
---
- apiVersion: openslo/v1
  kind: DataSource
  metadata: {name: metrics}
  spec: {type: Prometheus, connectionDetails: {url: "http://localhost:9090"}}
- apiVersion: openslo/v1
  kind: SLI
  metadata: {name: answered}
  spec:
    ratioMetric:
      counter: true
      bad: {metricSource: {metricSourceRef: metrics, spec: {query: 'sum(rate(errors[5m]))'}}}
      total: {metricSource: {metricSourceRef: metrics, spec: {query: 'sum(rate(requests[5m]))'}}}
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: {name: OnCall}
spec: {target: email}
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: fast-burn}
spec:
  severity: page
  condition: {kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: burns}
spec:
  alertWhenBreaching: true
  alertWhenNoData: true
  conditions: [{conditionRef: fast-burn}]
  notificationTargets: [{targetRef: OnCall}]
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: shop-availability
  labels: {team: [web, ops], tier: "1"}
spec:
  service: shop
  indicatorRef: answered
  timeWindow:
    - duration: 1M
      calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Madrid}
  budgetingMethod: Occurrences
  objectives:
    - {displayName: Internal, target: 0.995}
    - {displayName: Contract, targetPercent: 99}
  alertPolicies:
    - alertPolicyRef: burns
    - kind: AlertPolicy
      metadata: {name: slow}
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: {name: slow-burn, annotations: {heartbeat/shortWindow: 6h}}
            spec:
              severity: ticket
              condition: {kind: burnrate, op: gt, threshold: 1, lookbackWindow: 3d}
"""


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    file = tmp_path / "everything.yaml"
    file.write_text(EVERYTHING)
    return file


def test_a_file_may_hold_several_documents_of_every_kind_and_lists_of_them(everything: Path) -> None:
    read = read_files([everything])
    assert read.problems == ()
    assert [one.kind for one in read.documents] == [
        "Service", "DataSource", "SLI", "AlertNotificationTarget", "AlertCondition", "AlertPolicy", "SLO"
    ]  # fmt: skip


def test_what_is_written_is_what_was_read(everything: Path, tmp_path: Path) -> None:
    first = [one.document for one in read_files([everything]).documents]
    text = export(first)
    again = tmp_path / "again.yaml"
    again.write_text(text)
    second = [one.document for one in read_files([again]).documents]
    assert second == first
    assert export(second) == text
    # Nothing is written that was not there, and nothing is lost.
    parts = [part if isinstance(part, list) else [part] for part in yaml.safe_load_all(EVERYTHING) if part]
    plain = [one for part in parts for one in part]
    plain[-1]["spec"]["timeWindow"][0]["calendar"]["startTime"] = "2026-01-01 00:00:00"
    assert list(yaml.safe_load_all(text)) == plain


def test_each_objective_is_an_slo_of_its_own(everything: Path) -> None:
    found = load_slos([everything]).checked()
    assert [(slo.name, float(slo.target)) for slo in found.slos] == [
        ("shop-availability.internal", 0.995),
        ("shop-availability.contract", 0.99),
    ]
    assert found.slos[0].labels == (("team", ("web", "ops")), ("tier", ("1",)))


def test_alert_policies_in_line_and_by_name_become_burn_rules(everything: Path) -> None:
    rules = load_slos([everything]).slos[0].rules
    assert [(r.name, str(r.long), str(r.short), float(r.factor or 0), r.severity) for r in rules] == [
        ("fast-burn", "1h", "5m", 14.4, "ERROR"),
        ("slow-burn", "3d", "6h", 1.0, "WARN"),
    ]


def test_what_is_not_supported_is_named(everything: Path) -> None:
    found = load_slos([everything])
    assert not any(slo.is_measurable for slo in found.slos)
    said = [notice.removeprefix(f"{everything}: ") for notice in found.notices]
    for start in (
        "document 2 (DataSource metrics), spec.type: 'Prometheus' is no source here",
        "document 3 (SLI answered), spec.ratioMetric.bad.metricSource: a source of type 'Prometheus' cannot be read",
        "document 4 (AlertNotificationTarget OnCall), kind: is kept and not used",
        "document 5 (AlertCondition fast-burn), spec.condition.alertAfter: is kept and not used",
        "document 6 (AlertPolicy burns), spec.alertWhenNoData: is kept and not used",
        "document 6 (AlertPolicy burns), spec.notificationTargets: are kept and not used",
    ):
        assert any(one.startswith(start) for one in said), start


def changed(field: str, value: Any) -> dict[str, Any]:
    """A document with `value` at the dotted place; `...` takes it out."""
    made = document()
    place: Any = made
    *path, last = [int(part) if part.isdigit() else part for part in field.split(".")]
    for part in path:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return made


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (
            "apiVersion",
            "openslo/v2alpha",
            "apiVersion: must be 'openslo/v1', not 'openslo/v2alpha'; openslo/v2alpha is",
        ),
        ("kind", "Slo", "kind: there is no 'Slo'; did you mean 'SLO'?"),
        ("metadata.name", ..., "metadata.name: is required"),
        ("metadata.names", "x", "metadata: unknown field 'names'; did you mean 'name'?"),
        ("metadata.labels", {"a": 1}, "metadata.labels.a: must be text or a list of texts, not 1"),
        ("metadata.annotations", {"heartbeat/minEvents": 10}, "metadata.annotations.heartbeat/minEvents: must be text"),
        (
            "metadata.annotations",
            {"heartbeat/minEvent": "1"},
            "there is no heartbeat/minEvent; did you mean heartbeat/minEvents?",
        ),
        ("metadata.annotations", {"heartbeat/bucket": "1M"}, "heartbeat/bucket: '1M' is not always as long"),
        ("metadata.annotations", {"heartbeat/bucket": "7m"}, "does not divide a day evenly"),
        ("metadata.annotations", {"heartbeat/owner": "ana"}, "neither an e-mail address nor `team:name`"),
        ("metadata.annotations", {"heartbeat/redAt": "80%"}, "heartbeat/redAt: is above heartbeat/yellowAt"),
        ("metadata.annotations", {"heartbeat/yellowAt": "0.5"}, "'0.5' is no share of the budget"),
        ("metadata.annotations", {"heartbeat/burnRules": "fast"}, "'fast' is no burn rule"),
        ("spec.service", ..., "spec.service: is required"),
        ("spec.budgetingMethod", "Occurences", "spec.budgetingMethod: must be 'Occurrences', 'Timeslices' or"),
        ("spec.budgetingMethod", "Timeslices", "spec.objectives[0]: budgetingMethod Timeslices needs timeSliceWindow"),
        ("spec.indicator", ..., "spec: needs indicator or indicatorRef"),
        ("spec.indicatorRef", "other", "spec: gives indicator and indicatorRef; give one of them"),
        ("spec.objectives", [], "spec.objectives: must have at least one entry"),
        ("spec.objectives.0.target", 99.5, "target: must be at most 1, not 99.5; for 99.5% write targetPercent: 99.5"),
        ("spec.objectives.0.target", -0.1, "spec.objectives[0].target: must be at least 0"),
        ("spec.objectives.0.target", "0.99", "spec.objectives[0].target: must be a number, not '0.99'"),
        ("spec.objectives.0.targetPercent", 99, "spec.objectives[0]: gives target and targetPercent; give one of them"),
        ("spec.objectives.0.targets", 1, "spec.objectives[0]: unknown field 'targets'; did you mean 'target'?"),
        ("spec.objectives.0.timeSliceWindow", "1M", "spec.objectives[0].timeSliceWindow: '1M' is not always as long"),
        ("spec.timeWindow", [], "spec.timeWindow: must have at least one entry"),
        ("spec.timeWindow.0.duration", "1y", "spec.timeWindow[0].duration: '1y' is no duration"),
        ("spec.timeWindow.0.isRolling", False, "spec.timeWindow[0]: isRolling: false needs a calendar"),
        ("spec.timeWindow.0.isRolling", "yes", "spec.timeWindow[0].isRolling: must be true or false"),
        (
            "spec.timeWindow.0.calendar",
            {"startTime": "2026-01-01 00:00:00", "timeZone": "UTC"},
            "spec.timeWindow[0]: gives a calendar and isRolling: true",
        ),
        (
            "spec.timeWindow.0",
            {"duration": "1M", "calendar": {"startTime": "soon", "timeZone": "UTC"}},
            "spec.timeWindow[0].calendar.startTime: 'soon' is no date with time",
        ),
        (
            "spec.timeWindow.0",
            {"duration": "1M", "calendar": {"startTime": "2026-01-01 00:00:00Z", "timeZone": "UTC"}},
            "startTime: '2026-01-01 00:00:00Z' has a time zone of its own",
        ),
        (
            "spec.timeWindow.0",
            {"duration": "1M", "calendar": {"startTime": "2026-01-01 00:00:00", "timeZone": "Madrid"}},
            "spec.timeWindow[0].calendar.timeZone: 'Madrid' is no time zone",
        ),
        (
            "spec.alertPolicies",
            [{"alertPolicyRef": "none"}],
            "spec.alertPolicies[0].alertPolicyRef: there is no AlertPolicy",
        ),
        ("spec.indicator.spec", {}, "spec.indicator.spec: needs thresholdMetric or ratioMetric"),
        ("spec.indicator.spec.ratioMetric.bad", {"metricSource": {}}, "spec.ratioMetric: gives good and bad"),
        ("spec.indicator.spec.ratioMetric.total", ..., "spec.ratioMetric: needs total or raw"),
        ("spec.indicator.spec.ratioMetric.rawType", "success", "rawType and raw belong together"),
        (
            "spec.indicator.spec.ratioMetric.good.metricSource.spec",
            {"service": "shop", "sql": "SELECT 1"},
            "good.metricSource.spec: unknown field 'sql'; there are service, query",
        ),
        (
            "spec.indicator.spec.ratioMetric.good.metricSource.spec",
            {"query": "SELECT 1"},
            "good.metricSource.spec.service: must be text: the folder of the metrics service",
        ),
        (
            "spec.indicator.spec.ratioMetric.good.metricSource",
            {"metricSourceRef": "gone", "spec": {"query": "SELECT 1"}},
            "good.metricSource.metricSourceRef: there is no DataSource called 'gone'",
        ),
        ("spec.indicator.spec", THRESHOLD, "spec.objectives[0]: a thresholdMetric needs op and value"),
    ],
)
def test_a_mistake_names_file_document_and_field(tmp_path: Path, field: str, value: Any, sentence: str) -> None:
    found = written(tmp_path, document(name="other"), changed(field, value))
    assert [slo.name for slo in found.slos] == ["other"]
    assert found.problems
    (said,) = [one for one in found.problems if sentence in one] or [f"not said in {found.problems}"]
    assert said.startswith(f"{tmp_path / 'slo.yaml'}: document 2 (")
    with pytest.raises(SpecProblem):
        found.checked()


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"targetPercent": 100}, "targetPercent: is 100%, which OpenSLO does not allow"),
        ({"op": "gt"}, "op and value are for a thresholdMetric"),
        ({"timeSliceWindow": 5}, "not used with budgetingMethod Occurrences"),
        ({"window": {"duration": "1m", "isRolling": True}}, "1m is 1 minute; a month is written 1M"),
        ({"window": {"duration": "6h", "isRolling": True}}, "the burn rule 10% in 3d+6h is not used"),
        ({"spec": {"timeWindow": None}}, "timeWindow: is left out; the last 30 days are taken"),
    ],
)
def test_what_is_taken_otherwise_than_it_may_be_meant_is_named(
    tmp_path: Path, what: dict[str, Any], sentence: str
) -> None:
    found = written(tmp_path, document(**what)).checked()
    assert len(found.slos) == 1
    assert any(sentence in notice for notice in found.notices), found.notices


def test_two_documents_of_a_kind_cannot_have_one_name(tmp_path: Path) -> None:
    found = written(tmp_path, document(), document())
    where = f"{tmp_path / 'slo.yaml'}: document 2 (SLO api), metadata.name"
    assert found.problems == (f"{where}: document 1 has that name already; choose another",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "line 2, column 1"),
        ("just text", "document 1, must be a mapping with apiVersion, kind, metadata and spec"),
        ("", "holds no OpenSLO document"),
        ("apiVersion: openslo/v1\nkind: SLO\nkind: SLI", "'kind' is given twice"),
    ],
)
def test_a_file_that_holds_no_documents_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(text)
    (problem,) = load_slos([file]).problems
    assert problem.startswith(f"{file}: ")
    assert sentence in problem


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (problem,) = load_slos([tmp_path / "gone.yaml"]).problems
    assert "cannot be read" in problem


def test_files_of_openslo_are_found_among_others(everything: Path) -> None:
    folder = everything.parent
    (folder / "deeper").mkdir()
    (folder / "deeper" / "one.yml").write_text("apiVersion: openslo/v1\n")
    (folder / "defs.yaml").write_text("type: x\n# openslo/v1\n")
    (folder / "other.yaml").write_text("a: 1\n")
    assert [file.name for file in files_in(folder)] == ["one.yml", "everything.yaml"]


def test_a_file_that_cannot_be_read_is_told_and_hides_no_other(
    everything: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = everything.parent / "locked.yaml"
    locked.write_text("apiVersion: openslo/v1\n")

    def but_for_one(read: Any) -> Any:
        def reading(path: Path, **more: Any) -> Any:
            if path == locked:
                raise PermissionError(13, "Permission denied", str(path))
            return read(path, **more)

        return reading

    for name in ("read_bytes", "read_text"):
        monkeypatch.setattr(Path, name, but_for_one(getattr(Path, name)))
    found = load_slos(files_in(everything.parent))
    assert found.problems == (f"{locked}: cannot be read: Permission denied",)
    assert found.slos


def test_a_policy_that_is_only_named_is_written_as_the_standard_has_it(everything: Path, tmp_path: Path) -> None:
    file = tmp_path / "older.yaml"
    file.write_text(EVERYTHING.replace("- alertPolicyRef: burns", "- burns"))
    assert [one.document for one in read_files([file]).documents] == [
        one.document for one in read_files([everything]).documents
    ]


def test_a_composite_slo_is_kept_and_named(tmp_path: Path) -> None:
    made = document()
    made["spec"]["objectives"][0] |= {"indicator": made["spec"].pop("indicator"), "compositeWeight": 2}
    found = written(tmp_path, made).checked()
    assert (len(found.documents), found.slos) == (1, ())
    assert "a composite SLO is kept and not judged" in found.notices[0]


def test_a_source_elsewhere_may_have_windows_that_ours_could_not_measure(tmp_path: Path) -> None:
    made = changed("spec.indicator.spec", {"thresholdMetric": {"metricSource": {"type": "Any", "spec": None}}})
    made["spec"]["objectives"][0] |= {"op": "lt", "value": 500}
    made["spec"]["timeWindow"] = [month("America/New_York", "2022-01-01 12:00:00", "1m")]
    found = written(tmp_path, made).checked()
    assert [slo.is_measurable for slo in found.slos] == [False]
    # With our source it would be a mistake: buckets of 5 minutes do not begin at every minute.
    here = changed("spec.timeWindow", made["spec"]["timeWindow"])
    assert "buckets of 5m do not begin where the window does" in written(tmp_path, here).problems[0]


def test_buckets_must_begin_where_windows_do(tmp_path: Path) -> None:
    made = document(window=month("Asia/Kolkata"), annotations={"heartbeat/bucket": "1h"})
    assert "do not begin where the window does, at 18:30 UTC" in written(tmp_path, made).problems[0]
    made["metadata"]["annotations"]["heartbeat/bucket"] = "30m"
    assert written(tmp_path, made).problems == ()


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (
            {"timeSliceWindow": "7m", "annotations": FIVE_MINUTES},
            "timeSliceWindow 7m is not made of whole buckets of 5m",
        ),
        (
            {"timeSliceWindow": "5h", "window": rolling("1d")},
            "timeSliceWindow 5h does not divide the window of 1d evenly",
        ),
        ({"timeSliceWindow": "5h", "window": rolling("1M")}, "timeSliceWindow 5h does not divide a day evenly"),
    ],
)
def test_slices_must_fit(tmp_path: Path, what: dict[str, Any], sentence: str) -> None:
    assert sentence in written(tmp_path, document(method="RatioTimeslices", **what)).problems[0]


@pytest.mark.parametrize(
    ("width", "window", "bucket"),
    [
        (None, rolling(), "5m"),
        ("1m", rolling(), "1m"),
        ("1h", rolling(), "1h"),
        ("1h", month("Europe/Madrid"), "1h"),
        # Months begin at 18:30 UTC in India, and days at 23:00 in Spain in winter: slices begin with them.
        ("1h", month("Asia/Kolkata"), "5m"),
        ("1d", month("Europe/Madrid"), "5m"),
        ("1d", month(), "1d"),
        ("7m", rolling("7d"), "1m"),
    ],
)
def test_a_bucket_is_a_slice_where_windows_begin_with_one(
    width: str | None, window: dict[str, Any], bucket: str
) -> None:
    slices = {"method": "RatioTimeslices", "timeSliceWindow": width} if width else {}
    assert str(slo(window=window, **slices).bucket) == bucket

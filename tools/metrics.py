"""The catalogue of metrics: writes `docs/metrics.md`, or checks it.

`python -m tools.metrics write` regenerates the table from the registries of all services, the label
vocabularies and the rule files; `check` reports whether it differs.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from prometheus_client import Counter, Gauge, Histogram

from shared.contracts.vocabulary import SERVICES
from tools.alert_rules import RULES, alerts, metrics_of
from tools.metric_labels import vocabulary

PAGE = Path(__file__).parent.parent / "docs" / "metrics.md"
AUDIT = "shared.audit.metrics"
MODULES = (
    "shared.platform.http.request_guard",
    "shared.platform.crypto.key_metrics",
    "shared.platform.http.miss_limit",
    "shared.platform.runtime.process_metrics",
    "shared.platform.runtime.shell_metrics",
    "shared.web.sign_in",
    *(f"services.{service}.metrics" for service in SERVICES),
    AUDIT,
)
KINDS: Mapping[type, str] = {Counter: "counter", Gauge: "gauge", Histogram: "histogram"}


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric as Prometheus knows it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str
    module: str

    @property
    def unit(self) -> str:
        """The unit: a base unit, or the things counted."""
        if self.name.endswith("_timestamp_seconds"):
            return "Unix time, s"
        last = self.name.rpartition("_")[2]
        return {"seconds": "s", "total": "1", "info": "1", "ready": "1"}.get(last, last)

    @property
    def series(self) -> frozenset[str]:
        """The names of its series."""
        if self.kind != "histogram":
            return frozenset((self.name,))
        return frozenset(f"{self.name}_{part}" for part in ("bucket", "count", "sum"))


@cache
def catalogue() -> tuple[Metric, ...]:
    """Every metric of the services and of the audit, by name."""
    found = [metric for name in MODULES for metric in _declared(import_module(name))]
    return tuple(sorted(found, key=lambda metric: metric.name))


def page(folder: Path = RULES) -> str:
    """The content of `docs/metrics.md`."""
    used = _used(folder)
    rows = (
        f"| `{one.name}` | {one.kind} | {one.unit} | {_labels(one)} | {one.help} "
        f"| {', '.join(used.get(one.name, ()))} |"
        for one in catalogue()
    )
    return "\n".join([*_ABOVE, *rows, ""])


_ABOVE = (
    "# Metrics · 指标",
    "",
    "Made by `python -m tools.metrics write` from the registries of the services, the",
    "vocabularies in `tools/metric_labels.py` and the rules in `deploy/prometheus/rules`;",
    "don't edit. Each service shows its own at `/metrics`; the audit writes its own",
    "(`mailbox_audit_*`) for the node exporter's text files. Beside them stand `process_*`",
    "and `python_*` of the client library. No label holds a letter number, or anything that",
    "grows with letters, people or requests. What is kept in a database is measured every few",
    "seconds, by an index and up to a bound, never at a scrape.",
    "",
    "| name | type | unit | labels | meaning | alerts |",
    "|---|---|---|---|---|---|",
)


def main(arguments: list[str]) -> int:
    """Run the command; return 1 if the page differs, 2 for an unknown command."""
    match arguments:
        case ["write"]:
            PAGE.write_text(page(), encoding="utf-8")
            return 0
        case ["check"]:
            return _check(PAGE)
        case _:
            print(__doc__)
            return 2


def _check(file: Path) -> int:
    if file.is_file() and file.read_text(encoding="utf-8") == page():
        return 0
    print(f"{file.name}: differs, run `python -m tools.metrics write`")
    return 1


def _declared(module: ModuleType) -> Iterator[Metric]:
    for value in vars(module).values():
        if isinstance(value, Counter | Gauge | Histogram):
            (described,) = value.describe()
            kind = KINDS[type(value)]
            name = described.name + ("_total" if kind == "counter" else "")
            labels = tuple(value._labelnames)  # noqa: SLF001 - the library has no public access
            yield Metric(name, kind, labels, described.documentation, module.__name__)


def _labels(metric: Metric) -> str:
    vocabularies = ((label, vocabulary(metric.name, label)) for label in metric.labels)
    return "; ".join(f"`{label}`: {known or 'unknown'}" for label, known in vocabularies)


def _used(folder: Path) -> dict[str, list[str]]:
    """The alerts that depend on each metric."""
    found: dict[str, list[str]] = {}
    of_series = {series: one.name for one in catalogue() for series in one.series}
    for alert in alerts(folder):
        for metric in sorted({of_series.get(one, one) for one in metrics_of(alert, folder)}):
            found.setdefault(metric, []).append(alert.name)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The check of alerts: severity, two languages, a runbook section, and unit tests.

`promtool` checks the form; this checks what a person needs who is woken by an alert.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from tools.alert_rules import ROOT, RULES, Rule

TESTS = RULES.parent / "tests"
SEVERITIES = frozenset({"page", "ticket", "heartbeat"})
PARTS = ("Symptom", "Confirm", "Do.", "Don't")
"""The parts of every runbook section, in this order."""
_SUMMARY = re.compile(r"[^·]*[一-鿿][^·]* · [^·一-鿿]*[A-Za-z][^·一-鿿]*")
_HEADING = re.compile(r"^(#+) +(.+?) *$", re.MULTILINE)


def faults(alerts: Iterable[Rule], root: Path = ROOT) -> list[str]:
    """The faults of each alert, one sentence each; runbooks are searched below `root`."""
    found: list[str] = []
    names: set[str] = set()
    for alert in alerts:
        own = list(_faults(alert, root))
        own += ["its name is taken"] if alert.name in names else []
        names.add(alert.name)
        found += [f"{alert.file} {alert.name}: {what}" for what in own]
    return found


def unproved(alerts: Iterable[Rule], tests: Path = TESTS) -> list[str]:
    """Alerts that no unit test shows firing, or silent."""
    fires, silent = set[str](), set[str]()
    for file in sorted(tests.glob("*.yml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
            for expectation in case.get("alert_rule_test", ()):
                (fires if expectation.get("exp_alerts") else silent).add(expectation["alertname"])
    names = [alert.name for alert in alerts]
    return [f"{name}: no test shows it firing" for name in names if name not in fires] + [
        f"{name}: no test shows it silent" for name in names if name not in silent
    ]


def sections(page: str) -> dict[str, str]:
    """The text below each heading, by the heading's anchor, up to the next of its rank."""
    found: dict[str, str] = {}
    headings = list(_HEADING.finditer(page))
    for number, heading in enumerate(headings):
        later = headings[number + 1 :]
        end = next(
            (next_.start() for next_ in later if len(next_[1]) <= len(heading[1])), len(page)
        )
        found[anchor(heading[2])] = page[heading.end() : end]
    return found


def anchor(heading: str) -> str:
    """A heading's anchor: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _faults(alert: Rule, root: Path) -> Iterator[str]:
    if not alert.name.startswith("Mailbox"):
        yield "its name doesn't begin with Mailbox"
    if alert.labels.get("severity") not in SEVERITIES:
        yield f"severity is none of {', '.join(sorted(SEVERITIES))}"
    if not _SUMMARY.fullmatch(alert.annotations.get("summary", "")):
        yield "summary is not Chinese, a dot between, and English"
    file, _, name = alert.annotations.get("runbook_url", "").partition("#")
    page = root / file
    if not file.startswith("docs/runbooks/") or not page.is_file():
        yield "runbook_url names no page"
        return
    section = sections(page.read_text(encoding="utf-8")).get(name)
    if section is None:
        yield "runbook_url names no section"
        return
    if alert.name not in section and not _is_family(alert.name, section):
        yield "its section doesn't name it"
    places = [section.find(f"**{part}") for part in PARTS]
    if -1 in places or places != sorted(places):
        yield f"its section lacks one of {', '.join(PARTS)}, or has them in another order"


def _is_family(name: str, section: str) -> bool:
    """Whether the section names all alerts with a prefix, such as `MailboxRecordsLate…`."""
    return any(name.startswith(prefix) for prefix in re.findall(r"(Mailbox\w+)…", section))

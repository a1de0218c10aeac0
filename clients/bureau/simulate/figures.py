"""Counters of the simulation, and their text for Prometheus."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

HELP = {
    "mailbox_bureaus_records_total": "Records read from the bureaus' topics, repeats included.",
    "mailbox_bureaus_letters_total": "Letters that were handed to a simulated bureau.",
    "mailbox_bureaus_actions_total": "Actions sent, repeats included, by what they ask for.",
    "mailbox_bureaus_refused_total": "Actions that the router refused, by code.",
    "mailbox_bureaus_unreadable_total": "Records that could not be read, by code.",
    "mailbox_bureaus_files_total": "Attempts to fetch a file of a letter, by what came of it.",
    "mailbox_bureaus_left_total": "Letters left alone, by reason.",
    "mailbox_bureaus_send_failures_total": "Actions that the broker did not take.",
}


class SimulationMetrics:
    """Counters that only grow. Labels are from closed sets, never a letter number."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def count(self, name: str, **labels: str) -> None:
        """Add one to `mailbox_bureaus_<name>_total`, under at most one label."""
        (label, value), *_ = (*labels.items(), ("", ""))
        self._counts[f"mailbox_bureaus_{name}_total", label, value] += 1

    def text(self) -> str:
        """Return the counters in Prometheus' text format."""
        said = []
        for name, meaning in HELP.items():
            said += [f"# HELP {name} {meaning}", f"# TYPE {name} counter"]
            found = sorted((key[1:], n) for key, n in self._counts.items() if key[0] == name)
            said += [
                f'{name}{{{label}="{value}"}} {n}' if label else f"{name} {n}"
                for (label, value), n in found
            ] or ([] if name in _LABELLED else [f"{name} 0"])
        return "\n".join([*said, ""])


class Working(Protocol):
    """A group of bureaus at work."""

    @property
    def acted_by(self) -> float:
        """The office second up to which all due work is done."""

    @property
    def next_due(self) -> float | None:
        """When the next action is due; None if nothing is."""


def diary(working: Iterable[Working]) -> str:
    """Progress of all groups and their next due time, in Prometheus' text format."""
    all_of_them = list(working)
    acted = min((one.acted_by for one in all_of_them), default=0.0)
    due = min((at for one in all_of_them if (at := one.next_due) is not None), default=None)
    shown = [("mailbox_bureaus_acted_worked_seconds", acted), ("mailbox_bureaus_next_due", due)]
    return "".join(f"# TYPE {name} gauge\n{name} {at}\n" for name, at in shown if at is not None)


_LABELLED = {
    f"mailbox_bureaus_{name}_total"
    for name in ("actions", "refused", "unreadable", "files", "left")
}

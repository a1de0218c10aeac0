"""Prints what the explorer finds: `python -m tests.protocol [--long] [--trace F4]`.

Without a clause, the shortest way into a fault; with all of them, how much was explored. Exit code
1 when a clause's fault isn't found, or when the protocol breaks.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from tests.protocol.explorer import Outcome, explore, walk
from tests.protocol.faults import FAULTS, Fault
from tests.protocol.scenarios import AT_RANDOM, WORLDS

SEARCHED = 60_000
"""States; every fault is found well within."""
QUICK_RUNS = 100
LONG_RUNS = 3_000


def main() -> int:
    """The whole table. The exit code."""
    asked = _asked()
    if asked.trace:
        return _trace(asked.trace)
    return 0 if all([*_faults(), *_worlds(is_long=asked.long), *_walks(is_long=asked.long)]) else 1


def _asked() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.protocol", description=__doc__)
    parser.add_argument("--long", action="store_true", help="explore the large worlds too")
    parser.add_argument("--trace", metavar="F4", help="tell one fault's shortest way, step by step")
    return parser.parse_args()


def _trace(wanted: str) -> int:
    found = [fault for fault in FAULTS if fault.name.split()[0] == wanted]
    for fault in found:
        outcome = explore(fault.broken, most=SEARCHED)
        print(f"{fault.name} (without {', '.join(fault.without)}): {outcome.violation}")
        for at, said in enumerate(outcome.trace, start=1):
            print(f"  {at:2} {said}")
    return 0 if found else 1


def _faults() -> Iterator[bool]:
    print("WITHOUT A CLAUSE")
    for fault in FAULTS:
        outcome = explore(fault.broken, most=SEARCHED)
        is_found = finds(fault, outcome)
        print(f"{'found' if is_found else 'MISSED':7}{fault.name}")
        print(
            f"       without {', '.join(fault.without)}: {outcome.violation or 'nothing'}"
            f" ({len(outcome.trace)} steps, {outcome.states:,} states)"
        )
        yield is_found


def finds(fault: Fault, outcome: Outcome) -> bool:
    """Whether the search found what it should."""
    return outcome.violation.startswith(fault.breaks)


def _worlds(*, is_long: bool) -> Iterator[bool]:
    print("\nTHE WHOLE PROTOCOL, EVERY ORDER OF STEPS")
    for bounds in WORLDS:
        if bounds.is_quick or is_long:
            outcome = explore(bounds.scenario, most=bounds.most)
            whole = "all of it" if outcome.is_whole else "a part"
            cut = f", {outcome.cut:,} cut" if outcome.cut else ""
            print(f"{_holds(outcome):7}{bounds.name}: {outcome.states:,} states, {whole}{cut}")
            yield not outcome.violation


def _walks(*, is_long: bool) -> Iterator[bool]:
    print("\nTHE WHOLE PROTOCOL, AT RANDOM")
    for bounds in AT_RANDOM:
        outcome = walk(bounds.scenario, seed=1, runs=LONG_RUNS if is_long else QUICK_RUNS)
        ends = f"{outcome.ends:,} runs to their end, {outcome.cut:,} not"
        print(f"{_holds(outcome):7}{bounds.name}: {outcome.states:,} steps, {ends}")
        yield not outcome.violation


def _holds(outcome: Outcome) -> str:
    return f"BROKEN {outcome.violation}\n       " if outcome.violation else "holds"


if __name__ == "__main__":
    sys.exit(main())

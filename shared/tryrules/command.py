"""The command that reads a file of letters and writes the rules' results, atomically.

Exit codes: 0: every letter was tried. 2: at least one can't be; each fault is reported on stderr
with its line and field, and no file is written or changed.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from shared.platform.runtime.line_files import NotDone, answered, numbered, whole
from shared.tryrules.letters import Ids, letter_on
from shared.tryrules.trying import tried

DONE, NOT_DONE = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m shared.tryrules IN OUT`; an exit code."""
    asked = _parser().parse_args(arguments)
    try:
        summary = _try(asked.letters, asked.result)
    except NotDone as fault:
        sys.stderr.write(f"{fault}\n")
        return NOT_DONE
    sys.stdout.write(f"{summary}\n")
    return DONE


def _try(letters: Path, result: Path) -> str:
    """Process one letter at a time, for files of any length; return a summary. Raises: NotDone."""
    ids, classes, placed = Ids(), Counter[str](), 0
    with whole(result, read=letters) as out:
        for result_row in answered(
            numbered(letters), lambda line: tried(ids.once(letter_on(line)))
        ):
            out.write(f"{json.dumps(result_row, ensure_ascii=False)}\n")
            classes[result_row["triage"]] += 1
            placed += result_row["city"] is not None
    marked = ", ".join(f"{count} {name}" for name, count in classes.most_common()) or "none"
    return f"{classes.total()} tried: {marked}; {placed} with a bureau"


def _parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(
        prog="shared.tryrules", description="Try the rules in force on letters (docs/rules.md)."
    )
    asked.add_argument(
        "letters", metavar="IN", type=_named, help="letters, one JSON object per line"
    )
    asked.add_argument(
        "result", metavar="OUT", type=_named, help="results, one JSON object per line"
    )
    return asked


def _named(path: str) -> Path:
    if not path:
        raise argparse.ArgumentTypeError(
            "a file is needed: make try-rules IN=letters.jsonl OUT=result.jsonl"
        )
    return Path(path)

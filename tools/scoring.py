"""Scoring of the rules: compares the output of `make try-rules` with labelled letters.

    python -m tools.scoring RESULT LABELS     RESULT: the OUT of make try-rules; LABELS: its IN

Labels are those of `shared/data/demo/letters_dev.jsonl`. Rules are tuned by these figures.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

FIELDS: Final = ("triage", "category", "police_type")
Row = Mapping[str, Any]


class Unequal(Exception):
    """The two files don't have the same letters in the same order."""


def figures(results: Sequence[Row], labels: Sequence[Row]) -> Iterator[str]:
    """A line per figure. Raises: Unequal."""
    if [one["id"] for one in results] != [one["id"] for one in labels]:
        raise Unequal("the files aren't about the same letters in the same order")
    pairs = list(zip(results, labels, strict=True))
    for field in FIELDS:
        yield _right(field, ((found[field], label[field]) for found, label in pairs))
    yield from _classes((found["triage"], label["triage"]) for found, label in pairs)
    yield _places((found["city"], label["city"]) for found, label in pairs)
    yield from _spans([(found["pii"], label["pii"]) for found, label in pairs])


def main(arguments: Sequence[str]) -> int:
    """Print the figures; return 2, with a message, if the files can't be compared."""
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        for line in figures(*(_rows(Path(name)) for name in arguments)):
            print(line)
    except (OSError, ValueError, KeyError, TypeError, Unequal) as bad:
        said = bad if isinstance(bad, Unequal) else f"a file can't be read ({type(bad).__name__})"
        print(f"scoring: {said}", file=sys.stderr)
        return 2
    return 0


def _rows(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text("utf-8-sig").splitlines() if line.strip()]


def _right(field: str, pairs: Iterable[tuple[Any, Any]]) -> str:
    """The numbers of right, wrong and missing answers for a field."""
    counted = Counter(
        "right" if found == label else "silent" if found is None else "wrong"
        for found, label in pairs
    )
    return (
        f"{field}: {counted['right']} right, {counted['wrong']} wrong, {counted['silent']} silent"
    )


def _classes(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """For each class: how many labelled letters were found, and how many were found wrongly."""
    seen = Counter(pairs)
    for name in sorted({label for _, label in seen} | {found for found, _ in seen}):
        labelled = sum(count for (_, label), count in seen.items() if label == name)
        beyond = sum(count for (found, label), count in seen.items() if found == name != label)
        yield f"triage {name}: {seen[name, name]} of {labelled} found, {beyond} wrongly"


def _places(pairs: Iterable[tuple[str | None, str | None]]) -> str:
    """The numbers for places; one is invented if the label has none."""
    seen = Counter(_place(*pair) for pair in pairs)
    names = ("right", "rightly none", "wrong", "invented", "silent")
    return f"city: {', '.join(f'{seen[name]} {name}' for name in names)}"


def _place(found: str | None, label: str | None) -> str:
    if found == label:
        return "right" if found else "rightly none"
    return "silent" if found is None else "wrong" if label else "invented"


def _spans(pairs: Iterable[tuple[Sequence[Row], Sequence[Row]]]) -> Iterator[str]:
    """For each kind of personal data: covered completely with its kind, or marked wrongly."""
    total, covered, beyond = Counter[str](), Counter[str](), Counter[str]()
    for found, labelled in pairs:
        total.update(one["type"] for one in labelled)
        covered.update(one["type"] for one in labelled if any(_covers(any_, one) for any_ in found))
        beyond.update(
            one["type"] for one in found if not any(_meets(one, any_) for any_ in labelled)
        )
    for kind in sorted(total | beyond):
        yield f"pii {kind}: {covered[kind]} of {total[kind]} covered, {beyond[kind]} beyond"


def _covers(found: Row, label: Row) -> bool:
    return bool(
        found["type"] == label["type"]
        and found["start"] <= label["start"]
        and label["end"] <= found["end"]
    )


def _meets(found: Row, label: Row) -> bool:
    return bool(found["start"] < label["end"] and label["start"] < found["end"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

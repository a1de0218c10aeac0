"""Labelled letters for the tests of the rules: the development letters, and two halves of our own.

The even half is held out: no rule is changed because of a letter in it, and the tests report only
how many of each class are right.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from shared.platform.runtime.data_files import FOLDER

OWN: Final = Path(__file__).resolve().parents[1] / "golden" / "letters_own.jsonl"
DEVELOPMENT: Final = FOLDER / "demo" / "letters_dev.jsonl"

Label = Mapping[str, Any]


def labelled(file: Path) -> Sequence[Label]:
    """The letters of a file, in order."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def half(letters: Sequence[Label], *, is_even: bool) -> Sequence[Label]:
    """Those with an even number at the end of their id, or the others."""
    return [one for one in letters if (int(one["id"][-3:]) % 2 == 0) is is_even]

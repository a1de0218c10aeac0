"""`python -m tools.k8s write` makes generated files anew; `check` says what is wrong, exit 1.

`CRDS=dir` in the environment turns full schemas of custom resources on: a folder with
`<group>/<kind>_<version>.json`.
"""

import os
import sys
from pathlib import Path

from tools.k8s import checking, generated


def main(arguments: list[str]) -> int:
    """Do what the command line says; 1 when a check fails, 2 when it says nothing known."""
    match arguments:
        case ["write"]:
            generated.write()
            return 0
        case ["check"]:
            crds = os.environ.get("CRDS")
            return checking.report(Path(crds) if crds else None)
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

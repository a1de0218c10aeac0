"""`python -m tools.k8s write` makes generated files anew; `check` says what is wrong, exit 1.

`check` takes names of overlays; without any it looks at those that are here. `CRDS=dir` in the
environment turns full schemas of custom resources on: `<group>/<kind>_<version>.json`. `pin OVERLAY
FILE` writes the digests of images that FILE lists into an overlay.
"""

import os
import sys
from pathlib import Path

from tools.k8s import checking, generated, image_digests
from tools.k8s.place import OVERLAYS


def main(arguments: list[str]) -> int:
    """Do what the command line says; 1 when a check fails, 2 when it says nothing known."""
    match arguments:
        case ["write"]:
            generated.write()
            return 0
        case ["pin", overlay, file]:
            return image_digests.report(overlay, Path(file))
        case ["check", *overlays]:
            crds = os.environ.get("CRDS")
            return checking.report(Path(crds) if crds else None, overlays=overlays or OVERLAYS)
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m tools.k8s write` regenerates files; `check` reports faults, with exit code 1.

`check` takes names of overlays; without any, it checks all that exist. `CRDS=dir` in the
environment enables full schemas of custom resources: `<group>/<kind>_<version>.json`. `pin OVERLAY
FILE` writes the image digests listed in FILE into an overlay.
"""

import os
import sys
from pathlib import Path

from tools.k8s import checking, generated, image_digests
from tools.k8s.place import OVERLAYS


def main(arguments: list[str]) -> int:
    """Run the command; return 1 if a check fails, 2 for an unknown command."""
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

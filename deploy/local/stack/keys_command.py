"""Makes the keys of a development stack: `python -m deploy.local.stack.keys_command FOLDER`.

For stacks of containers, whose processes find the keys in a volume or in secrets. Existing keys
stay. Never for production, where keys are entered by two people (docs/runbooks/keys.md).
"""

import os
import sys
from pathlib import Path

from deploy.local.stack.keys import KeysDisagree, make
from shared.terminal import speak_plainly


def main(arguments: list[str]) -> int:
    """Make what is missing; return 2 outside development or without a folder."""
    if os.environ.get("MAILBOX_ENV") != "dev" or len(arguments) != 1:
        print("keys: MAILBOX_ENV=dev and one folder are needed", file=sys.stderr)
        return 2
    try:
        print(f"keys: {make(Path(arguments[0]))} new files")
    except (KeysDisagree, OSError) as fault:
        print(f"keys: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    speak_plainly()
    sys.exit(main(sys.argv[1:]))

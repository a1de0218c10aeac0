"""`python -m clients.bureau`: the command of `clients.bureau.command`."""

import sys

from clients.bureau.command import main
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())

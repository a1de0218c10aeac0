"""`python -m clients.bureau`: the command of `clients.bureau._cli.command`."""

import sys

from clients.bureau._cli.command import main
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())

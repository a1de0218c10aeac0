"""`python -m shared.tryrules IN OUT`: try the rules in force on a file of letters."""

import sys

from shared.terminal import speak_plainly
from shared.tryrules.command import main

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())

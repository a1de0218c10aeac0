"""`python -m shared.duedates IN OUT`: explain due dates with the calendar of the environment."""

import sys

from shared.duedates.command import main
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())

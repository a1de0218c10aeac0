"""`python -m shared.duedates IN OUT`: explain due dates with the calendar of the environment."""

import sys

from shared.duedates.command import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m clients.bureau`: the command of `clients.bureau.command`."""

import sys

from clients.bureau.command import main

if __name__ == "__main__":
    sys.exit(main())

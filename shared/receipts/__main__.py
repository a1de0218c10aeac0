"""`python -m shared.receipts RECEIPT`: check a writer's receipt, without a network."""

import sys

from shared.receipts.command import main
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main())

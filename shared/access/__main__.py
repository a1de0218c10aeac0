"""`python -m shared.access show|apply` with the settings of the environment."""

import sys

from shared.access.command import parser, run
from shared.access.settings import AccessSettings
from shared.platform.runtime.settings import load
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    asked = parser().parse_args()
    sys.exit(run(load(AccessSettings), asked))

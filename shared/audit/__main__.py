"""`python -m shared.audit`: audit with the settings of the environment."""

import sys

from shared.audit.command import audit, parser
from shared.audit.settings import AuditSettings
from shared.platform.runtime import logs
from shared.platform.runtime.settings import load
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    asked = parser("shared.audit").parse_args()
    logs.setup("audit", "ERROR")
    sys.exit(audit(load(AuditSettings), asked))

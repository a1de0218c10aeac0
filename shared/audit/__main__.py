"""`python -m shared.audit`: audit with the settings of the environment."""

import sys

from shared.audit.command import audit
from shared.audit.settings import AuditSettings
from shared.platform.settings import load

if __name__ == "__main__":
    sys.exit(audit(load(AuditSettings), None, name="shared.audit"))

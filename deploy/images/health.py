"""Health probe inside a container, for engines that don't probe by HTTP.

Standard library alone; ends with 0 when it is live. Kubernetes asks by HTTP instead.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 3


def is_live(port: int) -> bool:
    """Whether `/health/live` answers 200 on that port of this host."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_live(int(os.environ.get("MAILBOX_HTTP_PORT", "8080"))) else 1)

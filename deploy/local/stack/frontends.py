"""The registered frontends of a development stack: the examples, and its sample frontend."""

from deploy.local.stack.plan import SAMPLE_CLIENT_ID
from shared.platform.runtime.data_files import FRONTENDS


def registry(origin: str) -> str:
    """Return the content of the stack's `frontends.yaml`; `origin`: of the sample frontend."""
    examples = FRONTENDS.read_text(encoding="utf-8").rstrip()
    entries = "website-popup, website-bay, website-directory"
    row = f"{{client: {SAMPLE_CLIENT_ID}, ours: true, entries: [{entries}], origins: [{origin}]}}"
    return f"{examples}\n- {row}\n"

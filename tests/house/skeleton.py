"""A suite in miniature, and the import contracts of pyproject.toml run over it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.anatomy import ROOMS, SERVICES
from tests.house.source import ROOT

RUN = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"
LINES = {
    "services/{0}/handlers.py": "from services.{0} import domain, store\n",
    "services/{0}/store.py": (
        "from services.{0} import domain\nfrom shared.platform.kafka import bus\n"
    ),
    "services/{0}/domain.py": "import datetime\nfrom shared.contracts import slugs\n",
    "services/{0}/api.py": "from services.{0} import store\nfrom services.{0} import settings\n",
    "services/{0}/wiring.py": "from services.{0} import api, handlers, jobs, metrics, pages\n",
    "services/{0}/__main__.py": "from services.{0} import wiring\n",
}
SHARED = {
    "shared/platform/kafka/bus.py": "import aiokafka\nfrom shared import contracts\n",
    "shared/platform/app/topic_bootstrap.py": "import aiokafka.admin\n",
    "shared/platform/mongo/database.py": "import bson\nimport motor\nimport pymongo\n",
    "shared/platform/letters/letters.py": (
        "from shared.platform.mongo import database\nimport asyncio\n"
    ),
    "shared/platform/crypto/key_ring.py": "",
    "shared/platform/http/identity.py": "",
    "shared/platform/runtime/clock.py": "",
    "shared/access/cluster.py": "import kafka\n",
    "shared/audit/looking.py": "from shared.platform.mongo import database\n",
    "shared/duedates/command.py": "from shared.platform.letters import letters\n",
    "shared/receipts/command.py": "from shared.platform.crypto import key_ring\n",
    "shared/tryrules/trying.py": "from shared.rules.classify import sorting\n",
    "shared/web/rendering.py": "import jinja2\nfrom shared.platform.http import identity\n",
    "shared/rules/classify/sorting.py": "from shared.kernel import plain\n",
    "shared/rules/pii.py": "",
    "shared/rules/places.py": "",
    "shared/rules/frontends.py": "",
    "shared/rules/referral_table.py": "",
    "shared/rules/referrals.py": "",
    "shared/rules/similarity.py": "",
    "shared/rules/tables.py": "",
    "shared/rules/text.py": "",
    "shared/sealing/envelopes.py": "import joserfc\nfrom shared.contracts import slugs\n",
    "shared/data/loader.py": "from shared.kernel import working_days\nimport pathlib\n",
    "shared/kernel/working_days.py": "import datetime\n",
    "shared/contracts/slugs.py": "import pydantic\n",
    "shared/terminal.py": "import os\nimport sys\n",
    "clients/bureau/simulate.py": (
        "import aiokafka\nfrom shared.contracts import slugs\n"
        "from shared.sealing import envelopes\nfrom shared import terminal\n"
    ),
    "deploy/local/stack/keys.py": "from shared.data import loader\n",
    "tools/contracts.py": "from shared.contracts import slugs\n",
}

PLANTED = {
    "services/intake/domain.py": "from services.intake import store\n",
    "services/router/handlers.py": "from services.router import api\n",
    "services/notifier/jobs.py": "from services.router import domain\n",
    "services/publisher/domain.py": "import random\n",
    "shared/kernel/errors.py": "from shared.contracts import slugs\n",
    "shared/kernel/clocks.py": "import time\n",
    "shared/rules/classify/triage.py": "import pathlib\nfrom shared.platform.kafka import bus\n",
    "shared/contracts/envelope.py": "import logging\n",
    "shared/contracts/words.py": "from shared.sealing import envelopes\n",
    "shared/sealing/key_directory.py": "from shared.kernel import working_days\nimport aiokafka\n",
    "shared/platform/letters/sender.py": "import pymongo\nfrom services.intake import store\n",
    "shared/platform/kafka/producer.py": "from shared.platform.letters import letters\n",
    "shared/platform/repair/gap_recovery.py": "import aiokafka\nfrom shared.audit import looking\n",
    "shared/platform/http/problems.py": "from shared.web import rendering\n",
    "services/router/store.py": "from shared.web import rendering\n",
    "shared/audit/tally.py": "import kafka\n",
    "clients/bureau/books.py": "from shared.platform.letters import letters\nimport motor\n",
}

SEEN = {
    "each service has the same rooms": "services.intake.domain -> services.intake.store (l.1)",
    "neighbouring rooms": "services.router.handlers -> services.router.api (l.1)",
    "services meet only in contracts": "services.notifier.jobs -> services.router.domain (l.1)",
    "a domain and chance": "services.publisher.domain -> random (l.1)",
    "kernel and contracts": "shared.kernel.errors -> shared.contracts.slugs (l.1)",
    "the kernel and the clock": "shared.kernel.clocks -> time (l.1)",
    "rules and files": "shared.rules.classify.triage -> pathlib (l.1)",
    "rules and the platform": "shared.rules.classify.triage -> shared.platform.kafka.bus (l.2)",
    "contracts and logs": "shared.contracts.envelope -> logging (l.1)",
    "contracts and sealing": "shared.contracts.words -> shared.sealing.envelopes (l.1)",
    "sealing and the kernel": "shared.sealing.key_directory -> shared.kernel.working_days (l.1)",
    "sealing and the Kafka client": "shared.sealing.key_directory -> aiokafka (l.2)",
    "one module and the driver": "shared.platform.letters.sender -> pymongo (l.1)",
    "a platform that knows a service": (
        "shared.platform.letters.sender -> services.intake.store (l.2)"
    ),
    "a platform that knows the audit": (
        "shared.platform.repair.gap_recovery -> shared.audit.looking (l.2)"
    ),
    "a platform that knows pages": "shared.platform.http.problems -> shared.web.rendering (l.1)",
    "a store that knows pages": "services.router.store -> shared.web.rendering (l.1)",
    "rooms of the platform": (
        "shared.platform.kafka.producer -> shared.platform.letters.letters (l.1)"
    ),
    "the Kafka client": "shared.platform.repair.gap_recovery -> aiokafka (l.1)",
    "the administrator's client": "shared.audit.tally -> kafka (l.1)",
    "a bureau and the platform": "clients.bureau.books -> shared.platform.letters.letters (l.1)",
    "a bureau and the driver": "clients.bureau.books -> motor (l.2)",
}
"""Case → what import-linter prints about PLANTED."""


def build(root: Path) -> Path:
    """Write the suite in miniature below `root`, with this repository's own contracts."""
    shutil.copy(ROOT / "pyproject.toml", root / "pyproject.toml")
    for service in SERVICES:
        for room in ROOMS:
            write(root, f"services/{service}/{room}.py")
        for path, text in LINES.items():
            write(root, path.format(service), text=text.format(service))
    for path in _let_in():
        write(root, path)
    for path, text in SHARED.items():
        write(root, path, text=text)
    for folder in [path for path in root.rglob("*") if path.is_dir()]:
        (folder / "__init__.py").touch()
    return root


def _let_in() -> list[str]:
    """The modules that may import a protected one; import-linter needs each of them."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    names = [name for each in asked["contracts"] for name in each.get("allowed_importers", [])]
    return [f"{name.replace('.', '/')}.py" for name in names if name.count(".") > 1]


def write(root: Path, path: str, *, text: str = "") -> None:
    """Put a file below `root`, with the folders that it needs."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


def imports_of(root: Path) -> tuple[bool, str]:
    """Whether the contracts hold for the tree at `root`, and import-linter's output."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN], cwd=root, capture_output=True, text=True, check=False
    )
    said = (ran.stdout + ran.stderr).encode("ascii", "ignore").decode()  # without the drawn logo
    return ran.returncode == 0, " ".join(said.split())

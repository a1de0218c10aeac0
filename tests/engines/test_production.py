"""A service in production settings starts only on a real cluster with access rules."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from deploy.local.kafka.passwords import ADMIN
from deploy.local.stack.ports import free_ports
from shared.platform.runtime.data_files import FOLDER
from tests.engines.principals import Principal
from tests.support.stack import Servers

pytestmark = [pytest.mark.engines, pytest.mark.real, pytest.mark.timeout(300)]

SIGN_IN = "https://sign-in.example.cn"
PATIENCE_S = 60.0


@pytest.fixture
def offices(tmp_path: Path) -> Path:
    """An operator's own file of offices."""
    own = tmp_path / "offices.yaml"
    shipped = (FOLDER / "offices.yaml").read_text(encoding="utf-8")
    own.write_text(shipped.replace("example: true", "example: false"), encoding="utf-8")
    return own


def production(cluster: Servers, who: str, *, port: int, offices: Path) -> dict[str, str]:
    """The router's settings as an operator would write them, signed in as `who`."""
    return {
        **Principal(cluster, who).environment,
        "MAILBOX_ENV": "prod",
        "MAILBOX_KAFKA_SESSION_MS": "6000",
        "MAILBOX_OFFICES_FILE": str(offices),
        "MAILBOX_STAFF_ISSUER": SIGN_IN,
        "MAILBOX_STAFF_JWKS_URL": f"{SIGN_IN}/jwks.json",
        "MAILBOX_PUBLIC_URL": "https://public.example.org",
        "MAILBOX_SIGN_IN_URL": SIGN_IN,
        "MAILBOX_DESK_URL": "https://desk.example.org",
        "MAILBOX_DUTY_URL": "https://duty.example.org/duty",
        "MAILBOX_EDITORS_URL": "https://editors.example.org",
        "MAILBOX_ROUTER_HTTP_PORT": str(port),
        "MAILBOX_ROUTER_DATABASE": "mailbox_router_production",
    }


async def start(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.router"),
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def ends(environment: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and output of a service that must not start."""
    process = await start(environment)
    async with asyncio.timeout(PATIENCE_S):
        printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def test_on_a_closed_cluster_the_service_runs(cluster: Servers, offices: Path) -> None:
    port = free_ports().router
    process = await start(production(cluster, "router", port=port, offices=offices))
    try:
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(trust_env=False) as client:
            while not await _is_ready(client, f"http://127.0.0.1:{port}/health/ready"):
                assert process.returncode is None, (await process.communicate())[0]
                await asyncio.sleep(0.2)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_as_somebody_who_may_read_everything_it_does_not(
    cluster: Servers, offices: Path
) -> None:
    code, printed = await ends(
        production(cluster, ADMIN, port=free_ports().router, offices=offices)
    )
    assert code == 2
    assert "lets this service read letters.diverted" in printed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"MAILBOX_KAFKA_SECURITY": "PLAINTEXT"},
            "MAILBOX_KAFKA_SECURITY must be SASL_SSL or SSL outside MAILBOX_ENV=dev.",
        ),
        (
            {"MAILBOX_KAFKA_SECURITY": "SASL_PLAINTEXT"},
            "MAILBOX_KAFKA_SECURITY must be SASL_SSL or SSL outside MAILBOX_ENV=dev.",
        ),
        (
            {"MAILBOX_STAFF_ISSUER": "https://127.0.0.1/development-only"},
            "MAILBOX_STAFF_ISSUER names the development issuer",
        ),
        (
            {"MAILBOX_STAFF_JWKS_URL": "http://sign-in.example.cn/jwks.json"},
            "MAILBOX_STAFF_JWKS_URL must be an https:// address outside MAILBOX_ENV=dev.",
        ),
        ({"MAILBOX_KAFKA_PASSWORD": ""}, "MAILBOX_KAFKA_PASSWORD is needed"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_what_is_fit_for_development_alone_is_refused(
    cluster: Servers, tmp_path: Path, offices: Path, change: dict[str, str], said: str
) -> None:
    told = production(cluster, "router", port=free_ports().router, offices=offices)
    code, printed = await ends({**told, **change, "MAILBOX_LOCAL_DIR": str(tmp_path)})
    assert code == 2
    assert said in printed


async def _is_ready(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).status_code == 200
    except httpx.HTTPError:
        return False

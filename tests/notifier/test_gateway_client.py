"""The gateway can authenticate the notifier: token, signature, client certificate."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from prometheus_client import generate_latest

from services.notifier.jobs.gateway_client import gateway_client
from services.notifier.settings import NotifierSettings
from shared.platform.http.request_signature import SIGNATURE, TIMESTAMP, SignedRequest, is_signed
from shared.platform.runtime.clock import utc_now
from tests.support.sign_in import issuers

TOKEN = "first-token-kestrel-ondrivaux"
SECRET = "an-example-secret-of-forty-characters-00"


@dataclass(frozen=True)
class Party:
    """The files of a certificate and its key."""

    cert: Path
    key: Path


def party(
    folder: Path,
    name: str,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
) -> tuple[Party, tuple[x509.Certificate, ec.EllipticCurvePrivateKey]]:
    """A certificate for 127.0.0.1, signed by `issuer` or, as an authority, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(  # Python 3.13 verifies strictly
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                (issuer[1] if issuer else key).public_key()
            ),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=issuer is None,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(issuer[1] if issuer else key, hashes.SHA256())
    )
    files = Party(folder / f"{name}.crt", folder / f"{name}.key")
    files.cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files, (made, key)


@dataclass(frozen=True)
class CertificateWorld:
    """An authority, a gateway and a notifier with its certificates, and a stranger without."""

    authority: Party
    gateway: Party
    notifier: Party
    stranger: Party


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertificateWorld:
    folder = tmp_path_factory.mktemp("certificates")
    authority, signer = party(folder, "authority")
    _, other = party(folder, "other")
    return CertificateWorld(
        authority,
        party(folder, "gateway", signer)[0],
        party(folder, "notifier", signer)[0],
        party(folder, "stranger", other)[0],
    )


@asynccontextmanager
async def strict_gateway(world: CertificateWorld) -> AsyncIterator[int]:
    """A gateway that requires a client certificate of the authority; yields its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=world.authority.cert)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(world.gateway.cert, world.gateway.key)
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


def settings(folder: Path, **own: object) -> NotifierSettings:
    """Development settings with `own` ones."""
    return NotifierSettings.model_validate({
        "env": "dev", "kafka_bootstrap": "127.0.0.1:1", "mongo_uri": "mongodb://127.0.0.1",
        **issuers("http://127.0.0.1"), "keys_dir": folder,
        "gateway_url": "https://gateway.example/sms", **own,
    })  # fmt: skip


@pytest.mark.parametrize("who", ["notifier", "stranger", None])
async def test_a_gateway_that_requires_a_certificate_gets_ours(
    world: CertificateWorld, tmp_path: Path, caplog: pytest.LogCaptureFixture, who: str | None
) -> None:
    """Neither logs nor metrics show its credentials."""
    caplog.set_level(logging.DEBUG)
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "secret").write_text(SECRET)
    own: Party | None = getattr(world, who) if who else None
    shown = {"gateway_cert_file": own.cert, "gateway_key_file": own.key} if own else {}
    shown |= {
        "gateway_token_file": tmp_path / "token",
        "gateway_signing_secret_file": tmp_path / "secret",
    }
    async with strict_gateway(world) as port:
        url = f"https://127.0.0.1:{port}"
        told = settings(tmp_path, gateway_url=url, gateway_ca_file=world.authority.cert, **shown)
        async with gateway_client(told) as client:
            if who == "notifier":
                assert (await client.post("/messages", json={})).status_code == 202
            else:
                with pytest.raises(httpx.TransportError):
                    await client.post("/messages", json={})
    assert "httpcore" in caplog.text, "also what libraries log was looked through"
    for kept in (TOKEN, SECRET):
        assert kept not in caplog.text
        assert kept not in generate_latest().decode()


async def test_a_gateway_with_an_unknown_authority_is_not_trusted(
    world: CertificateWorld, tmp_path: Path
) -> None:
    own = world.notifier
    async with strict_gateway(world) as port:
        told = settings(
            tmp_path,
            gateway_url=f"https://127.0.0.1:{port}",
            gateway_cert_file=own.cert,
            gateway_key_file=own.key,
        )
        async with gateway_client(told) as client:
            with pytest.raises(httpx.ConnectError):
                await client.post("/messages", json={})


async def test_each_request_uses_the_current_token_and_secret(
    tmp_path: Path,
) -> None:
    token, secret = tmp_path / "token", tmp_path / "secret"
    token.write_text(TOKEN)
    secret.write_text(SECRET)
    told = settings(tmp_path, gateway_token_file=token, gateway_signing_secret_file=secret)
    heard: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(202)

    async with gateway_client(told) as client:
        client._transport = httpx.MockTransport(answer)
        for number in (1, 2):
            key = {"Idempotency-Key": f"GD-1/{number}"}
            await client.post("/messages", json={"text": "来信已答复。"}, headers=key)
            token.write_text(f"{TOKEN}-2")
            secret.write_text(f"{SECRET}-2")
    assert [each.headers["Authorization"] for each in heard] == [
        f"Bearer {TOKEN}",
        f"Bearer {TOKEN}-2",
    ]
    for request, used in zip(heard, (SECRET, f"{SECRET}-2"), strict=True):
        signed = SignedRequest(
            "POST", "/sms/messages", request.headers["Idempotency-Key"], request.read()
        )
        assert is_signed(
            signed,
            used,
            timestamp=request.headers[TIMESTAMP],
            signature=request.headers[SIGNATURE],
            now=utc_now(),
        )


async def test_a_development_gateway_needs_neither(tmp_path: Path) -> None:
    async with gateway_client(settings(tmp_path)) as client:
        client._transport = httpx.MockTransport(
            lambda request: httpx.Response(202, headers=request.headers)
        )
        answer = await client.post("/messages", json={})
    assert not {"authorization", SIGNATURE.lower(), TIMESTAMP.lower()} & set(answer.headers)

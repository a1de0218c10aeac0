"""Certificates of the local brokers and their clients, issued by one local authority.

They are made once. Files are PEM, readable by their owner alone. The certificates are for this
machine: their names are loopback names.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.local.stack.private_files import write_private
from shared.platform.runtime.clock import utc_now

BROKER = "broker"
"""The name in the brokers' certificate, by which they know each other."""
VALID = timedelta(days=3_650)
EARLIER = timedelta(days=1)
"""Margin for a container's clock that was set back."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """The certificate files of one folder."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate, which clients trust."""
        return self.folder / "ca.pem"

    @property
    def broker(self) -> Path:
        """The brokers' private key and certificate."""
        return self.folder / "broker.pem"

    def make(self) -> None:
        """Make the authority and the brokers' certificate if they don't exist."""
        if self.authority.exists() and self.broker.exists():
            return
        key = _new_key()
        write_private(self._authority_key, _private(key))
        write_private(self.authority, _public(_root(key)))
        self._issue(BROKER, self.broker)

    def client(self, user: str) -> Path:
        """Return the private key and certificate of a broker user, made on first use."""
        path = self.folder / "clients" / f"{user}.pem"
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._issue(user, path)
        return path

    @property
    def _authority_key(self) -> Path:
        return self.folder / "ca.private.pem"

    def _issue(self, name: str, path: Path) -> None:
        root = x509.load_pem_x509_certificate(self.authority.read_bytes())
        root_key = serialization.load_pem_private_key(self._authority_key.read_bytes(), None)
        if not isinstance(root_key, ec.EllipticCurvePrivateKey):
            raise TypeError("the authority's key is of another kind")
        key = _new_key()
        write_private(path, _private(key) + _public(_leaf(root, root_key, key=key, name=name)))


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _root(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    name = _named("The Director's Mailbox: development only")
    return (
        _begun(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    *,
    key: ec.EllipticCurvePrivateKey,
    name: str,
) -> x509.Certificate:
    loopback = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    both_ways = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return (
        _begun(_named(name), root.subject, key)
        .add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        .add_extension(x509.ExtendedKeyUsage(both_ways), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(root_key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = utc_now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + VALID)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)

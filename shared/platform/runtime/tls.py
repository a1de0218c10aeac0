"""How our clients speak TLS: whose certificates they trust, and which they show."""

import ssl
from pathlib import Path


def client_context(
    *, ca_file: Path | None, cert_file: Path | None, key_file: Path | None
) -> ssl.SSLContext:
    """TLS 1.2 or newer. No `ca_file`: the system's authorities; no `key_file`: it is in the first.

    Raises: OSError and ssl.SSLError, when files can't be used. A key with a password is one.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file, password=_no_password)
    return context


def _no_password() -> str:
    """Said instead of asking whoever sits at the terminal."""
    return ""

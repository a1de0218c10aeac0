"""TLS of our clients: trusted CAs and client certificates."""

import ssl
from pathlib import Path


def client_context(
    *, ca_file: Path | None, cert_file: Path | None, key_file: Path | None
) -> ssl.SSLContext:
    """Return a context for TLS 1.2 or newer.

    Without `ca_file` the system's CAs are trusted; without `key_file` the key is in `cert_file`.
    Raises: OSError and ssl.SSLError if a file can't be used, such as a key with a password.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file, password=_no_password)
    return context


def _no_password() -> str:
    """Return no password, so that OpenSSL doesn't ask at the terminal."""
    return ""

"""Public keys of signers as routes show them."""

from pydantic import BaseModel


class PublicKeyShown(BaseModel):
    """A public key (RFC 8037): with `exp`, it signed until then and still verifies."""

    kty: str
    crv: str
    use: str
    alg: str
    kid: str
    iss: str
    """Who signs with it."""
    nbf: int
    """From when it signs, Unix time."""
    exp: int | None = None
    x: str


class PublicKeysShown(BaseModel):
    """Public keys as a JWK set, the newest first; retired ones stay."""

    keys: list[PublicKeyShown]

"""Bodies of the routes for signed receipts."""

from pydantic import BaseModel, ConfigDict, Field


class SignedReceipt(BaseModel):
    """Proof that a letter was received: keep it, it can be checked for years without the mailbox.

    `signature` is Ed25519 (base64url) over the other members as canonical JSON (RFC 8785).
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "gd.mailbox.receipt.v1",
                "issuer": "mailbox.example.invalid",
                "letter": "GD-7K2M-9QXT-4HBN-W3RD-5",
                "received_at": "2026-11-28T02:03:04.567Z",
                "text_sha256": "5f" * 32,
                "salt": "0f" * 16,
                "kid": "receipts-1",
                "signature": "A" * 86,
            }
        }
    )

    type: str
    issuer: str
    """The mailbox that signed it."""
    letter: str
    received_at: str
    text_sha256: str
    """SHA-256 of `salt`, subject and text, one line each; without the salt's line if it is empty.
    """
    salt: str = Field(repr=False)
    kid: str
    """The key, among those of `/v1/receipt-keys`."""
    signature: str

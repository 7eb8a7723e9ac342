"""Documents that the server signs: the configuration file, snapshot manifests and leases.

A document is a JSON object; its signature is Ed25519 over the canonical JSON of all other fields: UTF-8, keys
sorted, no spaces, no floats.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sync.protocol.journal import Signer, signature_holds

FIELD = "signature"

_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(fields: dict[str, Any]) -> bytes:
    """The bytes that are signed: of everything but the signature."""
    return _encoder.encode({name: value for name, value in fields.items() if name != FIELD})


def sign_document(fields: dict[str, Any], signer: Signer) -> dict[str, Any]:
    """The document with its signature."""
    return {**fields, FIELD: signer.sign(canonical_json(fields)).hex()}


def document_holds(fields: dict[str, Any], public_key: bytes) -> bool:
    """Whether the holder of the key signed this very document."""
    signature = fields.get(FIELD)
    if not isinstance(signature, str):
        return False
    try:
        return signature_holds(public_key, canonical_json(fields), bytes.fromhex(signature))
    except ValueError:
        return False

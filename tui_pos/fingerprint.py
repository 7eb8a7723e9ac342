"""How a key is shown to people."""

from __future__ import annotations

import hashlib


def fingerprint(key: bytes) -> str:
    """The first 64 bits of a key's SHA-256, in groups of four digits."""
    digits = hashlib.sha256(key).hexdigest()[:16].upper()
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))

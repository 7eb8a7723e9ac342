"""PINs, as they are kept: hashed with scrypt, salted, about 20 ms to try one.

Whoever holds a hash can try out all PINs of four digits: what protects them is that the store is encrypted. scrypt
(RFC 7914) makes it dear.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

COST, BLOCK, LANES = 8192, 8, 1
"""n, r and p of scrypt: 8 MB and about 20 ms on a till."""
_MEMORY = 64 * 1024 * 1024
_SALT_SIZE = 16
_HASH_SIZE = 32


def hash_pin(pin: str) -> str:
    """A PIN's hash: `scrypt$n$r$p$salt$hash`, salt and hash in hexadecimal. Blocks for about 20 ms."""
    salt = secrets.token_bytes(_SALT_SIZE)
    digest = _scrypt(pin, salt, COST, BLOCK, LANES, _HASH_SIZE)
    return f"scrypt${COST}${BLOCK}${LANES}${salt.hex()}${digest.hex()}"


def check_pin(pin: str, stored: str) -> bool:
    """Whether this is the PIN; in constant time. Blocks for about 20 ms.

    What is not such a hash, or asks for more than 64 MB, fits no PIN.
    """
    try:
        name, cost, block, lanes, salt, digest = stored.split("$")
        expected = bytes.fromhex(digest)
        if name != "scrypt" or not expected:
            return False
        found = _scrypt(pin, bytes.fromhex(salt), int(cost), int(block), int(lanes), len(expected))
    except (ValueError, TypeError, OverflowError):
        return False
    return hmac.compare_digest(found, expected)


def _scrypt(pin: str, salt: bytes, cost: int, block: int, lanes: int, size: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=block, p=lanes, maxmem=_MEMORY, dklen=size)

"""Names that nobody else will give: UUIDs of version 7, which sort by time (RFC 9562, 5.7)."""

from __future__ import annotations

from uuid import UUID

from sync.ports import Clock, Randomness


def uuid7(clock: Clock, randomness: Randomness) -> str:
    """A new UUID of version 7: 48 bits of milliseconds, 74 of randomness."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = (milliseconds << 80) | int.from_bytes(randomness.take(10), "big")
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return str(UUID(int=value | (0x7 << 76) | (0x2 << 62)))

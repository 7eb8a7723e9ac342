"""Signatures of entries, verified here or by a process beside the server.

To verify one takes a tenth of a millisecond and holds the interpreter's lock: with that done elsewhere the server takes
a third more tickets a second. The process ends with the server, whichever way that ends: its input ends then.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_KEY, _DIGEST, _SIGNATURE = 32, 32, 64
_CLAIM = _KEY + _DIGEST + _SIGNATURE
_LENGTH = 4
_WORTH_SENDING = 8
"""Claims below which it is quicker to verify them here."""

log = logging.getLogger(__name__)


class Claim(NamedTuple):
    """That the holder of a key signed a hash."""

    key: bytes
    digest: bytes
    signature: bytes


class Verifier(Protocol):
    """Verifies claims."""

    async def hold(self, claims: Sequence[Claim]) -> list[bool]:
        """Which of them hold."""

    async def close(self) -> None:
        """End."""


class Here:
    """Verifies in this process."""

    async def hold(self, claims: Sequence[Claim]) -> list[bool]:
        """Which of them hold."""
        return [holds(claim) for claim in claims]

    async def close(self) -> None:
        """Nothing was begun."""


class Beside:
    """Verifies in a process beside this one; should that fail, here."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def hold(self, claims: Sequence[Claim]) -> list[bool]:
        """Which of them hold."""
        if len(claims) >= _WORTH_SENDING:
            try:
                async with self._turn:
                    return await self._ask(claims)
            except (OSError, asyncio.IncompleteReadError):
                log.warning("the process that verifies signatures has ended: another one is started")
                await self.close()
        return [holds(claim) for claim in claims]

    async def _ask(self, claims: Sequence[Claim]) -> list[bool]:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", __name__),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise BrokenPipeError
        to.write(len(claims).to_bytes(_LENGTH))
        to.writelines(part for claim in claims for part in claim)
        await to.drain()
        return [verdict == 1 for verdict in await back.readexactly(len(claims))]

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


@lru_cache(maxsize=1024)
def _public_key(key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(key)


def holds(claim: Claim) -> bool:
    """Whether a claim holds."""
    try:
        _public_key(claim.key).verify(claim.signature, claim.digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def main() -> None:
    """Verify what comes in until it ends: so many claims, then as many bytes that are 1 or 0."""
    come, go = sys.stdin.buffer, sys.stdout.buffer
    while len(length := come.read(_LENGTH)) == _LENGTH:
        content = come.read(int.from_bytes(length) * _CLAIM)
        claims = (content[start : start + _CLAIM] for start in range(0, len(content), _CLAIM))
        go.write(bytes(map(_verdict, claims)))
        go.flush()


def _verdict(claim: bytes) -> int:
    key, digest = claim[:_KEY], claim[_KEY : _KEY + _DIGEST]
    return holds(Claim(key, digest, claim[_KEY + _DIGEST :]))


if __name__ == "__main__":
    # the server tells when to end; one that was killed reads no verdict
    with suppress(KeyboardInterrupt, BrokenPipeError):
        main()

"""Print jobs: what is to be printed, how far it has come, and the port through which a till keeps them.

    queued → sending → sent → confirmed | unknown | failed

A job is kept as `sending` before its first byte leaves. Whatever was `sending` or `sent` when the program ended is
`unknown` after the next start: it may be on paper, and is never sent again by itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

import msgspec
from msgspec import Struct

from devices.document import Document
from devices.errors import n_


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    """Not a byte has left; it prints by itself as soon as that is possible."""
    SENDING = "sending"
    SENT = "sent"
    """All of it has left. On a printer that can say nothing it ends so, with the reason `CANNOT_SAY`."""
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    """Bytes have left, and nobody knows what is on paper: somebody looks, and prints it again or drops it."""
    FAILED = "failed"
    """It will never be printed: it cannot be, or somebody dropped it."""


CANNOT_SAY = n_("its printer cannot say whether it is on paper")


class Job(Struct, frozen=True):
    """Something to print."""

    id: str
    device: str
    """The printer, by its name on the counter."""
    content: Document | bytes
    """A document, or the bytes that a printer takes as they are."""
    document: str = "receipt"
    """Which kind of document it is: `receipt`, `duplicate`, `report`, `kitchen`, `label`."""
    ticket: str = ""
    """The number of the ticket that it is about."""
    state: JobState = JobState.QUEUED
    attempts: int = 0
    """How often bytes of it have left, or may have."""
    reason: str = ""
    """Why it is where it is; a key of the catalogues."""


class JobStore(Protocol):
    """Where jobs are kept beyond the end of the program."""

    async def unsettled(self) -> tuple[Job, ...]:
        """The jobs that have not ended, in the order in which they were added."""

    async def move(self, job: Job, data: bytes | None = None) -> None:
        """Keep how far a job has come; durable when it returns. A job that was never added is passed over.

        Args:
            data: the bytes that are about to leave, when it goes to `sending`.
        """


class Forgetful:
    """Keeps nothing: for a counter without a till."""

    async def unsettled(self) -> tuple[Job, ...]:
        """None."""
        return ()

    async def move(self, job: Job, data: bytes | None = None) -> None:
        """Nothing is kept."""


def encode_content(content: Document | bytes) -> bytes:
    """What a job prints, as it is kept."""
    return msgspec.msgpack.encode(content)


def decode_content(kept: bytes) -> Document | bytes:
    """What a job prints, as it was kept.

    Raises:
        msgspec.MsgspecError: it was not kept by this program.
    """
    content: Document | bytes = _CONTENT.decode(kept)
    return content


_CONTENT: msgspec.msgpack.Decoder[Document | bytes] = msgspec.msgpack.Decoder(Document | bytes)

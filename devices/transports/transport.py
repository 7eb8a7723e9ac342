"""What a cable does: bytes out, bytes in, and an honest word when it breaks."""

from __future__ import annotations

from typing import Protocol

from devices.errors import DeviceDown


class TransportError(DeviceDown):
    """The cable failed.

    It is a `DeviceDown`, which says that nothing was done: a driver that had already asked for something that must not
    be repeated (a payment, a print) turns it into the error that says so.

    Args:
        device: the device's name, or its address.
        reason: a short English phrase, a key of the catalogues.
        untouched: not a byte of this write has left.
    """

    def __init__(self, *, device: str, reason: str, untouched: bool = False, **details: object) -> None:
        super().__init__(device=device, reason=reason, **details)
        self.untouched = untouched


class Transport(Protocol):
    """A cable. One task writes and one task reads; it may be opened again after it was closed."""

    @property
    def is_open(self) -> bool:
        """Whether it was opened, and has not failed since."""

    @property
    def answers(self) -> bool:
        """Whether the device can say anything back: a print queue or a plain file cannot."""

    @property
    def pace(self) -> int | None:
        """Bytes a second that the line takes, where that is known: a serial line's."""

    async def open(self) -> None:
        """Reach the device; nothing happens when it is open.

        Raises:
            TransportError: it cannot be reached; `untouched` is true.
        """

    async def write(self, data: bytes) -> None:
        """Give all of `data` to the system, at the pace at which the device takes it.

        Raises:
            TransportError: the cable failed; unless `untouched`, a part may have left.
        """

    async def read(self, limit: int = 4096) -> bytes:
        """Give what has come, one byte at least, as soon as there is any; b"": the other side has hung up.

        A reader that is cancelled loses nothing: the bytes are there for the next.

        Raises:
            TransportError: the cable failed, or this one brings nothing back.
        """

    async def close(self) -> None:
        """Let go, without waiting for what was not taken yet. Never raises."""

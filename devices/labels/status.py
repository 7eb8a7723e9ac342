"""Why nothing comes out of a label printer, in whatever language it says so."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Status(Struct, frozen=True):
    """Why nothing comes out of it, if so."""

    paper_out: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    paused: bool = False


class Inquiry(Struct, frozen=True):
    """How a printer of one language is asked how it is, and what it answers."""

    ask: bytes
    end: bytes
    """Of each string of an answer."""
    strings: int
    encode: Callable[[Status], bytes]
    """As a printer says it."""
    decode: Callable[[bytes], Status | None]
    """None: it is no answer."""

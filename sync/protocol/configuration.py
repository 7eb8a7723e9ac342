"""The configuration file: what a new till is told of its server, signed by it.

The signature shows that the file is whole and was made by the holder of `server_key`; that this is the right server is
what the way it came by, and the one-time code, vouch for.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from sync.errors import n_
from sync.protocol.journal import Signer
from sync.protocol.signed import document_holds, sign_document

VERSION = 1
LARGEST = 1024 * 1024
"""Bytes; a file beyond this is not read."""
_KEY_SIZE = 32


class Configuration(Struct, frozen=True, kw_only=True):
    """What the file holds."""

    url: str
    shop_name: str
    till_name: str
    code: str
    """One-time: it enrols one till, and expires."""
    server_key: str
    """The server's Ed25519 key, in hexadecimal."""
    ca: str | None = None
    """A certificate authority of the server's own, PEM."""
    settings: dict[str, Any] = {}


class BadConfiguration(Exception):
    """The file cannot be used; `reason` says why, in words for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write_configuration(configuration: Configuration, signer: Signer) -> bytes:
    """The file's bytes, signed; `server_key` must be the signer's."""
    fields = {"v": VERSION, **msgspec.to_builtins(configuration)}
    return msgspec.json.format(msgspec.json.encode(sign_document(fields, signer)), indent=1) + b"\n"


def read_configuration(content: bytes) -> Configuration:
    """What a configuration file says.

    Raises:
        BadConfiguration: it is empty, of another kind or version, or not as its server signed it.
    """
    if not content.strip():
        raise BadConfiguration(n_("it is empty"))
    if len(content) > LARGEST:
        raise BadConfiguration(n_("it is too large to be one"))
    try:
        fields = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise BadConfiguration(n_("it is not a configuration file")) from None
    if not isinstance(fields, dict) or "v" not in fields:
        raise BadConfiguration(n_("it is not a configuration file"))
    if fields["v"] != VERSION:
        raise BadConfiguration(f"it is of version {fields['v']!r}, and this program reads version {VERSION}")
    try:
        configuration = msgspec.convert(fields, Configuration)
        key = bytes.fromhex(configuration.server_key)
    except (msgspec.ValidationError, ValueError) as error:
        raise BadConfiguration(f"it is not whole: {error}") from None
    if len(key) != _KEY_SIZE or not document_holds(fields, key):
        raise BadConfiguration(n_("it was altered after the server signed it: get it anew"))
    return configuration

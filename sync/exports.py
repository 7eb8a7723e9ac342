"""Data from a file, a folder or a share instead of the line: what the server has published there, signed as ever.

A share is anything that fsspec opens: `ftp://`, `sftp://`, `smb://`, `s3://`. In it lie `manifest.json` for the whole
feed, `index.json`, which names the files of what has changed since, and the blobs that all of them name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from sync.errors import BadSnapshot, Unreachable
from sync.snapshot import PIECE

MANIFEST, INDEX = "manifest.json", "index.json"
LARGEST = 16 * 1024 * 1024
"""Bytes of a manifest, at the most."""


class Share:
    """A folder of the server's exports, or one manifest in it.

    Args:
        address: a path of this machine, or the address of a share.
    """

    def __init__(self, address: str) -> None:
        named = PurePosixPath(address).name
        is_file = named.endswith(".json")
        self._folder = address[: -len(named)].rstrip("/") if is_file else address.rstrip("/")
        self.manifest = named if is_file else MANIFEST
        self.index = INDEX

    async def read(self, name: str) -> bytes:
        """A small file, whole.

        Raises:
            Unreachable: it cannot be read.
            BadSnapshot: it is not small.
        """
        content = await asyncio.to_thread(self._read, name)
        if len(content) > LARGEST:
            raise BadSnapshot(reason=f"{name} is too large")
        return content

    async def pieces(self, name: str) -> AsyncIterator[bytes]:
        """A file, piece by piece.

        Raises:
            Unreachable: it cannot be read to its end.
        """
        if "/" in name or "\\" in name or name.startswith("."):
            raise BadSnapshot(reason=f"{name!r} does not lie beside its manifest")
        file = await asyncio.to_thread(self._open, name)
        try:
            while piece := await asyncio.to_thread(_piece, file):
                yield piece
        finally:
            await asyncio.to_thread(file.close)

    def _read(self, name: str) -> bytes:
        with self._open(name) as file:
            try:
                return file.read(LARGEST + 1)
            except OSError as error:
                raise Unreachable(reason=f"{name}: {error}") from error

    def _open(self, name: str) -> BinaryIO:
        try:
            if "://" not in self._folder:
                return (Path(self._folder) / name).open("rb")
            import fsspec  # noqa: PLC0415 - only who loads from a share needs it

            opened: Any = fsspec.open(f"{self._folder}/{name}", "rb").open()
        except ImportError as error:
            raise Unreachable(reason=f"this kind of share needs {error.name}") from error
        except (OSError, ValueError) as error:
            raise Unreachable(reason=f"{self._folder}/{name}: {error}") from error
        file: BinaryIO = opened
        return file


def _piece(file: BinaryIO) -> bytes:
    try:
        return file.read(PIECE)
    except OSError as error:
        raise Unreachable(reason=str(error)) from error

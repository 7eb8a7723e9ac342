"""Data from a file, a folder or a share instead of the line: what the server has published there, signed as ever.

A share is anything that fsspec opens: `ftp://`, `ftps://`, `sftp://`, `smb://`, `s3://`. In it lie `manifest.json` for
the whole feed, `index.json`, which names the files of what has changed, and the blobs that all of them name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, TypeVar

from sync.addresses import without_password
from sync.errors import BadSnapshot, Missing, Reason, SyncError, Unreadable, n_
from sync.remote import Lacking, Remote
from sync.snapshot import PIECE, Blob
from sync.threads import Threads

MANIFEST, INDEX = "manifest.json", "index.json"
LARGEST = 16 * 1024 * 1024
"""Bytes of a manifest, at the most."""
_THREADS = Threads()
T = TypeVar("T")


class Place(Protocol):
    """A folder, wherever it is. It raises whatever its kind raises."""

    def open(self, name: str) -> BinaryIO:
        """A file in it."""


class Folder:
    """A folder of this machine: a stick, a mounted share."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, name: str) -> BinaryIO:
        """A file in it."""
        return (self._path / name).open("rb")


class Share:
    """A folder of the server's exports, or one manifest in it.

    Args:
        address: a path of this machine, or the address of a share.
        within: seconds that each call there may take.
    """

    def __init__(self, address: str, within: float = 60) -> None:
        folder, _, named = address.rpartition("/")
        if not named.endswith(".json"):
            folder, named = address.rstrip("/"), ""
        self.manifest = named if named != INDEX else ""
        """The one that is meant; empty: the one that the index names, and what goes on from it."""
        self.shown = without_password(folder)
        """Where it is, as people read it."""
        self._within = within
        self._hangs = False
        self._place: Place = Remote(folder) if "://" in address else Folder(_path(address, named))

    async def read(self, name: str) -> bytes:
        """A small file, whole.

        Raises:
            Missing: there is none of this name.
            Unreadable: it cannot be read.
            BadSnapshot: it is not small.
        """
        _check_name(name)
        content = await self._call(lambda: self._read(name))
        if len(content) > LARGEST:
            raise BadSnapshot(reason=Reason(n_("{name} is too large"), name=name))
        return content

    @asynccontextmanager
    async def pieces(self, blob: Blob, start: int) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """The bytes of a blob from `start` on, where the place can go on there (see `sync.snapshot.Source`).

        Raises:
            Missing: there is none of this name.
            Unreadable: it cannot be read to its end.
        """
        name = PurePosixPath(blob.blob).name
        _check_name(name)
        file, begins = await self._call(lambda: self._open_at(name, start))
        try:
            yield begins, self._rest(name, file)
        finally:
            if not self._hangs:
                await self._call(lambda: self._told(name, file.close))

    async def _rest(self, name: str, file: BinaryIO) -> AsyncIterator[bytes]:
        while piece := await self._call(lambda: self._told(name, lambda: file.read(PIECE))):
            yield piece

    async def _call(self, work: Callable[[], T]) -> T:
        """Let a thread do it; one that hangs is left alone."""
        try:
            async with asyncio.timeout(self._within):
                return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
        except TimeoutError:
            self._hangs = True
            raise Unreadable(
                reason=Reason(
                    n_("{place} gave no answer in {seconds} s"),
                    place=self.shown,
                    seconds=f"{self._within:g}",
                )
            ) from None

    def _read(self, name: str) -> bytes:
        with self._reaching(name), self._place.open(name) as file:
            return file.read(LARGEST + 1)

    def _open_at(self, name: str, start: int) -> tuple[BinaryIO, int]:
        with self._reaching(name):
            file = self._place.open(name)
            if start and file.seekable():
                # not every kind of file says where it goes to
                file.seek(start)
                return file, file.tell()
            return file, 0

    def _told(self, name: str, work: Callable[[], T]) -> T:
        with self._reaching(name):
            return work()

    @contextmanager
    def _reaching(self, name: str) -> Iterator[None]:
        """The one place where errors of files and shares become the engine's."""
        try:
            yield
        except SyncError:
            raise
        except Lacking as error:
            raise Unreadable(
                reason=Reason(
                    n_("{scheme}:// needs a library that is not installed here: install tui-pos[{extra}]"),
                    scheme=error.scheme,
                    extra=error.extra,
                )
            ) from error
        except FileNotFoundError as error:
            raise Missing(name=name, place=self.shown) from error
        except Exception as error:  # every kind of share has errors of its own
            told = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
            where = f"{self.shown}/{name}"
            raise Unreadable(reason=Reason(n_("{file}: {error}"), file=where, error=told)) from error


def _path(address: str, named: str) -> Path:
    path = Path(address).expanduser()
    return path.parent if named else path


def _check_name(name: str) -> None:
    if not name or "/" in name or "\\" in name or name.startswith("."):
        raise BadSnapshot(reason=Reason(n_("{name} does not lie beside its manifest"), name=repr(name)))

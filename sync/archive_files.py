"""The files of the archives that were made here: where they lie, and the entries in them that were let go since."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from sync.errors import EntriesLetGo, Reason, n_
from sync.protocol import Entry
from sync.protocol.archive import BadArchive, entries_in
from sync.store import Archived, Store

FOLDER = "archives"
"""In the profile: where archives are written to unless another place is named, and looked for after that one."""


def place_of(store: Store, archived: Archived) -> Path | None:
    """Where the file of an archive lies: where it was written to, or in the till's own folder; None: neither."""
    for folder in (Path(archived.folder), store.profile / FOLDER):
        with suppress(OSError):
            if (folder / archived.file).is_file():
                return folder / archived.file
    return None


class ArchivedEntries:
    """The entries that were let go, read from the files that hold them: in order, for a server that has lost them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last = 0
        self._rest: Iterator[Entry] = iter(())

    async def after(self, seq: int, limit: int) -> list[Entry]:
        """So many entries from behind a position; fewer where their archive ends.

        Raises:
            EntriesLetGo: their archive is not here, or is not whole.
        """
        archived = await self._store.archives.holding(seq + 1)
        if archived is None:
            raise EntriesLetGo(reason=Reason(_NOWHERE, position=seq + 1))
        path = await asyncio.to_thread(place_of, self._store, archived)
        if path is None:
            raise EntriesLetGo(
                reason=Reason(
                    _BRING_BACK,
                    first=seq + 1,
                    last=archived.last_seq,
                    file=archived.file,
                    folder=self._store.profile / FOLDER,
                )
            )
        try:
            entries = await asyncio.to_thread(self._read, path, seq, limit)
        except BadArchive as error:
            raise EntriesLetGo(reason=Reason(_UNUSABLE, file=path, reason=error.reason)) from error
        if not entries or entries[0].seq != seq + 1:
            raise EntriesLetGo(reason=Reason(_NOWHERE, position=seq + 1))
        return entries

    def _read(self, path: Path, after: int, limit: int) -> list[Entry]:
        if after != self._last:
            self._rest = entries_in(path, after)
        entries = list(islice(self._rest, limit)) or list(islice(entries_in(path, after), limit))
        self._last = entries[-1].seq if entries else 0
        return entries


_BRING_BACK = n_(
    "it asks for entry {first}; those through {last} are in the archive {file}: bring that to {folder}, "
    "and they are sent from it"
)
_NOWHERE = n_("no archive holds entry {position}")
_UNUSABLE = n_("the archive {file}: {reason}")

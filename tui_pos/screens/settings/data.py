"""The tab of the data: where they are, how they are kept, how much there is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui_pos.l10n import _, n_
from tui_pos.screens.settings.keeping import KeepingRows
from tui_pos.screens.settings.rows import Row
from tui_pos.spans import count, local, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_pos.screens.conduct import Conduct

KEYS = {
    "credential": n_("a credential of the system"),
    "keyring": n_("the key store of the desktop"),
    "file": n_("a file that only this user can read"),
}


class DataTab:
    """Facts; and how long what was sold is kept, with what that asks for."""

    title = n_("Data")
    live = False

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    async def rows(self) -> Sequence[Row]:
        """The database file, its key, what is in it, how long it is kept."""
        store = self._conduct.till.store
        counts = await store.catalogue.counts()
        file = store.profile / "till.db"
        stored = await asyncio.to_thread(
            lambda: sum(each.stat().st_size for each in file.parent.glob("till.db*"))
        )
        key = str(store.key_source.value)
        return (
            Row(_("Database"), str(file), _("Encrypted: a copy of it is of no use without its key.")),
            Row(_("Size"), size(stored)),
            Row(
                _("Encryption key"),
                _(KEYS.get(key, key)),
                _(
                    "Where the key of the database is kept. It is never in the database. A credential of the system "
                    "is sealed by the TPM where there is one."
                ),
            ),
            Row(_("Schema"), store.schema_version),
            Row(_("Journal"), _("{count} entries").format(count=count(store.journal.head.seq))),
            Row(_("Products"), count(counts.products)),
            Row(_("Customers"), count(counts.customers)),
            Row(
                _("Data of"),
                local(store.feed.at) if store.feed.at else "-",
                _("When the server last said that nothing is newer."),
            ),
            *await KeepingRows(self._conduct).rows(),
        )

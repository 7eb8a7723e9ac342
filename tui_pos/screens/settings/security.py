"""The tab of what protects the till: who may what, keys and their fingerprints, the lease."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.fingerprint import fingerprint
from tui_pos.l10n import _, n_
from tui_pos.rights import LABELS, ROLE_NAMES, Right
from tui_pos.screens.settings.rows import Row
from tui_pos.spans import local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui_pos.screens.conduct import Conduct


class SecurityTab:
    """Facts: secrets themselves are never shown."""

    title = n_("Security")
    live = False

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct

    async def rows(self) -> Sequence[Row]:
        """The user's rights, the lock, fingerprints, the lease."""
        register, engine = self._conduct.register, self._conduct.watch.engine
        user = register.user
        may = ", ".join(_(LABELS[right]) for right in Right if register.may(right))
        idle = register.settings.idle_after
        rows = [
            Row(
                _("Signed in"),
                f"{user.name} ({user.code}, {_(ROLE_NAMES.get(user.role, user.role))})" if user else "-",
                _("May: {rights}").format(rights=may),
            ),
            Row(
                _("Lock after"),
                _("{count} s").format(count=idle) if idle else _("never"),
                _("It is set on the tab of the till."),
            ),
            Row(
                _("Key of this till"),
                fingerprint(self._conduct.till.store.public_key),
                _("Its fingerprint: the journal's entries are signed with it, and the server knows it."),
            ),
        ]
        if engine is not None:
            lease = engine.lease
            rows += [
                Row(
                    _("Key of the server"),
                    fingerprint(engine.membership.key),
                    _("Its fingerprint: data and leases are taken only with its signature."),
                ),
                Row(
                    _("Certificate authority"),
                    _("one of its own") if engine.membership.ca else _("the system's"),
                    _("Who vouches for the server's address. It is given when the till is enrolled."),
                ),
                Row(
                    _("Lease"),
                    local(lease.until) if lease else "-",
                    _("Until when the server lets this till work."),
                ),
            ]
        return rows

"""Enrolment from the screen: by the server's configuration file, or by its address and a one-time code."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui_pos.errors import Refused, refuse, translated
from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Form
from tui_pos.widgets.field import Field, Labelled

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from sync.enrol import Invitation
    from tui_pos.inputs import Input
    from tui_pos.screens.conduct import Conduct

FIELDS = (
    ("file", n_("File")),
    ("server", n_("Server")),
    ("code", n_("Code")),
    ("proxy", n_("Proxy")),
    ("ca", n_("CA file")),
)


class EnrolScreen(Form):
    """Enrols this till, which goes on selling; a refusal is shown, and nothing that was typed is lost.

    Args:
        conduct: knows the till's server.
    """

    HEADING = n_("Enrol this till")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f10", "enrol", n_("Enrol"))]
    STAYS: ClassVar[bool] = True
    """A supervisor's dialog comes above this one, which stays."""
    DEFAULT_CSS: ClassVar[str] = """
    EnrolScreen > #box { width: 76; }
    EnrolScreen Labelled { margin-bottom: 0; }
    EnrolScreen #hint { margin: 1 0; color: $dim; }
    """

    def __init__(self, conduct: Conduct) -> None:
        super().__init__()
        self._conduct = conduct
        self._asking = False

    def body(self) -> ComposeResult:
        """The fields, and which of them are needed."""
        for name, label in FIELDS:
            # a one-time code, or an address, may come as a QR code
            yield Labelled(label, Field(name, max_length=400, scans=name in ("server", "code")))
        yield Static(
            _(
                "The configuration file that the server made is enough. Without it: the server's address and the code. "
                "Proxy as http://user:password@host:port and a certificate authority only where there are such."
            ),
            id="hint",
            markup=False,
        )

    def action_enrol(self) -> None:
        """From any field: most of them stay empty."""
        self.answer()

    def answer(self) -> Input | None:
        """Begin; the answer comes from the server."""
        if not self._asking:
            self._asking = True
            self.tell(_("The server is asked…"))
            self.app.run_worker(self._enrol(), group="enrolment", name="an enrolment")
        return None

    async def _enrol(self) -> None:
        typed = {name: self.query_one(f"#{name}", Field).value.strip() for name, _label in FIELDS}
        try:
            invited = await asyncio.to_thread(invitation, typed)
            with translated():
                await self._conduct.dialogs.permit(("server",), lambda: self._take(invited))
        except Refused as refused:
            if self.is_attached:
                self.refuse(refused.message)
        finally:
            self._asking = False

    async def _take(self, invited: Invitation) -> None:
        member = await self._conduct.till.server.enrol(invited)
        await self._conduct.watch.follow()
        text = _("Till {number} of {shop} is enrolled. Load its data now.")
        self._conduct.say(text.format(number=member.number, shop=member.shop_name or member.shop_id))
        if self.is_attached:
            self.dismiss(None)


def invitation(typed: dict[str, str]) -> Invitation:
    """The invitation that was typed, or that the file holds. Reads files: not on the loop.

    Raises:
        Refused: `bad_configuration`: a file cannot be read, or something is missing.
    """
    from tui_pos import invitations  # noqa: PLC0415 - a till that sells needs none of it

    proxy = typed["proxy"] or None
    if typed["file"]:
        return invitations.from_file(Path(typed["file"]), proxy)
    if not (typed["server"] and typed["code"]):
        text = n_("Give the configuration file, or the server's address and the code. Nothing was changed.")
        raise refuse("bad_configuration", text)
    return invitations.typed(
        typed["server"], typed["code"], Path(typed["ca"]) if typed["ca"] else None, proxy
    )

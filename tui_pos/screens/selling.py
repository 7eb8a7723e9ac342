"""The selling screen: zones that never move. It shows what it is given; what to do is the conduct's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from tui_pos.l10n import _
from tui_pos.widgets.banner import Banner
from tui_pos.widgets.basket import Basket
from tui_pos.widgets.customer_pane import CustomerPane
from tui_pos.widgets.devices_pane import DevicesPane
from tui_pos.widgets.header import Header
from tui_pos.widgets.mirror import Mirror
from tui_pos.widgets.prompt import Prompt
from tui_pos.widgets.shortcuts import Footer, Shortcuts
from tui_pos.widgets.sturdy import Sturdy
from tui_pos.widgets.totals import TotalsZone
from tui_pos.widgets.zone import Plain

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

BESIDE = 124
"""Columns from which the devices stand beside the sale; under it they lie over it."""


class SellingScreen(Sturdy, Screen[None]):
    """Header, customer, basket, totals and mirror, prompt, shortcut keys, footer; devices on request."""

    # Classes that the size sets: what a small screen cannot hold gives way, the basket and the prompt last.
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-narrow"),
        (50, "-medium"),
        (BESIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-low"),
        (12, "-short"),
        (20, "-tall"),
    ]
    DEFAULT_CSS = """
    SellingScreen {
        layers: sale over;
        overflow: hidden;
        background: $background;
        & #sale { layer: sale; height: 1fr; width: 1fr; }
        & #band { layout: horizontal; height: 4; background: $panel; }
        &.-narrow Mirror { display: none; }
        &.-short Shortcuts { display: none; }
        &.-short CustomerPane { display: none; }
        &.-low Header, &.-low CustomerPane, &.-low #band, &.-low Shortcuts, &.-low Footer { display: none; }
        &.-low Banner { display: none; }
        &.-low Prompt { height: 2; }
        &.-wide.-devices #sale { margin-right: 46; }
        &.-devices DevicesPane { display: block; }
        /* over the sale, it leaves what is due and the prompt in sight */
        &.-narrow DevicesPane, &.-medium DevicesPane { height: 54%; }
    }
    """

    _wide = _gave_way = False

    def on_resize(self, event: events.Resize) -> None:
        """Devices that stand beside the sale never come to lie over it because the screen has become smaller."""
        was, self._wide = self._wide, event.size.width >= BESIDE
        if was and not self._wide:
            self._gave_way = self.has_class("-devices")
            self.remove_class("-devices")
        elif self._wide and self._gave_way:
            self._gave_way = False
            self.add_class("-devices")

    def compose(self) -> ComposeResult:
        """The zones, from top to bottom."""
        with Plain(id="sale"):
            yield Header()
            yield CustomerPane()
            yield Basket()
            with Plain(id="band"):
                yield TotalsZone()
                yield Mirror()
            yield Banner()
            yield Prompt()
            yield Shortcuts()
            yield Footer()
        yield DevicesPane()

    def on_mount(self) -> None:
        """What stands there before the till is open."""
        self.prompt.expect(_("The till is opening: what you scan now is kept."))

    @property
    def header(self) -> Header:
        """The header."""
        return self.query_one(Header)

    @property
    def customer(self) -> CustomerPane:
        """The customer pane."""
        return self.query_one(CustomerPane)

    @property
    def basket(self) -> Basket:
        """The lines."""
        return self.query_one(Basket)

    @property
    def totals(self) -> TotalsZone:
        """The sums."""
        return self.query_one(TotalsZone)

    @property
    def mirror(self) -> Mirror:
        """What the customer reads."""
        return self.query_one(Mirror)

    @property
    def banner(self) -> Banner:
        """What comes from the server."""
        return self.query_one(Banner)

    @property
    def prompt(self) -> Prompt:
        """The prompt."""
        return self.query_one(Prompt)

    @property
    def shortcuts(self) -> Shortcuts:
        """The shortcut keys."""
        return self.query_one(Shortcuts)

    @property
    def footer(self) -> Footer:
        """The footer."""
        return self.query_one(Footer)

    @property
    def devices(self) -> DevicesPane:
        """The virtual devices."""
        return self.query_one(DevicesPane)

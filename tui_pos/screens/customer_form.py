"""A customer made or changed at the till, with or without a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from tui_pos.inputs import ChangeCustomer, CreateCustomer, Input
from tui_pos.l10n import _, n_
from tui_pos.screens.dialog import Attempt, Form
from tui_pos.widgets.choice import Choice
from tui_pos.widgets.field import Field, Labelled

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui_pos.outcomes import CustomerDetails

_CARDS = re.compile(r"[\s,;]+")


class CustomerForm(Form):
    """Gives `CreateCustomer`, or `ChangeCustomer` for one who is known.

    Args:
        customer: as known; None: a new one.
        attempt: see `Dialog`.
    """

    DEFAULT_CSS: ClassVar[str] = """
    CustomerForm > #box { width: 72; }
    CustomerForm Labelled { margin-bottom: 0; }
    CustomerForm Choice { margin-bottom: 1; }
    """

    def __init__(self, customer: CustomerDetails | None = None, *, attempt: Attempt | None = None) -> None:
        super().__init__(attempt=attempt)
        self._customer = customer

    def heading(self) -> str:
        """Whose form it is."""
        if self._customer is None:
            return _("New customer")
        return _("Customer {code}").format(code=self._customer.code)

    def body(self) -> ComposeResult:
        """Name, cards, telephone, e-mail, and whether they may be written to."""
        known = self._customer
        yield Labelled(n_("Name"), Field("name", known.name if known else "", max_length=120))
        cards = " ".join(known.cards) if known else ""
        yield Labelled(n_("Cards"), Field("cards", cards, max_length=400, scans=True))
        yield Labelled(n_("Telephone"), Field("phone", known.phone if known else "", max_length=24))
        yield Labelled(n_("E-mail"), Field("email", known.email if known else "", max_length=120))
        consents = known is not None and known.consent
        yield Labelled(n_("Letters"), Choice((n_("No"), n_("Yes")), chosen=int(consents)))

    def on_mount(self) -> None:
        """The name first."""
        self.query_one("#name").focus()

    def answer(self) -> Input | None:
        """The customer, once there is a name; the register judges the rest."""
        name, cards, phone, email = (
            self.query_one(f"#{field}", Field).value.strip() for field in ("name", "cards", "phone", "email")
        )
        if not name:
            self.lack("name", _("A customer needs a name."))
            return None
        codes = tuple(code for code in _CARDS.split(cards) if code)
        consent = self.query_one(Choice).chosen == 1
        if self._customer is None:
            return CreateCustomer(name=name, cards=codes, phone=phone, email=email, consent=consent)
        return ChangeCustomer(
            code=self._customer.code, name=name, cards=codes, phone=phone, email=email, consent=consent
        )

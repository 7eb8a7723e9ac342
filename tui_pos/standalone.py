"""A till without a server: what it needs besides its catalogue, so that somebody can sign in and take money."""

from __future__ import annotations

from msgspec import Struct

from sync.pins import hash_pin
from sync.protocol import MethodRecord, ShopRecord, UserRecord
from sync.store import Store
from tui_pos.errors import refuse
from tui_pos.l10n import _, n_
from tui_pos.rights import Right

PIN_LENGTHS = range(4, 13)


class Setting(Struct, frozen=True):
    """What somebody says of a new till."""

    shop: str
    user: str
    name: str
    pin: str


def methods() -> tuple[MethodRecord, ...]:
    """Cash, card and cheque, as most shops take them; cash at most 1,000 € (fiscal rule 14: a setting)."""
    return (
        MethodRecord(
            code="CASH",
            label=_("Cash"),
            order=1,
            gives_change=True,
            negative_allowed=True,
            opens_drawer=True,
            ceiling=100_000,
        ),
        MethodRecord(code="CARD", label=_("Card"), order=2, negative_allowed=True, terminal=True),
        MethodRecord(code="CHEQUE", label=_("Cheque"), order=3, opens_drawer=True),
        MethodRecord(
            code="CREDIT",
            label=_("On account"),
            order=4,
            negative_allowed=True,
            needs_customer=True,
            right=Right.CREDIT.value,
        ),
    )


async def furnish(store: Store, setting: Setting) -> None:
    """Give a till its shop, its first user, a manager, and its payment methods. Its products stay.

    Raises:
        Refused: the PIN is none, or somebody can sign in already.
    """
    if len(setting.pin) not in PIN_LENGTHS or not (setting.pin.isascii() and setting.pin.isdigit()):
        text = n_("A PIN has {least} to {most} digits. Nothing was made.")
        raise refuse("bad_pin", text, least=PIN_LENGTHS.start, most=PIN_LENGTHS.stop - 1)
    if (await store.catalogue.counts()).users:
        raise refuse(
            "not_allowed", n_("This till is set up already: its users can sign in. Nothing changed.")
        )
    user = UserRecord(setting.user, setting.name, "manager", hash_pin(setting.pin))
    shop = ShopRecord(name=setting.shop)
    await store.catalogue.load(users=(user,), methods=methods(), shop=shop, replace=False)

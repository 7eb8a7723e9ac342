"""What the server changes of the shop while somebody sells reaches the screen by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sync.protocol import MethodRecord
from tests.small_shop import LENTILS, METHODS, SHOP

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil


async def test_a_new_payment_method_is_on_the_keys_at_once_and_called_by_its_name(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.does("ticket.pay")
    assert not seat.reads("Token")

    await seat.till.store.catalogue.load(methods=[MethodRecord("TK", "Token", order=90)], replace=False)
    await seat.till.register.refresh()
    await seat.until(lambda: seat.reads(f"F{len(METHODS) + 2} Token"))

    await seat.press(*"1.00", f"f{len(METHODS) + 2}")
    assert seat.reads("Paid 1.00 Token")


async def test_another_name_of_the_shop_is_in_the_header_at_once(seat: Counterfoil) -> None:
    await seat.till.store.catalogue.load(shop=replace(SHOP, name="Halle du Pont"), replace=False)
    await seat.till.register.refresh()
    await seat.until(lambda: seat.reads("Halle du Pont"))

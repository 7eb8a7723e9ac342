"""The till is set anew at the till: by who may, kept, traced, in use at once."""

from __future__ import annotations

from tests.small_shop import Shop, Till
from tui_pos.events import SettingsChanged
from tui_pos.inputs import ChangeSettings, PermitSettings
from tui_pos.rights import Right
from tui_pos.settings import Settings


async def test_a_cashier_may_not(cashier: Till) -> None:
    refused = await cashier.refused(ChangeSettings(Settings(idle_after=60)))

    assert refused.slug == "right_needed"
    assert cashier.register.settings == Settings()


async def test_what_was_set_is_told_traced_and_there_after_a_power_cut(shop: Shop, cashier: Till) -> None:
    wanted = Settings(idle_after=60, keys={"help": ""})
    cashier.register._desk._rights = frozenset(Right)
    await cashier.give(ChangeSettings(wanted))

    assert cashier.register.settings == wanted
    assert cashier.told[-1] == SettingsChanged(wanted)
    (event,) = await cashier.events("settings_changed")
    assert event["names"] == ["idle_after", "keys"]
    assert (await shop.power_cut()).register.settings == wanted


async def test_the_same_settings_again_write_nothing(cashier: Till) -> None:
    cashier.register._desk._rights = frozenset(Right)
    await cashier.give(ChangeSettings(Settings()))

    assert await cashier.events("settings_changed") == []


async def test_keys_that_contradict_each_other_are_refused(cashier: Till) -> None:
    cashier.register._desk._rights = frozenset(Right)
    refused = await cashier.refused(ChangeSettings(Settings(keys={"ticket.pay": "f2"})))

    assert refused.slug == "bad_request"
    assert cashier.register.settings == Settings()


async def test_settings_beside_the_register_are_permitted_traced_and_lent(cashier: Till) -> None:
    assert (await cashier.refused(PermitSettings(("ticket_interval",)))).slug == "right_needed"
    assert await cashier.events("settings_changed") == []
    cashier.register._desk._rights = frozenset(Right)

    await cashier.give(PermitSettings(("ticket_interval",)))

    (event,) = await cashier.events("settings_changed")
    assert event["names"] == ["ticket_interval"]

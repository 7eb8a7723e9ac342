"""Every key and every entry of the menu on the real register: each does what its label says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engine_double import EngineDouble
from tests.small_shop import CARD, COFFEE, LENTILS, SPONGE, TOMATOES
from tui_pos.actions import ACTIONS
from tui_pos.outcomes import MessageView
from tui_pos.sale.prompt import Context
from tui_pos.screens.cash_count import IN_ALL
from tui_pos.screens.devices.screen import DevicesScreen
from tui_pos.screens.settings.screen import SettingsScreen
from tui_pos.widgets.count_sheet import CountSheet

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil


async def test_lines(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.scan(COFFEE)
    await seat.does("line.up")
    assert seat.till.ticket.lines[0].code == LENTILS

    await seat.does("line.quantity", "3", "enter")
    await seat.does("line.price", "2", "enter")
    await seat.does("line.discount", "1", "0", "%", "enter")
    line = seat.till.ticket.lines[0]
    assert (str(line.quantity), line.unit_price, line.total) == ("3", 200, 540)

    await seat.does("line.down")
    await seat.does("line.void")
    assert seat.codes == [LENTILS]


async def test_a_ticket_discount_a_provisional_bill_and_giving_up(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.does("ticket.discount", *"0.49", "enter")
    assert seat.till.ticket.total == 200

    await seat.does("ticket.provisional")
    assert "PROVISOIRE" in await seat.paper()

    await seat.does("ticket.void", "right", "enter")
    assert seat.till.register.ticket is None


async def test_a_clock_that_was_set_back_is_shown_with_the_step_that_noticed_it(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    seat.till.register._desk.clock.pass_by(hours=-2)  # type: ignore[attr-defined]
    await seat.scan(COFFEE)
    assert seat.codes == [LENTILS, COFFEE]
    assert seat.reads("The clock of this machine was set back")
    assert len(await seat.till.events("clock_set_back")) == 1


async def test_hold_and_recall(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.does("ticket.hold")
    assert seat.till.register.held_count == 1
    assert seat.codes == []

    await seat.does("ticket.recall", "enter")
    assert seat.codes == [LENTILS]


async def test_search_by_name(seat: Counterfoil) -> None:
    await seat.does("products.search", *"caf", "enter")
    assert seat.codes == [COFFEE]


async def test_packaging_is_taken_off_what_is_weighed_next(seat: Counterfoil) -> None:
    seat.till.twin("scale").set(weight="1.250")
    await seat.does("sale.tare", *"20", "enter")
    assert seat.reads("of packaging will be taken off")
    await seat.scan(TOMATOES)
    assert seat.reads("1.23 kg", "3.63")
    assert (str(seat.till.ticket.lines[0].quantity), seat.till.ticket.total) == ("1.230", 363)


async def test_labels_from_the_menu(seat: Counterfoil) -> None:
    await seat.does("products.labels", *"caf", "enter", "backspace", "3", "enter")
    assert seat.reads("3 labels go to the printer")
    labels = await seat.stickers()
    assert [(label["lines"][0], label["copies"]) for label in labels] == [("Café moulu 250 g", 3)]
    assert seat.codes == []
    await seat.press("escape")
    await seat.does("devices.pane")
    assert seat.reads("Label", "Café moulu 250 g", "× 3")


async def test_a_customer_by_name_and_by_card(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.does("ticket.customer", *"zo", "enter")
    assert seat.till.ticket.customer == "C2"

    await seat.scan(CARD)
    assert seat.till.ticket.customer == "C1"


async def test_pay_take_back_and_pay(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.does("ticket.pay", "1", "enter")
    assert seat.till.ticket.paid == 100
    await seat.does("payment.void")
    assert seat.till.ticket.paid == 0

    await seat.does("back")
    assert seat.context == Context.ITEM
    await seat.press("f10", "5", "enter")
    assert seat.till.register.ticket is None
    assert seat.reads("is paid", "2.51")


async def test_receipt_reprint_and_return(seat: Counterfoil) -> None:
    await sell(seat, LENTILS, SPONGE)
    await seat.does("receipt.print")
    assert "Lentilles" in await seat.paper()
    await seat.does("ticket.reprint")
    assert "DUPLICATA" in await seat.paper()

    await seat.does("tickets.search")
    assert seat.reads("1-000001")
    await seat.press("escape")
    await seat.does("ticket.return", "f8", "down", "space", "enter")
    assert [line.total for line in seat.till.ticket.lines] == [-249, -179]


async def test_cash_in_out_and_the_drawer(seat: Counterfoil) -> None:
    await seat.does("cash.in", *"20", "enter", *"change", "enter")
    await seat.does("cash.out", *"5", "enter", *"stamps", "enter")
    await seat.does("drawer.open", *"a coin fell", "enter")

    assert [(move["amount"], move["reason"]) for move in await seat.till.journal("cash")] == [
        (2000, "change"),
        (-500, "stamps"),
    ]
    (event,) = await seat.till.events("drawer_opened")
    assert event["reason"] == "a coin fell"


async def test_x_then_z_with_a_blind_count_and_its_difference(seat: Counterfoil) -> None:
    await sell(seat, LENTILS)
    await seat.does("session.x")
    assert seat.reads("X report", "2.49")
    await seat.press("enter")

    await seat.does("session.close")
    sheet = seat.app.screen.query_one(CountSheet)
    assert not seat.reads("102.49"), "the count is blind"
    assert set(cells(sheet)).isdisjoint({"method CARD", "method CHEQUE"}), "only cash was taken"
    sheet.go_to(IN_ALL)
    await seat.press(*"100", "enter")
    assert seat.reads("Z report 1", "Difference", "-€2.49")
    await seat.press("enter")
    assert seat.context == Context.SESSION

    await seat.does("report.z")
    assert "Z" in await seat.paper()
    await seat.does("session.open", *"80", "enter")
    assert seat.context == Context.ITEM


async def test_a_count_that_is_typed_faster_than_the_screen_follows_stands_where_it_was_meant(
    seat: Counterfoil,
) -> None:
    await seat.does("session.close")
    sheet = seat.app.screen.query_one(CountSheet)
    for key in ("down", *"12", "enter", *"34", "backspace", "down", "5", "up", "6", "home", "7"):
        await seat._key(key, 0.3)
    await seat.settled()

    first, second, third, fourth, *_ = cells(sheet)
    assert sheet.typed() == {first: "7", second: "12", third: "36", fourth: "5"}


@pytest.mark.parametrize(("steps", "kind"), [(0, "day"), (1, "month"), (2, "year")])
async def test_a_period_is_closed_and_its_report_shown(seat: Counterfoil, steps: int, kind: str) -> None:
    await sell(seat, LENTILS)
    await close_session(seat)
    for closed in range(steps + 1):
        await seat.does("period.close", *["down"] * closed, "enter", "right", "enter")
        assert seat.reads("Closing of the", "2.49")
        await seat.press("enter")

    closings = [body["kind"] for body in await seat.till.journal("closing")]
    assert closings[-1] == kind


async def test_help_devices_palette_and_colours_change_nothing_that_is_sold(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    theme = seat.app.theme
    await seat.does("help")
    assert seat.reads("The prompt takes")
    await seat.press("escape")
    await seat.does("devices.pane")
    await seat.does("palette")
    await seat.press("escape", "escape")
    await seat.does("till.theme")

    assert seat.app.theme != theme
    assert seat.codes == [LENTILS]


async def test_lock_and_sign_out_hide_the_ticket_and_keep_it(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.does("till.lock")
    assert not seat.reads("Lentilles")
    await seat.press(*"9999", "enter")
    await seat.does("till.sign_out")
    assert not seat.reads("Lentilles")
    await seat.press("1", "enter", *"1111", "enter")

    assert seat.reads("Lentilles")
    assert seat.reads("Camille")


async def test_leaving_asks_first(seat: Counterfoil) -> None:
    await seat.does("till.quit", "escape")
    assert seat.app.is_running
    await seat.does("till.quit", "right", "enter")

    assert seat.app.return_code == 0


async def test_a_new_customer_is_made_with_a_scanned_card_and_gets_the_ticket(seat: Counterfoil) -> None:
    await seat.scan(LENTILS)
    await seat.does("customer.new", *"Zita", "enter")
    await seat.scan("2900010000022")
    await seat.press(*["enter"] * 4)

    assert seat.till.ticket.customer == "1-C00001"
    await seat.press("f5", *"Zita", "f4")
    assert seat.reads("Customer 1-C00001", "Zita", "2900010000022")


async def test_the_screen_of_the_devices_opens_from_the_settings_and_leads_back(seat: Counterfoil) -> None:
    await seat.does("settings.show", *["right"] * 4, *["down"] * 20, "enter")
    shown = [type(seat.app.screen)]
    await seat.press("escape")
    assert [*shown, type(seat.app.screen)] == [DevicesScreen, SettingsScreen]


async def test_settings_are_changed_where_they_stand(seat: Counterfoil) -> None:
    await seat.does("settings.show", "down", "down", "enter", *["backspace"] * 3, *"60", "enter")
    assert seat.till.register.settings.idle_after == 60
    assert seat.reads("60 s")

    await seat.press(*["down"] * 4, "enter", "enter", "ctrl+g")
    assert seat.till.register.settings.keys == {"help": "ctrl+g"}
    assert seat.reads("Ctrl+G", "moved")
    await seat.press("enter", "a")
    assert seat.reads("is needed for typing")


async def test_what_the_server_is_asked_for(seat: Counterfoil) -> None:
    engine = await seat.enrolled(EngineDouble())
    await seat.does("data.changes")
    await seat.does("data.load", "escape")
    await seat.does("exchange.show", "f5", "escape")
    await seat.does("cable.toggle")

    assert engine.asked == ["changes", "ping"]
    assert seat.reads("Only a demo has a cable")


async def test_a_message_of_the_server_is_read_once(seat: Counterfoil) -> None:
    seat.till.register.exchange_stands("up", (MessageView("7", "Fresh bread"),))
    await seat.does("message.read", "enter")

    assert seat.till.register.messages == ()
    (event,) = await seat.till.events("message_read")
    assert event["message"] == 7


async def test_the_menu_offers_what_may_have_no_key_in_sight_and_can_be_done(seat: Counterfoil) -> None:
    server = {"data.changes", "data.load", "exchange.show", "message.read"}
    demo = {"cable.toggle", "devices.pane", "ticket.kitchen"}
    wanted = {action.id for action in ACTIONS if Context.ITEM in action.contexts and action.place == "menu"}
    wanted |= {"devices.show", "receipt.print"}
    assert set(await seat.offered()) == wanted - server - demo

    await seat.enrolled(EngineDouble())
    seat.till.register.exchange_stands("up", (MessageView("7", "Fresh bread"),))
    assert set(await seat.offered()) == wanted - demo


def test_every_action_is_tried_here_or_on_its_screen() -> None:
    others = ("test_devices_screen.py", "test_real_card.py", "test_steering.py")
    files = (Path(__file__), *map(Path(__file__).with_name, others))
    tried = {
        action
        for file in files
        for action in re.findall(r'does\("([a-z_.]+)"', file.read_text(encoding="utf-8"))
    }

    assert {action.id for action in ACTIONS} - tried == {"menu"}, "the menu is pressed by its key"


async def sell(seat: Counterfoil, *codes: str) -> None:
    """A sale for the exact amount in cash."""
    for code in codes:
        await seat.scan(code)
    await seat.press("f10", "enter")


async def close_session(seat: Counterfoil) -> None:
    """Count 100.00 in the drawer."""
    await seat.does("session.close", *"100", "enter", "enter")


def cells(sheet: CountSheet) -> list[str]:
    """What the sheet asks for."""
    return [seat.cell.id for seat in sheet._seats]

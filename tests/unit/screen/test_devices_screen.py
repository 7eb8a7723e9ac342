"""The devices and their prints, seen and steered by keys on the real till."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from devices.health import State
from tests.small_shop import COFFEE, LENTILS
from tui_pos.inputs import Print, SetUpDevice, SignIn
from tui_pos.sale.prompt import Context
from tui_pos.screens import ResolvePaymentScreen, SupervisorScreen
from tui_pos.screens.devices.prints import PrintsScreen
from tui_pos.screens.devices.screen import DevicesScreen

if TYPE_CHECKING:
    from tests.real_selling import Counterfoil


async def at(seat: Counterfoil, name: str) -> None:
    """The screen of the devices, with the cursor on one of them."""
    if not isinstance(seat.app.screen, DevicesScreen):
        await seat.does("devices.show")
    screen: Any = seat.app.screen
    names = [row.name for row in screen.walked().rows]
    await seat.press(*["up"] * len(names), *["down"] * names.index(name))


async def receipt(seat: Counterfoil, fault: str | None) -> None:
    """A sale whose receipt is asked for on a printer with this fault."""
    await seat.till.counter.set("receipt", fault=fault)
    await seat.scan(LENTILS)
    await seat.press("f10", "enter")
    await seat.till.give(Print("receipt"))


async def in_doubt(seat: Counterfoil) -> None:
    """A receipt of which nobody knows whether it is on paper, on the screen of the prints."""
    await receipt(seat, "lost")
    await seat.until(lambda: len(seat.till.counter.spool.unknown) == 1)
    await seat.till.counter.set("receipt", fault=None)
    await seat.does("devices.show")
    await seat.does("device.prints")
    assert isinstance(seat.app.screen, PrintsScreen)


def papers(seat: Counterfoil, name: str = "receipt") -> list[str]:
    return ["\n".join(paper.lines) for paper in seat.till.twin(name).papers]


async def add(seat: Counterfoil, name: str) -> None:
    await seat.till.give(SetUpDevice(name, "printer", "virtual", "virtual:"))


async def test_each_device_says_how_it_is_and_why(seat: Counterfoil) -> None:
    await seat.till.counter.set("receipt", fault="paper_out")
    await at(seat, "receipt")

    assert seat.reads("receipt", "drawer", "display", "scale", "terminal", "online")
    assert seat.reads("printer", "degraded", "paper is out")
    assert seat.reads("receipt: virtual at virtual:", "degraded since", "Last success:", "Prints: receipt")


async def test_what_changes_is_shown_while_somebody_looks(seat: Counterfoil) -> None:
    await at(seat, "receipt")
    assert not seat.reads("the cover is open")

    await seat.till.counter.set("receipt", fault="cover")
    screen: Any = seat.app.screen
    screen._follow()
    await seat.settled()

    assert seat.reads("the cover is open")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("receipt", "receipt: A test page is on paper."),
        ("display", "display: The display shows its test."),
        ("scale", "scale: The scale answers, and gives no weight: nothing is on it."),
        ("terminal", "terminal: It answers."),
        ("drawer", "drawer: The drawer was opened."),
    ],
)
async def test_any_device_is_tried(seat: Counterfoil, name: str, says: str) -> None:
    await at(seat, name)
    await seat.does("device.test")
    await seat.until(lambda: seat.reads(says))


async def test_a_drawer_is_tried_by_who_may_open_it_or_with_a_supervisor(seat: Counterfoil) -> None:
    await seat.till.give(SignIn("1", "1111"))
    await at(seat, "drawer")
    await seat.does("device.test")
    assert isinstance(seat.app.screen, SupervisorScreen)
    await seat.press("2", "enter", *"2222", "enter")
    await seat.until(lambda: seat.till.twin("drawer").kicks == 1)

    (event,) = await seat.till.events("drawer_opened")
    assert (event["user"], event["drawer"]) == ("1", "drawer")


async def test_a_printer_is_added_given_documents_changed_and_removed(seat: Counterfoil) -> None:
    await seat.does("devices.show")
    await seat.does("device.add")
    await seat.press("enter")
    assert seat.reads("escpos", "virtual")
    await seat.press("down", "enter")
    await seat.press(*"kitchen", "enter", "enter")
    assert seat.till.counter.list("kitchen")[0].kind == "printer"

    await at(seat, "kitchen")
    await seat.does("device.assign", "down", "down", "enter")
    assert seat.till.counter.spool.printer_for("report") == "kitchen"
    await at(seat, "kitchen")
    assert seat.reads("Prints: ", "report")

    await seat.does("device.change", "enter", *"columns=32", "enter")
    assert seat.till.counter.config.named("kitchen").options == {"columns": "32"}

    await at(seat, "kitchen")
    await seat.does("device.remove", "right", "enter")
    assert "kitchen" not in [device.name for device in seat.till.counter.list()]


async def test_an_address_that_makes_no_sense_is_refused_and_nothing_typed_is_lost(
    seat: Counterfoil,
) -> None:
    await seat.does("devices.show")
    await seat.does("device.add", "enter", "enter")
    assert seat.reads("tcp://192.168.1.50:9100", "fallback=NAME")
    await seat.press(*"bar", "enter", *"10.0.0.9", "enter", "enter")

    assert seat.reads("is not the address of a device", "Nothing changed", "bar", "10.0.0.9")
    await seat.press("escape")
    assert "bar" not in [device.name for device in seat.till.counter.list()]


async def test_a_cashier_sets_up_no_device_without_a_supervisor(seat: Counterfoil) -> None:
    await add(seat, "kitchen")
    await seat.till.give(SignIn("1", "1111"))
    await at(seat, "kitchen")
    await seat.does("device.remove", "right", "enter")

    assert isinstance(seat.app.screen, SupervisorScreen)
    assert "kitchen" in [device.name for device in seat.till.counter.list()]
    await seat.press("9", "enter", *"9999", "enter")
    assert "kitchen" not in [device.name for device in seat.till.counter.list()]


async def test_a_cashier_adds_a_device_once_a_supervisor_has_lent_the_right(seat: Counterfoil) -> None:
    await seat.till.give(SignIn("1", "1111"))
    await seat.does("devices.show")
    await seat.does("device.add", "enter", "down", "enter")
    await seat.press(*"kitchen", "enter", "enter")

    assert isinstance(seat.app.screen, SupervisorScreen), "at once, above the form"
    await seat.press("9", "enter", *"9999", "enter")
    assert isinstance(seat.app.screen, DevicesScreen)
    assert seat.till.counter.list("kitchen")[0].kind == "printer"


async def test_a_device_that_came_back_is_tried_at_once_when_somebody_says_so(seat: Counterfoil) -> None:
    await receipt(seat, "paper_out")
    await at(seat, "receipt")
    seat.till.twin("receipt").fault = None
    await seat.does("device.retry")
    await seat.until(lambda: len(papers(seat)) == 1)

    assert seat.till.counter.list("receipt")[0].health is State.ONLINE


async def test_a_print_in_doubt_is_in_sight_while_selling_and_is_printed_again(seat: Counterfoil) -> None:
    await in_doubt(seat)
    assert seat.reads("in doubt", "receipt", "1-000001", "the confirmation of the last print was lost")

    await seat.does("print.again", *"no paper came out", "enter")
    await seat.until(lambda: len(papers(seat)) == 2)

    assert "PRINTED AGAIN" in papers(seat)[1]
    assert [event["reason"] for event in await seat.till.events("printed_again")] == ["no paper came out"]
    await seat.until(lambda: seat.reads("Nothing waits, and nothing is in doubt."))


async def test_a_print_in_doubt_is_announced_on_the_selling_screen_until_somebody_has_looked(
    seat: Counterfoil,
) -> None:
    await in_doubt(seat)
    await seat.press("escape", "escape")
    await seat.scan(COFFEE)
    assert seat.reads("Ctrl+D: 1 print may not be on paper.")

    await seat.does("devices.show")
    assert seat.reads("F4: 1 print may not be on paper.")
    await seat.does("device.prints")
    await seat.does("print.drop", *"it is on paper", "enter")
    await seat.press("escape", "escape")
    assert not seat.reads("may not be on paper")


async def test_a_print_in_doubt_is_dropped_with_a_reason_in_the_journal(seat: Counterfoil) -> None:
    await in_doubt(seat)
    await seat.does("print.drop", "enter")
    assert seat.reads("Say why")
    await seat.press(*"it is on paper", "enter")
    await seat.until(lambda: not seat.till.counter.spool.unknown)

    (event,) = await seat.till.events("print_dropped")
    assert (event["number"], event["reason"], event["user"]) == ("1-000001", "it is on paper", "9")
    assert len(papers(seat)) == 1


async def test_a_print_in_doubt_comes_out_of_another_printer(seat: Counterfoil) -> None:
    await add(seat, "bar")
    await add(seat, "kitchen")
    await seat.till.counter.set("bar", fault="lost")
    await seat.scan(LENTILS)
    await seat.press("f10", "enter")
    await seat.till.give(Print("receipt"))
    await seat.until(lambda: len(seat.till.counter.spool.unknown) == 1)

    await seat.does("devices.show")
    await seat.does("device.prints")
    await seat.does("print.elsewhere", "enter", *"the roll is torn", "enter")
    await seat.until(lambda: len(papers(seat, "kitchen")) == 1)

    assert "PRINTED AGAIN" in papers(seat, "kitchen")[0]


async def test_a_print_that_waits_goes_to_another_printer_read_beforehand(seat: Counterfoil) -> None:
    await add(seat, "bar")
    await add(seat, "kitchen")
    await seat.till.counter.set("bar", fault="paper_out")
    await seat.scan(LENTILS)
    await seat.press("f10", "enter")
    await seat.till.give(Print("receipt"))

    await seat.does("devices.show")
    await seat.does("device.prints")
    assert seat.reads("waits", "receipt", "bar", "paper is out")
    await seat.does("print.read")
    assert seat.reads("Lentilles")
    await seat.press("escape")
    await seat.does("print.again")
    assert seat.reads("Its printer is asked anew")

    await seat.does("print.elsewhere", "enter")
    await seat.until(lambda: len(papers(seat, "kitchen")) == 1)
    assert "PRINTED AGAIN" not in papers(seat, "kitchen")[0]
    assert papers(seat, "bar") == []


async def test_an_order_goes_to_the_printer_of_the_kitchen(seat: Counterfoil) -> None:
    await add(seat, "bar")
    await add(seat, "kitchen")
    await at(seat, "kitchen")
    await seat.does("device.assign", "down", "down", "down", "enter")
    await seat.press("escape")
    await seat.scan(LENTILS)
    await seat.does("ticket.kitchen")
    await seat.until(lambda: len(papers(seat, "kitchen")) == 1)

    assert "1 × Lentilles" in papers(seat, "kitchen")[0]
    assert papers(seat, "bar") == []


async def test_the_kitchen_is_offered_where_a_printer_takes_orders_of_some_families_only(
    seat: Counterfoil,
) -> None:
    assert "ticket.kitchen" not in await seat.offered()
    await seat.till.give(SetUpDevice("bar", "printer", "virtual", "virtual:", {"families": "DRINKS"}))

    assert "ticket.kitchen" in await seat.offered()


async def test_a_print_that_its_printer_has_is_in_sight_and_left_to_it(
    seat: Counterfoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer, hangs = seat.till.twin("receipt"), asyncio.Event()

    async def confirm(_job: bytes, _notice: object) -> bool:
        return await hangs.wait()

    monkeypatch.setattr(printer, "confirm", confirm)
    await seat.scan(LENTILS)
    await seat.press("f10", "enter")
    await seat.till.give(Print("receipt"))
    await seat.until(lambda: bool(seat.till.counter.spool.under_way()))
    await seat.does("devices.show")
    await seat.does("device.prints")

    assert seat.reads("under way", "1-000001")
    await seat.does("print.drop")
    assert seat.reads("Its printer has it")
    hangs.set()
    await seat.until(lambda: seat.reads("Nothing waits, and nothing is in doubt."))


async def test_with_one_printer_there_is_no_other(seat: Counterfoil) -> None:
    await receipt(seat, "paper_out")
    await seat.does("devices.show")
    await seat.does("device.prints")
    await seat.does("print.elsewhere")

    assert seat.reads("There is no other printer.")


async def test_a_card_payment_in_doubt_is_settled_from_here(seat: Counterfoil) -> None:
    await seat.does("devices.show")
    await seat.does("device.payment")
    assert seat.reads("No card payment is in doubt.")
    await seat.press("escape")

    seat.till.twin("terminal").set(answer="lost")
    await seat.scan(LENTILS)
    await seat.press("f10", "f3")
    await seat.until(lambda: seat.context == Context.PAYMENT_UNKNOWN)
    await seat.does("devices.show")
    assert seat.reads("F10: nobody knows how a card payment ended.")
    await seat.does("device.payment")
    assert isinstance(seat.app.screen, ResolvePaymentScreen)
    await seat.press("left", "enter", *"no ticket came", "enter")

    assert seat.context != Context.PAYMENT_UNKNOWN


async def test_the_keys_are_those_of_the_table_and_help_lists_them(seat: Counterfoil) -> None:
    await seat.does("devices.show")
    assert seat.reads("F2 Test", "F3 Add", "F4 Prints", "F5 Documents", "F8 Remove")
    await seat.does("help")
    await seat.press(*["pagedown"] * 5)
    assert seat.reads("Documents", "On another printer")


async def test_paper_that_is_out_is_said_while_selling_with_what_to_do(seat: Counterfoil) -> None:
    await seat.till.counter.set("receipt", fault="paper_out")
    await seat.until(lambda: seat.reads("receipt: paper is out."))

    assert seat.reads("is kept; the sale goes on. Ctrl+D: what can be done.")
    await seat.scan(LENTILS)
    assert seat.codes == [LENTILS]


async def test_a_drawer_left_open_is_said_while_selling(seat: Counterfoil) -> None:
    drawer: Any = seat.till.counter._staff.named("drawer")
    drawer._left_open = 0.0
    await seat.till.give(SignIn("9", "9999"))
    await seat.does("drawer.open", *"a coin fell", "enter")
    seat.till.counter.retry("drawer")

    await seat.until(lambda: seat.reads("shut it"))

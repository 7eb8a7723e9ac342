"""What comes out of bad scanners, wrong keyboards and hasty hands, at the real till: nothing lost, nothing misread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.small_shop import CARD, COFFEE, LENTILS, SPONGE
from tui_pos.sale.prompt import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.real_selling import Counterfoil

AZERTY = str.maketrans("0123456789", "à&é\"'(-è_ç")
DIALOGS = (
    "help",
    "ticket.customer",
    "products.search",
    "tickets.search",
    "menu",
    "ticket.void",
    "cash.in",
    "cash.out",
    "drawer.open",
    "session.x",
    "till.lock",
    "till.sign_out",
    "till.quit",
)


async def sells(seat: Counterfoil) -> None:
    """The next scan makes a line."""
    before = len(seat.codes)
    await seat.scan(COFFEE)
    assert seat.codes[before:] == [COFFEE]
    assert not seat.refused


@pytest.mark.parametrize("ending", [("enter",), ("ctrl+j",), ("enter", "ctrl+j"), ("tab",)])
async def test_a_scanner_may_end_a_code_as_it_likes(seat: Counterfoil, ending: Sequence[str]) -> None:
    await seat.scan(LENTILS, end=ending)
    await seat.scan(SPONGE, end=ending)

    assert seat.codes == [LENTILS, SPONGE]


async def test_a_scanner_on_a_french_keyboard_is_understood(seat: Counterfoil) -> None:
    await seat.scan(LENTILS.translate(AZERTY))

    assert seat.codes == [LENTILS]


async def test_pastes_are_taken_line_by_line(seat: Counterfoil) -> None:
    await seat.paste(f"{LENTILS}\r\n{COFFEE}\n{SPONGE}\t")

    assert seat.codes == [LENTILS, COFFEE, SPONGE]


@pytest.mark.parametrize(
    "junk",
    [
        "9" * 4000,
        "x" * 4000 + "\r",
        "\x00\x01\x02\x7f\r",
        "\x1b[31m\x1b]0;title\x07\r",
        "".join(map(chr, range(0x80, 0x100))) + "\r",
        "\u202e\ufeff\u0301\r",
        "🛒" * 50 + "\r",
        "'; DROP TABLE ticket; --\r",
        "../../etc/passwd\r",
        "%s%n{0}{user}\r",
    ],
)
async def test_junk_is_refused_once_and_the_next_scan_is_sold(seat: Counterfoil, junk: str) -> None:
    await seat.paste(junk)
    if not junk.endswith("\r"):
        await seat.press("enter")
    assert seat.codes == []
    await seat.press("escape")

    await sells(seat)


async def test_four_thousand_keys_without_an_end_are_one_refusal(seat: Counterfoil) -> None:
    await seat.scan("7" * 4000)
    assert seat.refused
    assert seat.codes == []

    await sells(seat)


async def test_enter_on_an_empty_ticket_says_what_is_missing(seat: Counterfoil) -> None:
    for _time in range(3):
        await seat.press("enter")
    assert seat.refused
    assert seat.till.register.ticket is None

    await sells(seat)


@pytest.mark.parametrize("action", DIALOGS)
async def test_a_scan_over_a_dialog_answers_nothing(seat: Counterfoil, action: str) -> None:
    await seat.scan(LENTILS)
    await seat.does(action)
    dialog = seat.app.screen
    assert dialog is not seat.app.selling
    user = seat.till.register.user
    entries = seat.till.store.journal.head.seq

    await seat.scan(COFFEE)
    await seat.scan(CARD, end=("tab",))
    await seat.paste(COFFEE + "\r")

    assert seat.app.screen is dialog
    assert seat.reads("A scan was refused")
    assert seat.codes == [LENTILS]
    assert seat.till.register.user == user
    assert seat.till.store.journal.head.seq == entries


async def test_a_scan_over_the_count_of_a_session_closes_nothing(seat: Counterfoil) -> None:
    await seat.does("session.close", "5")
    await seat.scan(LENTILS)

    assert seat.context == Context.ITEM
    assert seat.reads("A scan was refused", "5.00")


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (300, 2), (2, 100)])
async def test_the_till_sells_at_any_size_and_is_whole_again(
    seat: Counterfoil, size: tuple[int, int]
) -> None:
    await seat.pilot.resize_terminal(*size)
    await seat.scan(LENTILS)
    await seat.press("f6")
    await seat.press("escape")
    await seat.pilot.resize_terminal(80, 24)
    await seat.settled()

    assert seat.codes == [LENTILS]
    assert seat.reads("Lentilles", "F1 Help", "Épicerie du Pont")

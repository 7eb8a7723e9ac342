"""The second screen's page in a real browser; skipped where the machine has none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from devices.displays.board import Board
from devices.displays.page import Page
from devices.transports import Tcp
from tests.browser import PROGRAM, Browser

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no browser on this machine")

TOTAL = ("Total", "1 257,04 €")
LONG = "Assortiment de biscuits apéritif goût fromage de chèvre et poivron grillé format familial"
SALE = Board(
    tuple((f"{n} · {LONG}", f"{n},00 €") for n in range(30)),
    (("Payé", "5,00 €"), TOTAL),
    "Présentez votre carte",
)
SEEN = """(() => { const box = document.querySelector("%s").getBoundingClientRect();
return box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth && box.height > 0; })()"""


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    page = Page("screen", Tcp("127.0.0.1", 0), ("Pain chaud à 17 h",))
    await page.show_board(SALE)
    yield page
    await page.close()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with Browser(tmp_path / "browser") as browser:
        yield browser


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (800, 480), (390, 844)])
async def test_of_many_long_lines_the_newest_is_seen_whole_with_the_message_and_what_is_due(
    page: Page, browser: Browser, width: int, height: int
) -> None:
    await browser.open(f"http://127.0.0.1:{page.port}/", width, height)
    await browser.until("document.querySelectorAll('li').length === 30")
    for what in ("li:last-child", "li:last-child span:last-child", "p", "dl div:last-child dd"):
        assert await browser.sees(SEEN % what), what
    assert await browser.sees("document.querySelector('dl div:last-child dd').innerText") == TOTAL[1]
    assert await browser.sees("document.documentElement.scrollWidth <= innerWidth")
    due = await browser.sees("document.querySelector('dl div:last-child dt').getBoundingClientRect().height")
    assert due >= height / 20, "what is due is read from two metres"


async def test_what_a_product_is_called_commands_nothing(page: Page, browser: Browser) -> None:
    label = "<img src=x onerror='document.title=1'><b>gras</b>"
    await page.show_board(Board(lines=((label, "1,00 €"),), sums=(TOTAL,)))
    await browser.open(f"http://127.0.0.1:{page.port}/", 800, 480)
    await browser.until("document.querySelectorAll('li').length === 1")
    assert await browser.sees("document.querySelector('li span').innerText") == label
    assert (
        await browser.sees("[document.title, document.querySelectorAll('img, b').length].join()")
        == "tui-pos,0"
    )


async def test_a_sale_gives_way_to_the_greeting_and_that_to_advertising(page: Page, browser: Browser) -> None:
    await browser.open(f"http://127.0.0.1:{page.port}/", 800, 480)
    await browser.until("document.querySelectorAll('li').length === 30")
    await page.show_board(Board(message="Épicerie du Marché\nBienvenue"))
    await browser.until("document.body.className === 'idle'")
    assert (
        await browser.sees("document.body.innerText.trim().split(/\\n+/).join('|')")
        == "Épicerie du Marché|Bienvenue"
    )
    assert await browser.sees(SEEN % "p span")
    await page.show_board(Board())
    await browser.until("document.body.innerText.trim() === 'Pain chaud à 17 h'")


async def test_a_till_that_is_gone_leaves_nothing_old_and_is_found_again_when_it_is_back(
    page: Page, browser: Browser
) -> None:
    await browser.open(f"http://127.0.0.1:{page.port}/", 800, 480)
    await browser.until("document.querySelectorAll('li').length === 30")
    port = page.port
    await page.close()
    await browser.until("document.body.classList.contains('away')")
    assert await browser.sees("document.body.innerText.trim()") == ""

    again = Page("screen", Tcp("127.0.0.1", port))
    await again.show_board(Board(message="Bienvenue"))
    await browser.until("document.body.innerText.trim() === 'Bienvenue'")
    await again.close()

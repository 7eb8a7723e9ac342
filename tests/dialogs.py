"""What the tests of the dialogs share: a register that only answers questions, and an app for one dialog."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App

from sync.protocol import ShopRecord, UserRecord
from tui_pos.errors import Refused
from tui_pos.outcomes import (
    CustomerDetails,
    CustomerPane,
    CustomerView,
    HeldView,
    LineView,
    ProductView,
    Report,
    TicketRow,
    TicketView,
)
from tui_pos.sale.ticket import Method
from tui_pos.theme import DEFAULTS, THEMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from tui_pos.inputs import Input
    from tui_pos.register import Register
    from tui_pos.screens.queries import Queries

Row = TypeVar("Row")

METHODS = (
    Method("CASH", "Cash", gives_change=True),
    Method("CARD", "Card", terminal=True),
    Method("CHEQUE", "Cheque"),
    Method("VOUCHER", "Meal voucher"),
    Method("CREDIT", "On account"),
    Method("GIFT", "Gift card"),
)
GOODS = (
    "Camembert",
    "Comté",
    "Coquillettes",
    "Cornichons",
    "Moutarde de Dijon",
    "Ratatouille",
    "Œufs plein air",
)
SIZES = ("250 g", "500 g", "1 kg", "2 kg")
PRODUCTS = tuple(
    ProductView(
        code=f"95200000{n:05d}",
        label=f"{GOODS[n % len(GOODS)]} {SIZES[n // len(GOODS) % len(SIZES)]}",
        unit_price=None if n == 6 else 199 + 37 * n,
        vat_rate="5.5",
        family="EPICERIE" if n % 3 else "Crèmerie",
        weighed=n % 5 == 1,
    )
    for n in range(140)
)
CUSTOMERS = (
    CustomerView("C0001", "Agnès Lefèvre", "Fidélité"),
    CustomerView("C0002", "Boulangerie du Pont", None),
    CustomerView("C0003", "Zoé Nguyễn", None),
)
HELD = (
    HeldView("a1", "2026-11-22T09:12:44Z", 3, 1290, "Agnès Lefèvre", "1"),
    HeldView("b2", "2026-11-22T09:40:02Z", 12, 10455, None, "2"),
)
TICKETS = tuple(
    TicketRow(
        f"1-{n:06d}", f"2026-11-22T{9 + n // 20:02d}:{n % 20:02d}:09Z", 450 + 90 * n, None, "1", 1 + n % 9
    )
    for n in range(130, 0, -1)
)
LINES = tuple(
    LineView(n, f"95200000{n:05d}", f"{GOODS[n]} 250 g", Decimal(1), 250, 0, 250, "5.5", None)
    for n in (1, 2, 4)
)

REPORT = Report(
    kind="z",
    number=12,
    opened_at="2026-11-22T08:00:00Z",
    closed_at="2026-11-22T18:00:00Z",
    tickets=40,
    total=1000_00,
    vat=(),
    payments=(),
    float_=100_00,
    cash_in=0,
    cash_out=0,
    expected={"CASH": 500_00, "CARD": 98_00},
    counted={"CASH": 498_50, "CARD": 98_00},
    difference={"CASH": -1_50, "CARD": 0},
)


class FakeRegister:
    """Answers the dialogs' questions from tables; `calls` keeps what it was asked."""

    def __init__(self, *, locked: bool = False) -> None:
        self.user: UserRecord | None = UserRecord("1", "Camille", "cashier", "")
        self.locked = locked
        self.shop = ShopRecord(name="Épicerie de la Halle")
        self.methods: tuple[Method, ...] = METHODS
        self.calls: list[tuple[str, str, int, int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failure = ""

    def slow(self) -> None:
        """Answer nothing before `gate` is set."""
        self.gate.clear()

    async def _page(
        self, what: str, text: str, rows: Sequence[Row], limit: int, offset: int
    ) -> tuple[Row, ...]:
        self.calls.append((what, text, limit, offset))
        await self.gate.wait()
        if self.failure:
            raise Refused("internal", self.failure)
        return tuple(rows[offset : offset + limit])

    async def products(self, text: str, limit: int = 50, offset: int = 0) -> tuple[ProductView, ...]:
        rows = [row for row in PRODUCTS if text.lower() in row.label.lower()]
        return await self._page("products", text, rows, limit, offset)

    async def families(self) -> dict[str, str]:
        return {"EPICERIE": "Épicerie"}

    async def customers(self, text: str, limit: int = 50, offset: int = 0) -> tuple[CustomerView, ...]:
        rows = [row for row in CUSTOMERS if text.lower() in row.name.lower() or text in row.code]
        return await self._page("customers", text, rows, limit, offset)

    async def customer(self, code: str) -> CustomerDetails:
        found = next(row for row in CUSTOMERS if row.code == code)
        return CustomerDetails(
            found.code, found.name, found.tariff, ("2900010000015",), (), "", "", consent=False
        )

    def customer_pane(self) -> CustomerPane | None:
        return None

    async def held(self) -> tuple[HeldView, ...]:
        return HELD

    async def tickets(
        self, *, text: str = "", since: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[TicketRow, ...]:
        rows = [row for row in TICKETS if text in row.number]
        return await self._page("tickets", text, rows, limit, offset)

    async def closed_ticket(self, number: str | None = None) -> TicketView:
        lines = LINES
        return TicketView(number, "u", None, lines, 3, 750, 0, 750, 750, 0, 0, (), (), "2026-11-22T09:12:44Z")

    async def document(self, what: str, number: str | None = None) -> tuple[str, ...]:
        self.calls.append((what, number or "", 0, 0))
        await self.gate.wait()
        head = (self.shop.name.center(42), "", f"{what} {number or ''}".strip())
        return (
            *head,
            *(f"{line.label:<32}{'2,50 €':>10}" for line in LINES),
            "-" * 42,
            f"{'TOTAL':<32}{'7,50 €':>10}",
        )


if TYPE_CHECKING:

    def _the_real_one_answers_the_same(register: Register) -> Queries:
        return register


class Host(App[None]):
    """An app with nothing but one dialog; `answers` keeps what it gave."""

    def __init__(self, dialog: Screen[Any], *, theme: str = THEMES[0].name) -> None:
        super().__init__()
        self.dialog = dialog
        self.answers: list[object] = []
        self.bells = 0
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULTS

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)

    def bell(self) -> None:
        self.bells += 1


class Judge:
    """The register as an `Attempt` sees it: refuses so many times, then takes."""

    def __init__(self, *refusals: str) -> None:
        self.refusals = list(refusals)
        self.given: list[Input] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, given: Input) -> str | None:
        self.given.append(given)
        await self.gate.wait()
        return self.refusals.pop(0) if self.refusals else None

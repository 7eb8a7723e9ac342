"""A shop, a ticket and a report, on paper in English and in the shop's own time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from devices.document import Document, as_text
from sync.protocol import ShopRecord
from tui_pos.l10n import language, use_language
from tui_pos.outcomes import LineView, PaymentSum, PaymentView, Report, TicketView
from tui_pos.receipts import PaperContext
from tui_pos.sale.ticket import VatRow


@pytest.fixture(autouse=True)
def in_paris_in_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = language()
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    use_language("en")
    yield
    monkeypatch.undo()
    time.tzset()
    use_language(before)


@pytest.fixture
def shop() -> ShopRecord:
    return ShopRecord(
        name="Épicerie du Canal",
        address=("12 quai de la Fosse", "44000 Nantes"),
        siret="123 456 789 00012",
        naf="4711B",
        vat_id="FR12123456789",
        footer=("Merci de votre visite",),
    )


@pytest.fixture
def context() -> PaperContext:
    return PaperContext(
        till="1",
        cashier="Camille",
        version="0.1.0",
        methods={"CASH": "Cash", "CARD": "Card"},
        signature="abCdefGhijklMnopqrStuvwxyz",
    )


@pytest.fixture
def ticket() -> TicketView:
    """Three pasta, weighed tomatoes at 10 % off, and a long name, paid by card and cash."""
    return TicketView(
        number="1-000418",
        uuid="0193",
        customer="C-0042",
        lines=(
            LineView(1, "101", "Pâtes coquillettes 500 g", Decimal(3), 90, 0, 270, "5.5", None),
            LineView(2, "102", "Tomates rondes", Decimal("0.350"), 299, 11, 94, "5.5", 200, weighed=True),
            LineView(
                3,
                "103",
                "Liquide vaisselle concentré au citron vert 750 ml",
                Decimal(1),
                349,
                0,
                349,
                "20",
                None,
            ),
        ),
        count=3,
        subtotal=724,
        discount=11,
        total=713,
        paid=1013,
        due=0,
        change=300,
        vat=(VatRow("5.5", 345, 19, 364), VatRow("20", 291, 58, 349)),
        payments=(PaymentView("CARD", 13, "A00001 ************0007"), PaymentView("CASH", 1000)),
        closed_at="2026-11-22T13:05:09Z",
        hash="ab",
    )


@pytest.fixture
def z_report() -> Report:
    return Report(
        kind="z",
        number=12,
        opened_at="2026-11-22T07:00:00Z",
        closed_at="2026-11-22T19:00:00Z",
        tickets=41,
        total=123456,
        vat=(VatRow("5.5", 84364, 4640, 89004), VatRow("20", 28710, 5742, 34452)),
        payments=(PaymentSum("CASH", 60000, 30), PaymentSum("CARD", 63456, 11)),
        float_=10000,
        cash_in=500,
        cash_out=2000,
        expected={"CASH": 68500, "CARD": 63456},
        counted={"CASH": 68400, "CHEQUE": 0},
        difference={"CASH": -100, "CHEQUE": 0},
        grand_total=9999999,
        grand_total_absolute=10020001,
        first_seq=12,
        last_seq=418,
    )


@pytest.fixture
def lines() -> Callable[..., list[str]]:
    """A document as a list of lines."""

    def shown(document: Document, columns: int = 42) -> list[str]:
        return list(as_text(document, columns))

    return shown

"""Receipts, duplicates and bills before payment."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace

from devices.document import Cut, Document, as_text
from devices.printers.escpos import encode
from devices.printers.profile import Profile
from devices.virtual.roll import Roll
from sync.protocol import ShopRecord
from tui_pos.l10n import use_language
from tui_pos.outcomes import LineView, PaymentView, TicketView
from tui_pos.receipts import PaperContext, provisional, receipt
from tui_pos.sale.ticket import VatRow

Lines = Callable[..., list[str]]


def test_a_receipt_carries_all_that_the_law_asks_for(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    assert lines(receipt(ticket, shop, context)) == [
        "            Épicerie du Canal",
        "           12 quai de la Fosse",
        "               44000 Nantes",
        "    SIRET 123 456 789 00012 NAF 4711B",
        "          VAT no. FR12123456789",
        "------------------------------------------",
        "Ticket 1-000418        22/11/2026 14:05:09",
        "Till 1                    Cashier: Camille",
        "Customer C-0042",
        "------------------------------------------",
        "Pâtes coquillettes 500 g             €2.70",
        "  3 × €0.90",
        "Tomates rondes                       €1.05",
        "  0.350 kg × €2.99/kg",
        "  Discount                          -€0.11",
        "Liquide vaisselle concentré au",
        "citron vert 750 ml                   €3.49",
        "------------------------------------------",
        "Subtotal                             €7.24",
        "Discounts                           -€0.11",
        "TOTAL                                €7.13",
        "Number of lines                          3",
        "Card                                 €0.13",
        "  A00001 ************0007",
        "Cash                                €10.00",
        "Change                               €3.00",
        "------------------------------------------",
        "VAT           Net     VAT amount     Gross",
        "5.5%         3.45           0.19      3.64",
        "20%          2.91           0.58      3.49",
        "------------------------------------------",
        "          Merci de votre visite",
        "tui-pos 0.1.0               Signature CGMS",
    ]


def test_a_receipt_fits_narrow_paper(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    assert lines(receipt(ticket, shop, context), 32)[:20] == [
        "          Épicerie du",
        "             Canal",
        "      12 quai de la Fosse",
        "          44000 Nantes",
        "    SIRET 123 456 789 00012",
        "           NAF 4711B",
        "     VAT no. FR12123456789",
        "--------------------------------",
        "Ticket",
        "1-000418     22/11/2026 14:05:09",
        "Till 1          Cashier: Camille",
        "Customer C-0042",
        "--------------------------------",
        "Pâtes coquillettes 500 g   €2.70",
        "  3 × €0.90",
        "Tomates rondes             €1.05",
        "  0.350 kg × €2.99/kg",
        "  Discount                -€0.11",
        "Liquide vaisselle",
        "concentré au citron vert",
    ]


def test_figures_on_paper_are_written_as_the_language_writes_them(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    use_language("fr")

    shown = lines(receipt(ticket, shop, context))

    assert "  0,350 kg × 2,99 €/kg" in shown
    assert "  3 × 0,90 €" in shown
    assert "Pâtes coquillettes 500 g            2,70 €" in shown
    assert any(line.startswith("5,5 %  ") for line in shown)


def test_a_reprint_says_that_it_is_one_and_which(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    first, second = (lines(receipt(ticket, shop, context, duplicate=count)) for count in (1, 2))

    assert "             DUPLICATA no. 1" in first
    assert "             DUPLICATA no. 2" in second
    assert not any("DUPLICATA" in line for line in lines(receipt(ticket, shop, context)))
    assert [line for line in second if "DUPLICATA" not in line] == lines(receipt(ticket, shop, context))


def test_nothing_on_paper_tells_that_somebody_is_helped(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    helped = replace(ticket, lines=tuple(replace(line, value=9999) for line in ticket.lines))

    assert receipt(helped, shop, context) == receipt(ticket, shop, context)


def test_a_bill_before_payment_is_marked_and_has_neither_number_nor_tender_nor_signature(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    bill = "\n".join(lines(provisional(ticket, shop, context)))

    assert "DOCUMENT PROVISOIRE" in bill
    assert "€7.13" in bill
    for absent in ("1-000418", "Cash ", "Change", "Signature", "Ticket"):
        assert absent not in bill


def test_a_return_names_the_ticket_it_undoes_and_shows_what_is_given_back(
    shop: ShopRecord, context: PaperContext, lines: Lines
) -> None:
    back = TicketView(
        number="1-000419",
        uuid="0194",
        customer=None,
        lines=(LineView(1, "101", "Pâtes 500 g", Decimal(-1), 90, 0, -90, "5.5", None),),
        count=1,
        subtotal=-90,
        discount=0,
        total=-90,
        paid=-90,
        due=0,
        change=0,
        vat=(VatRow("5.5", -85, -5, -90),),
        payments=(PaymentView("CASH", -90),),
        closed_at="2026-11-22T13:05:09Z",
        refund_of="1-000418",
    )

    assert lines(receipt(back, shop, replace(context, signature="")))[6:] == [
        "Ticket 1-000419        22/11/2026 14:05:09",
        "Till 1                    Cashier: Camille",
        "Return of ticket 1-000418",
        "------------------------------------------",
        "Pâtes 500 g                         -€0.90",
        "  -1 × €0.90",
        "------------------------------------------",
        "TOTAL                               -€0.90",
        "Number of lines                          1",
        "Cash                                -€0.90",
        "------------------------------------------",
        "VAT            Net     VAT amount    Gross",
        "5.5%         -0.85          -0.05    -0.90",
        "------------------------------------------",
        "          Merci de votre visite",
        "tui-pos 0.1.0",
    ]


def test_a_shop_that_has_told_only_its_name_prints_no_empty_lines(
    ticket: TicketView, context: PaperContext, lines: Lines
) -> None:
    shown = lines(receipt(ticket, ShopRecord("Stand"), replace(context, cashier="")))

    assert shown[:4] == [
        "Stand".center(42).rstrip(),
        "-" * 42,
        "Ticket 1-000418        22/11/2026 14:05:09",
        "Till 1",
    ]
    assert "" not in shown


@pytest.mark.parametrize(
    ("signature", "extract"),
    [("abCdefGhijklMnopqrStuvwxyz", "CGMS"), ("abCdefGhijklMnopqrS", "CGMS"), ("too short", ""), ("", "")],
)
def test_the_extract_is_characters_3_7_13_and_19_of_the_signature(
    context: PaperContext, signature: str, extract: str
) -> None:
    assert replace(context, signature=signature).signature_extract == extract


def test_a_method_without_a_name_stands_by_its_code(context: PaperContext) -> None:
    assert (context.method("CASH"), context.method("GIFT")) == ("Cash", "GIFT")


@pytest.mark.parametrize("columns", [48, 42, 32])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_printer_puts_on_paper_what_the_text_says(
    ticket: TicketView, shop: ShopRecord, context: PaperContext, columns: int, language: str
) -> None:
    use_language(language)
    document = receipt(ticket, shop, context, duplicate=1)

    (paper,) = Roll(columns).feed(encode(document, Profile(columns=columns)))

    assert paper.lines == as_text(document, columns)


def test_every_document_ends_with_one_cut(
    ticket: TicketView, shop: ShopRecord, context: PaperContext
) -> None:
    documents: list[Document] = [receipt(ticket, shop, context), provisional(ticket, shop, context)]

    assert all(document.blocks.count(Cut()) == 1 and document.blocks[-1] == Cut() for document in documents)

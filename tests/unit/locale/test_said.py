"""What the till says in both languages: every error, and what is on paper."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from decimal import Decimal
from string import Formatter
from typing import Any

import pytest

from devices.document import Document, as_text
from devices.errors import DeviceError
from sync.errors import EnrolmentRefused, Reason, Stopped, SyncError, Unreachable
from sync.protocol import ShopRecord
from sync.protocol.reasons import Spelled, cause, heard
from sync.store.errors import JournalBroken, StoreError
from tui_pos.errors import Refused, RightNeeded, said, translated
from tui_pos.importing.errors import ImportingError
from tui_pos.l10n import _, n_, use_language
from tui_pos.locale import catalogues
from tui_pos.outcomes import LineView, PaymentSum, PaymentView, Report, TicketView
from tui_pos.receipts import PaperContext, provisional, receipt, report
from tui_pos.receipts.display import change_shown, idle_shown, total_shown
from tui_pos.rights import Right
from tui_pos.sale.errors import Amount, NoChange, SaleError
from tui_pos.sale.ticket import VatRow

SHOP = ShopRecord(
    name="Épicerie du Canal",
    address=("12 quai de la Fosse", "44000 Nantes"),
    siret="123 456 789 00012",
    naf="4711B",
    vat_id="FR12123456789",
    footer=("Merci de votre visite",),
)
CONTEXT = PaperContext(
    till="1",
    cashier="Camille",
    version="0.1.0",
    methods={"CASH": "Espèces", "CARD": "Carte bancaire"},
    signature="abCdefGhijklMnopqrStuvwxyz",
)
TICKET = TicketView(
    number="1-000418",
    uuid="0193",
    customer="C-0042",
    lines=(
        LineView(1, "101", "Pâtes coquillettes 500 g", Decimal(3), 90, 0, 270, "5.5", None),
        LineView(2, "102", "Tomates rondes", Decimal("0.350"), 299, 11, 94, "5.5", None, weighed=True),
    ),
    count=2,
    subtotal=375,
    discount=11,
    total=364,
    paid=664,
    due=0,
    change=300,
    vat=(VatRow("5.5", 345, 19, 364),),
    payments=(PaymentView("CARD", 64, "A00001"), PaymentView("CASH", 600)),
    closed_at="2026-11-22T13:05:09Z",
    hash="ab",
)
Z = Report(
    kind="z",
    number=12,
    opened_at="2026-11-22T07:00:00Z",
    closed_at="2026-11-22T19:00:00Z",
    tickets=41,
    total=123456,
    vat=(VatRow("5.5", 117020, 6436, 123456),),
    payments=(PaymentSum("CASH", 123456, 41),),
    float_=10000,
    cash_in=500,
    cash_out=2000,
    expected={"CASH": 131956},
    counted={"CASH": 131856},
    difference={"CASH": -100},
    grand_total=9999999,
    grand_total_absolute=10020001,
    first_seq=12,
    last_seq=418,
)


@pytest.fixture(autouse=True)
def in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def kinds(top: type[Any]) -> Iterator[type[Any]]:
    """An exception and all that come from it."""
    yield top
    for below in top.__subclasses__():
        yield from kinds(below)


def named(kind: type[Any]) -> dict[str, object]:
    """Something for each value that the message of an error names."""
    names = {name for _text, name, _spec, _conversion in Formatter().parse(kind.template) if name}
    return {name: f"<{name}>" for name in names}


def made(kind: type[Any]) -> Any:
    details = named(kind)
    if "due" in details:
        details["due"] = Amount(500)
    if kind is JournalBroken:
        return JournalBroken(position=3, reason="<reason>")
    return kind(**details)


ERRORS = [
    kind
    for top in (SaleError, StoreError, DeviceError, SyncError)
    for kind in kinds(top)
    if kind.__module__.split(".")[0] in catalogues.SOURCES and kind.template
]


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_each_error_is_said_in_both_languages(kind: type[Any]) -> None:
    said = []
    for language in ("en", "fr"):
        use_language(language)
        with pytest.raises(Refused) as caught, translated():
            raise made(kind)
        said.append(caught.value.message)

    english, french = said
    assert english != french
    assert not {"{", "}"} & set(english + french)
    for detail in named(kind).values():
        assert (str(detail) in english) == (str(detail) in french)


@pytest.mark.parametrize("kind", [kind for kind in kinds(ImportingError) if kind.template])
def test_each_error_of_an_import_has_its_french(kind: type[ImportingError]) -> None:
    use_language("fr")

    assert _(kind.template) != kind.template


@pytest.mark.parametrize("right", Right)
def test_the_right_that_is_missing_is_named_in_french(right: Right) -> None:
    use_language("en")
    english = RightNeeded(right).message
    use_language("fr")

    assert RightNeeded(right).message.startswith("Il faut le droit «\u00a0")
    assert RightNeeded(right).message != english


def test_an_amount_and_a_reason_in_an_error_are_in_the_language_too() -> None:
    use_language("fr")

    with pytest.raises(Refused) as no_change, translated():
        raise NoChange(method="Chèque", due=Amount(1250))
    with pytest.raises(Refused) as printer, translated():
        raise DeviceError(device="receipt", reason="paper is out")

    assert no_change.value.message == (
        "Chèque\u00a0: pas de rendu de monnaie, 12,50\u00a0€ au plus. Rien n’a été encaissé."
    )
    assert "plus de papier" in printer.value.message


def lines(document: Document) -> list[str]:
    return list(as_text(document, 42))


def test_a_receipt_in_french() -> None:
    use_language("fr")

    assert lines(receipt(TICKET, SHOP, CONTEXT, duplicate=2)) == [
        "            Épicerie du Canal",
        "           12 quai de la Fosse",
        "               44000 Nantes",
        "    SIRET 123 456 789 00012 NAF 4711B",
        "           N° TVA FR12123456789",
        "------------------------------------------",
        "              DUPLICATA N° 2",
        "Ticket 1-000418        22/11/2026 14:05:09",
        "Caisse 1               Opérateur : Camille",
        "Client C-0042",
        "------------------------------------------",
        "Pâtes coquillettes 500 g            2,70 €",
        "  3 × 0,90 €",
        "Tomates rondes                      1,05 €",
        "  0,350 kg × 2,99 €/kg",
        "  Remise                           -0,11 €",
        "------------------------------------------",
        "Sous-total                          3,75 €",
        "Remises                            -0,11 €",
        "TOTAL TTC                           3,64 €",
        "Nombre de lignes                         2",
        "Carte bancaire                      0,64 €",
        "  A00001",
        "Espèces                             6,00 €",
        "Rendu                               3,00 €",
        "------------------------------------------",
        "TVA               HT      Mt TVA       TTC",
        "5,5 %           3,45        0,19      3,64",
        "------------------------------------------",
        "          Merci de votre visite",
        "tui-pos 0.1.0               Signature CGMS",
    ]


def test_a_bill_before_payment_in_french() -> None:
    use_language("fr")

    shown = lines(provisional(TICKET, SHOP, CONTEXT))

    assert "DOCUMENT PROVISOIRE" in shown[6]
    assert shown[7] == "  Non payé : ne tient pas lieu de reçu."


def test_a_z_report_in_french() -> None:
    use_language("fr")

    assert lines(report(Z, SHOP, CONTEXT))[6:] == [
        "              TICKET Z N° 12",
        "Caisse 1               Opérateur : Camille",
        "Du                     22/11/2026 08:00:00",
        "Au                     22/11/2026 20:00:00",
        "------------------------------------------",
        "Tickets                                 41",
        "TOTAL TTC                       1 234,56 €",
        "------------------------------------------",
        "TVA               HT    Mt TVA         TTC",
        "5,5 %       1 170,20     64,36    1 234,56",
        "------------------------------------------",
        "Espèces (41)                    1 234,56 €",
        "------------------------------------------",
        "Fond de caisse                    100,00 €",
        "Entrée de caisse                    5,00 €",
        "Sortie de caisse                  -20,00 €",
        "------------------------------------------",
        "Comptage        Attendu     Compté   Écart",
        "Espèces        1 319,56   1 318,56   -1,00",
        "------------------------------------------",
        "Grand total perpétuel          99 999,99 €",
        "Perpétuel, valeur absolue     100 200,01 €",
        "Écritures du journal                12-418",
        "------------------------------------------",
        "tui-pos 0.1.0               Signature CGMS",
    ]


def test_the_customer_display_in_french() -> None:
    use_language("fr")

    assert idle_shown("Épicerie") == ("      Épicerie      ", "     Bienvenue      ")
    assert total_shown(123450, 450) == ("TOTAL TTC 1 234,50 €", "Reste dû      4,50 €")
    assert change_shown(123450, 50) == ("TOTAL TTC 1 234,50 €", "Rendu         0,50 €")
    assert change_shown(100, 0)[1] == "       Merci        "


REASONS = [
    Reason(n_("no answer in {seconds} s"), seconds="2"),
    Reason(n_("ticket {number} is missing from the closed tickets"), number="1-000418"),
    Reason(
        n_("what is kept as “{name}” ({source}) is not a key: {error}"),
        name="till.key",
        source="file",
        error=Reason(n_("{found} bytes instead of {size}"), found=3, size=64),
    ),
]


@pytest.mark.parametrize("reason", REASONS)
def test_a_cause_that_holds_values_is_said_in_french_with_them(reason: Reason) -> None:
    use_language("fr")
    with pytest.raises(Refused) as caught, translated():
        raise Unreachable(reason=reason)

    assert said(reason) in caught.value.message
    assert str(reason) not in caught.value.message
    assert all(
        str(value) in said(reason) for value in reason.values.values() if not isinstance(value, Reason)
    )
    assert "instead of" not in said(reason)


@pytest.mark.parametrize("told", [Spelled("expired_code", {"at": "2026-11-09"}), None])
def test_what_the_server_refuses_is_said_in_french_with_its_values(told: Spelled | None) -> None:
    use_language("fr")
    words = "This code was good until 2026-11-09. Ask for a new one."
    with pytest.raises(Refused) as caught, translated():
        raise EnrolmentRefused(reason=heard(words, told))

    assert "Ce code était valable jusqu’au 2026-11-09" in caught.value.message


def test_what_the_server_said_of_an_entry_is_said_in_french_as_it_was_kept() -> None:
    use_language("fr")
    kept = str(cause("other_content", reason=cause("missing_field", field="total", place="$")))

    assert said(kept).endswith("le champ total manque dans $")
    with pytest.raises(Refused) as caught, translated():
        raise Stopped(reason=str(cause("other_database")))
    assert "n’est pas celle qui a été inscrite" in caught.value.message


def test_somebody_elses_words_stay_as_they_are_braces_and_all() -> None:
    use_language("fr")
    assert said("[Errno 5] {oops") == "[Errno 5] {oops"
    assert said("") == ""


def test_no_cause_is_made_of_an_english_text_around_values() -> None:
    """A reason written as an f-string would stay English in every language."""
    found = []
    for source in ("sync", "tui_pos"):
        for path in sorted((catalogues.ROOT / source).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "reason":
                    parts = node.value.values if isinstance(node.value, ast.JoinedStr) else []
                    texts = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
                    if any(character.isalpha() for character in "".join(texts)):
                        found.append(f"{path.relative_to(catalogues.ROOT)}:{node.value.lineno}")
    assert found == []

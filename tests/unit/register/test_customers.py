"""Customers made and changed at the till, with or without a link."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from sync.protocol import CustomerRecord
from sync.store import Change, open_store
from tests.small_shop import CARD, COFFEE, LENTILS, Shop, Till, full_disk
from tests.small_terms import FIFTH, bring
from tui_pos.errors import Refused
from tui_pos.inputs import ChangeCustomer, CreateCustomer, Enter, Scan, SetCustomer
from tui_pos.outcomes import CustomerDetails

NEW_CARD = "2900010099996"


async def created(till: Till, name: str = "Zélie Hautecombe", **known: Any) -> CustomerDetails:
    outcome = await till.give(CreateCustomer(name=name, **known))
    assert outcome.customer is not None
    return outcome.customer


async def test_a_new_customer_has_a_code_of_this_till_and_the_card_finds_her(cashier: Till) -> None:
    zelie = await created(cashier, cards=(NEW_CARD,), phone="06 12 34 56 78", consent=True)
    assert zelie.code == "1-C00001"
    await cashier.scan(LENTILS, NEW_CARD)
    assert cashier.ticket.customer == zelie.code
    assert await cashier.register.customer(NEW_CARD) == zelie


async def test_codes_have_no_gap_and_are_never_given_twice(cashier: Till, shop: Shop) -> None:
    await created(cashier, "One")
    with full_disk(), pytest.raises(Refused):
        await created(cashier, "Nobody")
    again = await (await shop.power_cut()).sign_in()
    assert (await created(again, "Two")).code == "1-C00002"


async def test_she_is_found_by_name_and_by_typing_her_code(cashier: Till) -> None:
    await created(cashier)
    (found,) = await cashier.register.customers("hautec")
    assert found.name == "Zélie Hautecombe"
    await cashier.scan(LENTILS)
    await cashier.enter("1-C00001")
    assert cashier.ticket.customer == "1-C00001"


async def test_the_journal_says_who_made_and_who_changed_her_and_what_was_before(cashier: Till) -> None:
    await created(cashier)
    await cashier.give(ChangeCustomer(code="1-C00001", email="zelie@example.org", consent=True))
    first, second = await cashier.journal("customer")
    assert (first["customer"]["name"], first["before"], first["user"]) == ("Zélie Hautecombe", None, "1")
    assert second["customer"]["email"] == "zelie@example.org"
    assert second["customer"]["name"] == "Zélie Hautecombe"
    assert second["before"] == first["customer"]


async def test_a_change_that_changes_nothing_writes_nothing(cashier: Till) -> None:
    await cashier.give(ChangeCustomer(code="C1", name="  Adèle   Valmoret "))
    assert await cashier.journal("customer") == []


async def test_a_card_of_two_customers_serves_neither(cashier: Till) -> None:
    await bring(cashier, CustomerRecord("2-C00001", "Bea", cards=(CARD,)))
    for shown in (Scan(CARD), Enter(CARD), SetCustomer(CARD)):
        with pytest.raises(Refused) as caught:
            await cashier.give(shown)
        assert caught.value.slug == "ambiguous_code"
        assert "2-C00001, C1" in caught.value.message
    await cashier.scan(LENTILS, "2-C00001")
    assert cashier.ticket.customer == "2-C00001"


async def test_a_card_that_is_taken_off_finds_nobody(cashier: Till) -> None:
    await cashier.give(ChangeCustomer(code="C1", cards=()))
    with pytest.raises(Refused) as caught:
        await cashier.scan(CARD)
    assert caught.value.slug == "unknown_code"


async def test_the_open_ticket_has_the_customer_as_he_is_now(supervisor: Till) -> None:
    await bring(supervisor, FIFTH)
    await supervisor.scan(COFFEE)
    await supervisor.give(SetCustomer("C2"))
    await supervisor.give(ChangeCustomer(code="C2", tariff="QF1", name="Zoé"))
    assert supervisor.totals == [78]
    assert supervisor.register.ticket is not None
    assert supervisor.register.ticket.customer is not None
    assert supervisor.register.ticket.customer.name == "Zoé"


async def test_what_was_paid_stays_with_whom_it_was_paid_for(supervisor: Till) -> None:
    await bring(supervisor, FIFTH)
    await supervisor.scan(COFFEE)
    await supervisor.give(SetCustomer("C2"))
    await supervisor.pay("CASH", 100)
    await supervisor.give(ChangeCustomer(code="C2", tariff="QF1"))
    assert supervisor.totals == [389]


@pytest.mark.parametrize(
    "given",
    [
        CreateCustomer(name="A", tariff="QF1"),
        CreateCustomer(name="A", groups=("CLUB",)),
        ChangeCustomer(code="C1", tariff="QF1"),
        ChangeCustomer(code="C1", groups=("CLUB",)),
    ],
)
async def test_a_tariff_needs_its_right(cashier: Till, given: CreateCustomer | ChangeCustomer) -> None:
    assert (await cashier.refused(given)).slug == "right_needed"
    assert (await cashier.lend()).customer is not None


@pytest.mark.parametrize(
    "known",
    [
        {"name": "   "},
        {"name": "x" * 121},
        {"name": "a\x1b[2J"},
        {"name": "a\ud800"},
        {"phone": "call me"},
        {"phone": "0" * 200},
        {"email": "nobody"},
        {"email": "a@b@c.fr"},
        {"cards": (CARD,)},
        {"cards": ("C2",)},
        {"cards": (LENTILS,)},
        {"cards": ("z" * 121,)},
        {"cards": tuple(f"29{number:05d}" for number in range(21))},
        {"groups": ("\x00",)},
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_kept(
    supervisor: Till, known: dict[str, Any]
) -> None:
    before = supervisor.store.journal.head
    assert (await supervisor.refused(CreateCustomer(**{"name": "Zélie", **known}))).slug == "bad_customer"
    assert supervisor.store.journal.head == before
    assert (await created(supervisor)).code == "1-C00001"


async def test_a_card_that_no_scan_could_read_is_refused(cashier: Till) -> None:
    assert (await cashier.refused(CreateCustomer(name="A", cards=("2900010099999",)))).slug == "bad_barcode"


async def test_nobody_is_changed_who_is_not_there(cashier: Till) -> None:
    assert (await cashier.refused(ChangeCustomer(code="C9", name="A"))).slug == "unknown_code"


async def test_customers_need_somebody_signed_in_and_no_session(till: Till) -> None:
    assert (await till.refused(CreateCustomer(name="A"))).slug == "not_signed_in"
    await till.sign_in()
    assert (await created(till)).code == "1-C00001"


async def test_the_feed_brings_the_servers_word(cashier: Till) -> None:
    await created(cashier)
    await cashier.store.outbox.settle(cashier.store.journal.head.seq)
    told = CustomerRecord("1-C00001", "Zélie H.", phone="0600000000")
    await cashier.store.feed.apply([Change("customer", told.code, told)], 1, "2026-11-22T12:00:00.000Z")
    assert (await cashier.register.customer("1-C00001")).phone == "0600000000"


async def test_a_till_from_an_old_backup_gets_its_customers_back_and_gives_no_code_twice(shop: Shop) -> None:
    backup = shop.profile.with_name("backup")
    shutil.copytree(shop.profile, backup)
    till = await (await shop.open()).sign_in()
    await created(till, "One")
    await till.give(ChangeCustomer(code="1-C00001", name="First"))
    lost = await till.store.journal.entries(0, 100)
    await shop.tills.pop().stop()
    shutil.rmtree(shop.profile)
    backup.rename(shop.profile)

    store = await open_store(shop.profile, on_loop=True)
    await store.restore([entry for entry in lost if entry.seq > store.journal.head.seq])
    await store.close()
    again = await (await shop.open()).sign_in()
    assert (await again.register.customer("1-C00001")).name == "First"
    assert (await created(again, "Two")).code == "1-C00002"

"""Customers made and changed at tills: merged field by field, and the server's word stands where both changed one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from backoffice import schema
from backoffice.feed.publishing import Change
from sync.protocol import CustomerRecord
from tests.wire_till import Catalogue

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

ADELE = CustomerRecord("C1", "Adèle", phone="0600000001")


@pytest.fixture
async def other(shop: Shop) -> WireTill:
    """Another till, which knows the customer as he was."""
    await shop.publish(ADELE)
    return await shop.till()


def tell(till: WireTill, after: CustomerRecord, before: CustomerRecord | None) -> None:
    """A till's entry of a customer."""
    till.write("customer", {"customer": msgspec.to_builtins(after), "before": msgspec.to_builtins(before)})


def changed(**fields: Any) -> CustomerRecord:
    return msgspec.structs.replace(ADELE, **fields)


async def known(till: WireTill, code: str = "C1") -> dict[str, Any] | None:
    catalogue = Catalogue()
    await catalogue.follow(till)
    record: dict[str, Any] | None = catalogue.records.get(("customer", code))
    return record


async def alarms(shop: Shop) -> list[str]:
    return [row.text for row in await shop.rows(schema.alarm) if row.kind == "customer"]


async def test_changes_of_different_fields_are_both_kept(shop: Shop, till: WireTill, other: WireTill) -> None:
    tell(till, changed(name="Adèle V."), ADELE)
    tell(other, changed(phone="0600000002", cards=("29",)), ADELE)
    await till.push()
    await other.push()

    record = await known(till)
    assert record is not None
    assert (record["name"], record["phone"], record["cards"]) == ("Adèle V.", "0600000002", ["29"])
    assert await alarms(shop) == []


async def test_where_both_changed_one_field_the_first_to_arrive_stands_and_it_is_said(
    shop: Shop, till: WireTill, other: WireTill
) -> None:
    tell(till, changed(name="Adèle V."), ADELE)
    tell(other, changed(name="Adèle Durand", email="a@d.fr"), ADELE)
    await till.push()
    await other.push()

    record = await known(other)
    assert record is not None
    assert (record["name"], record["email"]) == ("Adèle V.", "a@d.fr")
    (text,) = await alarms(shop)
    assert "Durand" in text
    assert "Adèle V." in text


async def test_changes_one_after_the_other_in_one_batch_are_no_conflict(
    shop: Shop, till: WireTill, other: WireTill
) -> None:
    del other
    tell(till, changed(name="B"), ADELE)
    tell(till, changed(name="C"), changed(name="B"))
    await till.push()

    record = await known(till)
    assert record is not None
    assert record["name"] == "C"
    assert await alarms(shop) == []


async def test_the_till_hears_the_servers_word_even_where_nothing_of_its_own_stands(
    shop: Shop, till: WireTill, other: WireTill
) -> None:
    tell(till, changed(name="B"), ADELE)
    await till.push()
    catalogue = Catalogue()
    await catalogue.follow(other)
    tell(other, changed(name="C"), ADELE)
    await other.push()
    catalogue.records.clear()
    await catalogue.follow(other)

    assert catalogue.records["customer", "C1"]["name"] == "B"
    assert len(await alarms(shop)) == 1


async def test_one_that_was_removed_does_not_come_back(shop: Shop, till: WireTill, other: WireTill) -> None:
    await shop.change(Change("customer", "C1"))
    tell(other, changed(name="B"), ADELE)
    await other.push()

    assert await known(till) is None
    assert len(await alarms(shop)) == 1


@pytest.mark.parametrize("card", ["2900", 'Œ"\\\\%_', "\N{SNOWMAN}\t'"])
async def test_a_card_that_two_tills_gave_away_is_said(
    shop: Shop, till: WireTill, other: WireTill, card: str
) -> None:
    tell(till, CustomerRecord("1-C00001", "Zoé", cards=(card,)), None)
    tell(till, CustomerRecord("1-C00002", f"Not {card}"), None)
    tell(other, CustomerRecord("2-C00001", "Bea", cards=(card,)), None)
    await till.push()
    assert await alarms(shop) == []
    await other.push()

    (alarm,) = await alarms(shop)
    assert f"customer 2-C00001: the card {card} is that of customer 1-C00001, too" in alarm
    assert await known(till, "2-C00001") is not None


async def test_a_code_that_was_given_twice_finds_the_first(shop: Shop, till: WireTill) -> None:
    tell(till, CustomerRecord("1-C00001", "Zoé"), None)
    await till.push()
    tell(till, CustomerRecord("1-C00001", "Somebody else"), None)
    await till.push()

    record = await known(till, "1-C00001")
    assert record is not None
    assert record["name"] == "Zoé"
    assert len(await alarms(shop)) == 1

"""The verbs of headless about customers, offers and messages."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from decimal import Decimal
from itertools import product as every
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.json_lines import Lines
from tests.small_terms import bring, offer
from tui_pos.profile import Demo
from tui_pos.sale.money import half_up
from tui_pos.till import open_till
from tui_pos.verbs import INPUTS, QUERIES

DETAILS = {"code", "name", "tariff", "cards", "groups", "phone", "email", "consent"}
PANE = {"code", "name", "tariff", "budget", "taken", "until"}


@pytest.fixture(scope="session")
def grocery_profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The solidarity demo's data, made once."""
    profile = tmp_path_factory.mktemp("grocery") / "till"

    async def make() -> None:
        await (await open_till(profile, Demo("solidarity"))).close()

    asyncio.run(make())
    return profile


@pytest.fixture
async def grocery(tmp_path: Path, grocery_profile: Path) -> AsyncIterator[Lines]:
    """The solidarity demo, with its cashier signed in and a session open."""
    shutil.copytree(grocery_profile, tmp_path / "till")
    till = await open_till(tmp_path / "till", Demo("solidarity"))
    lines = Lines(till)
    await lines.ok("sign_in", user="1", pin="1111")
    await lines.ok("open_session", float=10000)
    yield lines
    await till.close()


def test_the_verbs_are_there() -> None:
    assert {"customer_create", "customer_change", "acknowledge"} <= set(INPUTS)
    assert "customer_details" in QUERIES


async def test_a_customer_is_made_changed_and_found(cashier: Lines) -> None:
    made = (await cashier.ok("customer_create", name="Zélie Hautecombe", phone="06 00 00 00 00"))["customer"]
    assert set(made) == DETAILS
    assert made["code"] == "1-C00001"
    changed = (await cashier.ok("customer_change", code=made["code"], consent=True))["customer"]
    assert changed == {**made, "consent": True}
    (found,) = (await cashier.ok("search", what="customers", text="zelie hautec"))["found"][-1:]
    assert found["code"] == made["code"]
    assert (await cashier.ok("customer_details", code=made["code"]))["customer"] == changed


async def test_what_makes_no_customer_is_refused(cashier: Lines) -> None:
    assert await cashier.refused("customer_create", name="") == "bad_customer"
    assert await cashier.refused("customer_create") == "bad_request"
    assert await cashier.refused("customer_create", name="A", cards="29") == "bad_request"
    assert await cashier.refused("customer_create", name="A", tariff="QF1") == "right_needed"
    assert await cashier.refused("customer_change", code="nobody", name="A") == "unknown_code"
    assert await cashier.refused("customer_details", code="nobody") == "unknown_code"


async def test_an_offer_is_seen_on_its_line(cashier: Lines) -> None:
    await cashier.ok("scan", code="9520010400009")
    state = (await cashier.ok("customer", code="C0003"))["state"]
    (line,) = state["ticket"]["lines"]
    assert (line["total"], line["discount"], line["offer"]) == (79, 26, "Votre prix")
    closed = (await cashier.ok("tender", method="CASH"))["closed"]
    assert closed["subtotal"] - closed["discount"] == closed["total"] == 79


async def test_nobody_unknown_pays_less_than_the_shelf_asks(
    cashier: Lines, goods: list[dict[str, int]]
) -> None:
    for product in goods[:40]:
        await cashier.ok("scan", code=product["code"])
    ticket = (await cashier.ok("ticket"))["ticket"]
    assert ticket["discount"] == 0
    assert not any("offer" in line for line in ticket["lines"])


async def test_a_household_pays_its_share_and_its_budget_falls_by_the_value(grocery: Lines) -> None:
    await grocery.ok("scan", code="9520800200000")
    await grocery.ok("customer", code="C0001")
    pane = (await grocery.ok("customer_details"))["customer"]
    assert set(pane) == PANE
    assert (pane["budget"], pane["taken"]) == (9000, 165)
    closed = (await grocery.ok("tender", method="BUDGET"))["closed"]
    assert (closed["lines"][0]["value"], closed["total"]) == (165, 33)
    notice = (await grocery.ok("customer", code="C0001"))["notice"]
    assert notice["slug"] == "second_visit"
    assert (await grocery.ok("customer_details"))["customer"]["budget"] == 9000 - 165


async def test_refusals_of_a_household_have_a_supervisors_way_through(grocery: Lines) -> None:
    assert await grocery.refused("customer", code="C0007") == "out_of_period"
    assert (await grocery.ok("authorize", user="2", pin="2222"))["notice"]["slug"] == "out_of_period"
    await grocery.ok("customer", code="C0021")
    await grocery.ok("enter", text="3*9520800200000")
    assert await grocery.refused("tender", method="CASH") == "budget_exceeded"
    assert await grocery.refused("tender", method="CARD") == "budget_exceeded"
    assert "closed" in await grocery.ok("authorize", user="2", pin="2222")
    await grocery.ok("customer", code="C0005")
    await grocery.ok("enter", text="7*9520800100003")
    assert await grocery.refused("tender", method="CASH") == "quota_exceeded"


async def test_without_a_server_there_are_no_offers_and_no_messages(cashier: Lines) -> None:
    assert await cashier.refused("sync", what="offers") == "not_enrolled"
    assert await cashier.refused("sync", what="messages") == "not_enrolled"
    assert await cashier.refused("acknowledge", id="1") == "not_allowed"
    assert (await cashier.ok("customer_details"))["customer"] is None


GOODS = "9520010100008"
KINDS = {("percent", "10"), ("amount", "5"), ("price", "50")}
AUDIENCES: tuple[dict[str, str], ...] = ({}, {"customer": "C0004"}, {"group": "FAIR"})


async def test_every_kind_of_offer_is_had_by_lines_of_json(cashier: Lines) -> None:
    """Kinds, scopes, audiences and dates, each with its reason on the line and on the receipt."""
    catalogue = cashier.till.store.catalogue
    (product,) = await catalogue.find(GOODS)
    member = await catalogue.customer("C0004")
    assert member is not None
    await catalogue.put_customers([replace(member, groups=("FAIR",))])
    price = product.unit_price or 0
    worth = {"percent": half_up(Decimal(price) / 10), "amount": 5, "price": price - 50}
    for (kind, value), scope, audience in every(KINDS, ("product", "family", "ticket"), AUDIENCES):
        target = {"product": product.code, "family": product.family, "ticket": ""}[scope]
        terms = {"kind": kind, "value": value, "scope": scope, "target": target, **audience}
        await bring(cashier.till, offer("O1", "Fair", ends_at="2100-01-01T00:00:00Z", **terms))
        state = (await cashier.ok("scan", code=GOODS))["state"]
        off = 0 if audience else worth[kind]
        assert state["ticket"]["discount"] == off, terms
        state = (await cashier.ok("customer", code="C0004"))["state"]
        (line,) = state["ticket"]["lines"]
        assert (line["discount"], line["offer"]) == (worth[kind], "Fair"), terms
        await cashier.ok("tender", method="CASH")
        text = (await cashier.ok("print", what="receipt"))["text"]
        assert any("Fair" in row for row in text), terms
        await bring(cashier.till, offer("O1", "Fair", ends_at="2020-01-01T00:00:00Z", **terms))
        await cashier.ok("scan", code=GOODS)
        state = (await cashier.ok("customer", code="C0004"))["state"]
        assert state["ticket"]["discount"] == 0, terms
        await cashier.ok("void_ticket")


async def test_an_offer_taken_off_does_not_come_back_by_lines_of_json(supervisor: Lines) -> None:
    await supervisor.ok("scan", code="9520010400009")
    state = (await supervisor.ok("customer", code="C0003"))["state"]
    assert state["ticket"]["lines"][0]["offer"] == "Votre prix"
    state = (await supervisor.ok("discount", percent="0", scope="line"))["state"]
    assert (state["ticket"]["discount"], state["ticket"]["lines"][0].get("offer")) == (0, None)
    state = (await supervisor.ok("scan", code="9520010400009"))["state"]
    assert [line.get("offer") for line in state["ticket"]["lines"]] == [None, "Votre prix"]


async def test_a_message_that_never_came_is_not_read(cashier: Lines) -> None:
    entries = cashier.till.store.journal.head.seq
    for number in (7, 2**31):
        assert await cashier.refused("read_message", message=number) == "not_allowed"
    assert cashier.till.store.journal.head.seq == entries

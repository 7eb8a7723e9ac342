"""Each card terminal by JSON lines: a day with it, from the first payment to the Z, where its total stands."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.json_lines import Lines, Process
from tui_pos.cli import main
from tui_pos.profile import Demo
from tui_pos.till import open_till

SLIPS = {"caisse-ap": "CARTE BANCAIRE", "zvt": "KARTENZAHLUNG ************0007"}
"""What stands on the card receipts of those that give them to the till."""
WHOLE_NUMBER = re.compile(r"4976560{8}7")
DRIVERS = ("virtual", "concert", "caisse-ap", "zvt", "manual")


@pytest.fixture
async def shop(tmp_path: Path, demo_profile: Path, request: pytest.FixtureRequest) -> AsyncIterator[Lines]:
    """A demo till whose card terminal has this driver and these options, and a supervisor at it."""
    driver, *options = request.param.split()
    profile = tmp_path / "till"
    shutil.copytree(demo_profile, profile)
    device = ["pay", "--kind", "terminal", "--driver", driver, "--address", "virtual:"]
    for option in options:
        device += ["--option", option]
    added = await asyncio.to_thread(main, ["devices", "add", *device, "--profile", str(profile)])
    assert added == 0
    till = await open_till(profile, Demo())
    lines = Lines(till)
    await lines.ok("sign_in", user="2", pin="2222")
    await lines.ok("open_session", float=10000)
    yield lines
    await till.close()


async def scanned(lines: Lines) -> int:
    """One product on the ticket: what is due."""
    found = (await lines.ok("search", text="", limit=60))["found"]
    code = next(each["code"] for each in found if not each["weighed"] and each["unit_price"])
    return int((await lines.ok("scan", code=code))["state"]["ticket"]["due"])


async def asked(lines: Lines, verb: str, **fields: Any) -> dict[str, Any]:
    """Something that the terminal has to do; where only the cashier knows if it did, he says that it did."""
    reply = await lines.ask(verb, **fields)
    if reply["ok"]:
        return reply
    assert reply["error"]["code"] == "payment_unknown", reply["error"]
    return await lines.ok("resolve_payment", paid=True, reason="the terminal printed its slip")


@pytest.mark.parametrize("shop", DRIVERS, indirect=True)
async def test_a_day_with_a_terminal(shop: Lines, request: pytest.FixtureRequest) -> None:
    driver = request.node.callspec.params["shop"]
    price = await scanned(shop)
    sale = (await asked(shop, "tender", method="CARD"))["closed"]
    assert [(payment["method"], payment["amount"]) for payment in sale["payments"]] == [("CARD", price)]

    slip = "\n".join((await shop.ok("print", what="receipt"))["text"])
    if driver in SLIPS:
        assert SLIPS[driver] in slip
    assert not WHOLE_NUMBER.search(slip)

    # a part by card, taken back by the terminal, then cash
    await scanned(shop)
    await asked(shop, "tender", method="CARD", amount=1)
    assert (await asked(shop, "void_payment"))["state"]["ticket"]["due"] == price
    assert (await shop.ok("tender", method="CASH"))["closed"]["payments"][0]["method"] == "CASH"

    # the first sale comes back, first as a refund of the card that paid it
    await scanned(shop)
    second = (await asked(shop, "tender", method="CARD"))["closed"]
    await shop.ok("return", ticket=second["number"])
    refund = (await asked(shop, "tender", method="CARD"))["closed"]
    assert [payment["amount"] for payment in refund["payments"]] == [-price]

    report = (await shop.ok("close_session", counted={"CASH": 10000 + price, "CARD": price}))["report"]
    (line,) = report["terminals"]
    assert (line["name"], line["till"], line["terminal"], line["difference"]) == ("pay", price, price, 0)
    assert line["source"] == ("terminal" if driver == "zvt" else "cashier")
    paper = (await shop.ok("print", what="z"))["text"]
    assert any("pay" in row for row in paper)


@pytest.mark.parametrize("shop", ["caisse-ap", "zvt", "virtual"], indirect=True)
async def test_a_closing_says_where_the_terminal_differs(shop: Lines, request: pytest.FixtureRequest) -> None:
    price = await scanned(shop)
    await asked(shop, "tender", method="CARD")
    counted = {"CARD": price + 100}
    if request.node.callspec.params["shop"] == "zvt":
        # its answer tells another amount, and the cashier reads it wrongly: only the totals show that it was paid
        await shop.ok("device", name="pay", set={"fault": "other"})
        await scanned(shop)
        assert await shop.refused("tender", method="CARD") == "payment_unknown"
        await shop.ok("device", name="pay", set={"fault": None})
        await shop.ok("resolve_payment", paid=False, reason="misread")
        await shop.ok("void_ticket")
    reply = await shop.ok("close_session", counted=counted)
    assert reply["notice"]["slug"] == "terminal_differs"
    assert "pay" in reply["notice"]["text"]
    assert reply["report"]["terminals"][0]["difference"] == (
        price if request.node.callspec.params["shop"] == "zvt" else 100
    )


@pytest.mark.parametrize("shop", ["caisse-ap methods=CARD,CHEQUE partial=yes"], indirect=True)
async def test_less_than_was_asked_is_paid_and_the_rest_stays_due(shop: Lines) -> None:
    price = await scanned(shop)
    await shop.ok("device", name="pay", set={"answer": "partial"})
    ticket = (await shop.ok("tender", method="CARD"))["state"]["ticket"]
    assert (ticket["paid"], ticket["due"]) == (price // 2, price - price // 2)
    closed = (await shop.ok("tender", method="CASH"))["closed"]
    assert [payment["amount"] for payment in closed["payments"]] == [price // 2, price - price // 2]


@pytest.mark.parametrize(
    "shop", ["caisse-ap methods=CARD,CHEQUE", "concert methods=CARD,CHEQUE"], indirect=True
)
async def test_a_cheque_goes_through_the_terminal_that_takes_cheques(shop: Lines) -> None:
    price = await scanned(shop)
    closed = (await shop.ok("tender", method="CHEQUE", reference="0001234"))["closed"]
    assert [(payment["method"], payment["amount"]) for payment in closed["payments"]] == [("CHEQUE", price)]
    (device,) = (await shop.ok("device", name="pay"))["devices"]
    assert device["output"] == {"asked": 1, "charged": [price]}


@pytest.mark.parametrize("shop", ["concert", "manual"], indirect=True)
async def test_a_cheque_is_taken_by_hand_where_the_terminal_takes_none(shop: Lines) -> None:
    price = await scanned(shop)
    closed = (await shop.ok("tender", method="CHEQUE", reference="0001234"))["closed"]
    assert [(payment["method"], payment["amount"]) for payment in closed["payments"]] == [("CHEQUE", price)]


@pytest.fixture
def piped(tmp_path: Path, demo_profile: Path) -> Iterator[Process]:
    """A till at the end of a pipe, whose terminal takes its time, with a ticket to pay."""
    profile = tmp_path / "till"
    shutil.copytree(demo_profile, profile)
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        till.ok("open_session", float=10000)
        till.ok("device", name="terminal", set={"answer": "slow"})
        found = till.ok("search", text="", limit=60)["found"]
        till.ok(
            "scan", code=next(each["code"] for each in found if not each["weighed"] and each["unit_price"])
        )
        yield till


def test_a_payment_is_given_up_by_the_next_line_and_the_replies_keep_their_order(piped: Process) -> None:
    piped.give("tender", method="CARD", id="pay")
    piped.give("give_up", id="stop")
    paid, stopped, after = piped.reply(), piped.reply(), piped.ask("give_up")
    assert (paid["id"], paid["error"]["code"]) == ("pay", "declined")
    assert (stopped["id"], stopped["notice"]["slug"]) == ("stop", "giving_up")
    assert stopped["state"] == paid["state"], "each says where the till stood when it was told"
    assert after["error"]["code"] == "not_allowed", "nothing is left to give up"
    assert paid["state"]["ticket"]["paid"] == 0


def test_what_stands_behind_another_request_waits_for_its_turn(piped: Process) -> None:
    piped.give("tender", method="CARD", amount=1, id="pay")
    piped.give("scan", code="0000", id="scan")
    piped.give("give_up", id="stop")
    replies = [piped.reply() for _ in range(3)]
    assert [reply["id"] for reply in replies] == ["pay", "scan", "stop"]
    assert [reply.get("error", {}).get("code") for reply in replies] == [None, "unknown_code", "not_allowed"]
    assert replies[-1]["state"]["ticket"]["paid"] == 1


def test_input_that_ends_while_the_terminal_works_is_answered_to_its_end(piped: Process) -> None:
    piped.give("tender", method="CARD")
    status, _ = piped.end()
    assert status == 0

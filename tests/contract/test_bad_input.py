"""Bad input by JSON lines: a clear answer in words and a slug, nothing lost, and the next scan is sold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.json_lines import Lines

Goods = list[dict[str, Any]]
AZERTY = str.maketrans("1234567890", "&é\"'(-è_çà")
"""What a scanner types on a French keyboard without Shift."""


def wrong_digit(code: str) -> str:
    return code[:-1] + str((int(code[-1]) + 1) % 10)


async def refused_and_sells_on(till: Lines, goods: Goods, slug: str, do: str, **fields: Any) -> None:
    """The refusal tells its slug, the ticket is as before it, and the next scan is one more line."""
    before = (await till.ok("ticket"))["ticket"]
    reply = await till.ask(do, **fields)
    assert not reply["ok"], (do, fields)
    assert reply["error"]["code"] == slug, (do, fields, reply["error"])
    assert reply["error"]["message"].isprintable()
    assert reply["state"]["ticket"] == before
    sold = (await till.ok("scan", code=goods[1]["code"]))["state"]["ticket"]
    assert sold["count"] == (before["count"] if before else 0) + 1


@pytest.mark.parametrize("verb", ["scan", "enter"])
@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("2000000000022", "unknown_code"),
        ("9" * 4000, "unknown_code"),
        ("\x00\x01\x7f", "unknown_code"),
        ("\x1b[31m", "unknown_code"),
        ("\u202e\ufeff", "unknown_code"),
        ("9520010100008\r\n9520010200005", "unknown_code"),
        ("%s%n{0}", "unknown_code"),
        ("'; DROP TABLE ticket;--", "unknown_code"),
    ],
)
async def test_what_is_no_code_of_ours_adds_nothing(
    cashier: Lines, goods: Goods, verb: str, text: str, slug: str
) -> None:
    field = {"scan": "code", "enter": "text"}[verb]
    await cashier.ok("scan", code=goods[0]["code"])
    await refused_and_sells_on(cashier, goods, slug, verb, **{field: text})


async def test_a_misread_barcode_adds_nothing(cashier: Lines, goods: Goods) -> None:
    for verb, field in (("scan", "code"), ("enter", "text")):
        wrong = {field: wrong_digit(goods[0]["code"])}
        await refused_and_sells_on(cashier, goods, "bad_barcode", verb, **wrong)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\t", " "])
async def test_a_code_may_end_as_the_scanner_likes(cashier: Lines, goods: Goods, end: str) -> None:
    reply = await cashier.ok("scan", code=goods[0]["code"] + end)
    assert reply["state"]["ticket"]["lines"][0]["code"] == goods[0]["code"]


async def test_a_scanner_on_an_unshifted_french_keyboard_is_understood(cashier: Lines, goods: Goods) -> None:
    for verb, field in (("scan", "code"), ("enter", "text")):
        reply = await cashier.ok(verb, **{field: goods[0]["code"].translate(AZERTY)})
        assert reply["state"]["ticket"]["lines"][-1]["code"] == goods[0]["code"]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("0*", "bad_quantity"),
        ("-3*", "right_needed"),
        ("999999999*", "bad_quantity"),
        ("*", "bad_quantity"),
        ("1e9*", "bad_quantity"),
        ("0x10*", "bad_quantity"),
        ("٣*", "bad_quantity"),
        ("NaN*", "bad_quantity"),
        ("inf*", "bad_quantity"),
        ("1.0005*", "bad_quantity"),
        ("3**", "bad_quantity"),
    ],
)
async def test_a_quantity_that_cannot_be_sold_is_refused_alone_and_before_a_code(
    cashier: Lines, goods: Goods, text: str, slug: str
) -> None:
    await cashier.ok("scan", code=goods[0]["code"])
    for typed in (text, text + goods[0]["code"]):
        await refused_and_sells_on(cashier, goods, slug, "enter", text=typed)


async def test_a_price_of_minus_one_is_none(supervisor: Lines, goods: Goods) -> None:
    await supervisor.ok("scan", code=goods[0]["code"])
    await refused_and_sells_on(supervisor, goods, "bad_price", "price", price=-1)


async def test_a_tender_stays_within_what_its_method_allows(cashier: Lines, goods: Goods) -> None:
    await cashier.ok("enter", text=f"40*{goods[0]['code']}")
    due = (await cashier.ok("ticket"))["ticket"]["due"]
    assert due > 2500
    for slug, fields in (
        ("no_change_allowed", {"method": "CARD", "amount": due + 1}),
        ("no_change_allowed", {"method": "CHEQUE", "amount": due + 1}),
        ("bad_amount", {"method": "CASH", "amount": 0}),
        ("bad_amount", {"method": "CASH", "amount": -1}),
        ("bad_amount", {"method": "CASH", "amount": 10**12}),
        ("not_allowed", {"method": "VOUCHER", "amount": 2501}),
        ("not_allowed", {"method": "GIFT", "amount": 100}),
        ("right_needed", {"method": "CREDIT"}),
        ("not_allowed", {"method": "GOLD"}),
    ):
        assert await cashier.refused("tender", **fields) == slug, fields
    reply = await cashier.ok("tender", method="CASH", amount=1)
    assert (reply["state"]["ticket"]["due"], "closed" in reply) == (due - 1, False)
    assert (await cashier.ok("tender", method="CASH", amount=due))["closed"]["change"] == 1


async def test_enter_on_an_empty_ticket_says_what_is_missing(cashier: Lines, goods: Goods) -> None:
    await refused_and_sells_on(cashier, goods, "empty_ticket", "enter", text="")


async def test_lines_that_are_no_requests_of_any_size_are_refused(cashier: Lines) -> None:
    for line in (
        b'{"do":"status"}{"do":"status"}', b'{"do":"status","id":1e400}', b"\x00", b"\xef\xbb\xbf{}", b"null",
        b"[" * 100_000, b"9" * 10_000_000, b"\xff" * 10_000_000, b'{"do":"enter","text":5}',
        b'{"do":"search","limit":' + b"9" * 5000 + b"}", b'{"do":"\\ud800"}',
    ):  # fmt: skip
        reply = await cashier.raw(line)
        assert reply["error"]["code"] == "bad_request", line[:40]
        assert len(reply["error"]["message"]) < 200


async def test_ten_megabytes_in_one_field_are_an_unknown_code(cashier: Lines) -> None:
    reply = await cashier.raw(b'{"do":"enter","text":"' + b"9" * 10_000_000 + b'"}')
    assert reply["error"]["code"] == "unknown_code"
    assert len(reply["error"]["message"]) < 200

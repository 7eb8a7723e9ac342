"""The contract of headless: every verb that is there, by its request and its reply."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.json_lines import Lines
from tui_pos.verbs import INPUTS, QUERIES

Goods = list[dict[str, Any]]

TICKET = {
    "number", "uuid", "customer", "lines", "count", "subtotal", "discount", "total", "paid", "due", "change", "vat",
    "payments", "closed_at", "hash", "refund_of",
}  # fmt: skip
LINE = {"n", "code", "label", "quantity", "unit_price", "discount", "total", "vat_rate", "value", "family"}
REPORT = {
    "kind", "number", "opened_at", "closed_at", "tickets", "total", "vat", "payments", "float", "cash_in", "cash_out",
    "expected", "counted", "difference",
}  # fmt: skip
VERBS = {
    "sign_in", "sign_out", "open_session", "scan", "enter", "customer", "search", "select", "quantity", "price",
    "discount", "void_line", "void_ticket", "hold", "recall", "return", "tender", "cash_in", "cash_out", "x_report",
    "close_session", "close_period", "ticket", "tickets", "print", "resolve_payment", "wait", "authorize", "device",
    "status",
}  # fmt: skip


def test_every_verb_of_the_contract_that_needs_no_server_is_there() -> None:
    assert set(INPUTS) | set(QUERIES) >= VERBS


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[]",
        b"{}",
        b"5",
        b'"scan"',
        b'{"do": 5}',
        b'{"do": "fly"}',
        b'{"do": null}',
        b"\xff\xfe",
        b'{"do":"scan"}',
        b'{"do":"scan","code":5}',
        b'{"do":"tender","method":"CASH","amount":"x"}',
        b'{"do":"tender","method":"CASH","amount":1.5}',
        b'{"do":"enter","text":"\\ud800"}',
        b"[" * 100_000,
        b'{"do":"search","limit":-1}',
        b'{"do":"search","limit":1e300}',
        b'{"do":"search","limit":99999999999999999999999}',
        b'{"do":"search","what":"tills"}',
        b'{"do":"tickets","offset":-1}',
        b'{"do":"wait","for":"rain"}',
        b'{"do":"wait","for":"idle","timeout":-1}',
        b'{"do":"quantity","quantity":"many"}',
        b'{"do":"quantity","quantity":"1_000"}',
        '{"do":"quantity","quantity":"٣"}'.encode(),
        b'{"do":"close_period","period":"week"}',
        b'{"do":"print","what":"poster"}',
        b'{"do":"device","set":{"fault":"x"}}',
        b'{"do":"device","name":"nobody"}',
        b'{"do":"device","name":"scale","set":{"weight":1.25}}',
        b'{"do":"open_session","float":true}',
        b'{"do":"discount","percent":"ten"}',
        b'{"do":"return","ticket":"1","lines":"all"}',
        b'{"do":"recall","ticket":7}',
    ],
)
async def test_a_line_that_is_no_request_gets_an_error_and_the_till_goes_on(
    cashier: Lines, line: bytes
) -> None:
    reply = await cashier.raw(line)
    assert not reply["ok"]
    assert reply["error"]["code"] in {"bad_request", "not_allowed"}, reply["error"]
    await cashier.ok("status")


async def test_the_id_of_a_request_comes_back_with_its_reply(lines: Lines) -> None:
    for given in (7, "a", None, [1, {"b": 2}], 1.5):
        assert (await lines.ask("status", id=given))["id"] == given
        assert (await lines.ask("fly", id=given))["id"] == given
    assert "id" not in await lines.ask("status")


async def test_the_shapes_of_a_sale(cashier: Lines, goods: Goods) -> None:
    reply = await cashier.ok("scan", code=goods[0]["code"], symbology="EAN13")
    ticket = reply["state"]["ticket"]
    assert set(ticket) == TICKET
    assert set(ticket["lines"][0]) == LINE
    assert isinstance(ticket["lines"][0]["quantity"], str)
    assert (ticket["number"], ticket["closed_at"], ticket["hash"]) == (None, None, None)
    closed = (await cashier.ok("tender", method="CASH", amount=10000))["closed"]
    assert set(closed) == TICKET
    assert set(closed["vat"][0]) == {"rate", "net", "vat", "gross"}
    assert closed["payments"] == [{"method": "CASH", "amount": 10000}]
    assert closed["change"] == 10000 - closed["total"]
    assert (await cashier.ok("ticket", number=closed["number"]))["ticket"] == closed
    assert (await cashier.ok("tickets", limit=5))["tickets"] == [closed]
    assert (await cashier.ok("ticket"))["ticket"] is None


async def test_a_session_by_its_reports(cashier: Lines, goods: Goods) -> None:
    await cashier.ok("scan", code=goods[0]["code"])
    total = (await cashier.ok("tender", method="CASH"))["closed"]["total"]
    await cashier.ok("cash_in", amount=2000, reason="change")
    await cashier.ok("cash_out", amount=700, reason="bread")
    report = (await cashier.ok("x_report"))["report"]
    assert set(report) > REPORT
    assert (report["kind"], report["expected"]["CASH"]) == ("x", 11300 + total)
    report = (await cashier.ok("close_session", counted={"CASH": 11250 + total}))["report"]
    assert (report["kind"], report["number"], report["difference"]) == ("z", 1, {"CASH": -50})
    assert await cashier.refused("scan", code=goods[0]["code"]) == "no_session"
    assert await cashier.refused("close_period", period="day") == "right_needed"
    report = (await cashier.ok("authorize", user="2", pin="2222"))["report"]
    assert (report["kind"], report["tickets"], report["total"]) == ("day", 1, total)


async def test_lines_are_chosen_changed_and_voided(supervisor: Lines, goods: Goods) -> None:
    for product in goods[:3]:
        await supervisor.ok("scan", code=product["code"])
    await supervisor.ok("select", line=1)
    await supervisor.ok("quantity", quantity="3")
    await supervisor.ok("price", price=100, line=2)
    await supervisor.ok("discount", scope="line", percent="12.5", line=1)
    await supervisor.ok("discount", scope="ticket", amount=10)
    reply = await supervisor.ok("void_line", line=3)
    assert reply["notice"]["slug"] == "voided"
    ticket = reply["state"]["ticket"]
    assert [line["n"] for line in ticket["lines"]] == [1, 2]
    assert (
        ticket["subtotal"] - ticket["discount"]
        == ticket["total"]
        == sum(row["gross"] for row in ticket["vat"])
    )
    await supervisor.ok("void_ticket")
    assert await supervisor.refused("void_ticket") == "no_ticket"


async def test_tickets_are_held_recalled_and_returned(supervisor: Lines, goods: Goods) -> None:
    await supervisor.ok("scan", code=goods[0]["code"])
    assert (await supervisor.ok("hold"))["state"]["held"] == 1
    assert (await supervisor.ok("recall"))["state"]["ticket"]["count"] == 1
    sold = (await supervisor.ok("tender", method="CARD"))["closed"]
    reply = await supervisor.ok("return", ticket=sold["number"], lines=[1])
    assert reply["state"]["ticket"]["total"] == -sold["total"]
    await supervisor.ok("enter", text="")
    refund = (await supervisor.ok("enter", text=""))["closed"]
    assert (refund["payments"][0]["method"], refund["refund_of"]) == ("CARD", sold["number"])
    assert await supervisor.refused("return", ticket=sold["number"]) == "not_allowed"


async def test_products_and_customers_are_found_a_page_at_a_time(cashier: Lines) -> None:
    first = (await cashier.ok("search", text="", limit=3))["found"]
    second = (await cashier.ok("search", text="", limit=3, offset=3))["found"]
    assert set(first[0]) == {"code", "label", "unit_price", "vat_rate", "family", "weighed"}
    assert not {product["code"] for product in first} & {product["code"] for product in second}
    assert (await cashier.ok("search", text=f" {first[0]['code']} "))["found"] == first[:1]
    assert (await cashier.ok("search", text=first[0]["code"], offset=1))["found"] == []
    (found, *_) = (await cashier.ok("search", what="customers", text="", limit=3))["found"]
    assert set(found) == {"code", "name", "tariff"}
    assert (await cashier.ok("customer", code=found["code"]))["state"]["ticket"]["customer"] == found["code"]
    assert (await cashier.ok("customer", code=None))["state"]["ticket"]["customer"] is None


async def test_tickets_since_a_time_are_those_closed_then_or_later_wherever_its_clock_is(
    cashier: Lines, goods: Goods
) -> None:
    await cashier.ok("scan", code=goods[0]["code"])
    closed = (await cashier.ok("tender", method="CASH"))["closed"]
    at = datetime.fromisoformat(closed["closed_at"])
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-9))
    for since in (at, at.astimezone(east), at.astimezone(west)):
        assert (await cashier.ok("tickets", since=since.isoformat()))["tickets"] == [closed]
    for since in ((at + timedelta(seconds=1)).astimezone(zone) for zone in (UTC, east, west)):
        assert (await cashier.ok("tickets", since=since.isoformat()))["tickets"] == []
    assert (await cashier.ok("tickets", since=at.date().isoformat()))["tickets"] == [closed]
    for nonsense in ("yesterday", "", "2026-13-01", "0001-01-01T00:00:00+23:59"):
        assert await cashier.refused("tickets", since=nonsense) == "bad_request"


async def test_papers_come_as_lines_of_text(cashier: Lines, goods: Goods) -> None:
    await cashier.ok("scan", code=goods[0]["code"])
    assert "PROVISOIRE" in str((await cashier.ok("print", what="provisional"))["text"])
    number = (await cashier.ok("tender", method="CASH"))["closed"]["number"]
    text = (await cashier.ok("print", what="receipt"))["text"]
    assert isinstance(text, list)
    assert "DUPLICATA" in str((await cashier.ok("print", what="duplicate", ticket=number))["text"])
    assert "X REPORT" in str((await cashier.ok("print", what="x"))["text"])
    await cashier.ok("wait", **{"for": "printed"})
    (printer,) = (await cashier.ok("device", name="receipt"))["devices"]
    assert (printer["queue"], printer["output"]["count"]) == (0, 4)


async def test_a_card_is_refused_lost_and_resolved(cashier: Lines, goods: Goods) -> None:
    await cashier.ok("scan", code=goods[0]["code"])
    await cashier.ok("device", name="terminal", set={"answer": "refused"})
    assert await cashier.refused("tender", method="CARD") == "declined"
    await cashier.ok("wait", **{"for": "idle"})
    await cashier.ok("device", name="terminal", set={"answer": "lost"})
    assert await cashier.refused("tender", method="CARD") == "payment_unknown"
    assert await cashier.refused("tender", method="CARD") == "payment_unknown"
    assert (await cashier.ok("status"))["state"]["prompt"]["context"] == "payment_unknown"
    assert await cashier.refused("resolve_payment", paid=True, reason="") == "not_allowed"
    closed = (await cashier.ok("resolve_payment", paid=True, reason="its slip"))["closed"]
    assert closed["payments"][0]["amount"] == closed["total"]


async def test_a_weighed_product_takes_the_weight_of_the_scale(cashier: Lines) -> None:
    found = (await cashier.ok("search", text="", limit=5000))["found"]
    product = next(product for product in found if product["weighed"])
    await cashier.ok("device", name="scale", set={"fault": "unstable"})
    assert await cashier.refused("scan", code=product["code"]) == "no_weight"
    await cashier.ok("device", name="scale", set={"fault": None, "weight": "1.250"})
    reply = await cashier.ok("scan", code=product["code"])
    assert reply["state"]["ticket"]["lines"][0]["quantity"] == "1.250"


async def test_a_supervisor_lends_a_right(cashier: Lines, goods: Goods) -> None:
    await cashier.ok("scan", code=goods[0]["code"])
    assert await cashier.refused("discount", percent="10") == "right_needed"
    assert await cashier.refused("authorize", user="2", pin="1") == "bad_pin"
    await cashier.ok("authorize", user="2", pin="2222")
    assert await cashier.refused("authorize", user="2", pin="2222") == "not_allowed"


async def test_the_status_tells_where_the_till_stands(cashier: Lines, goods: Goods) -> None:
    await cashier.ok("scan", code=goods[0]["code"])
    status = (await cashier.ok("status"))["status"]
    assert status["user"] == "1"
    assert status["session"]["id"] == "1"
    assert status["journal"]["seq"] > 0
    assert {device["kind"] for device in status["devices"]} >= {
        "printer",
        "drawer",
        "display",
        "scale",
        "terminal",
    }


async def test_people_come_and_go(cashier: Lines, goods: Goods) -> None:
    await cashier.ok("sign_out")
    assert await cashier.refused("scan", code=goods[0]["code"]) == "not_signed_in"
    assert await cashier.refused("sign_in", user="1", pin="\ud83d\ude00" * 50) == "bad_pin"
    await cashier.ok("sign_in", user="1", pin="1111")
    await cashier.ok("lock")
    assert (await cashier.ask("status"))["state"]["user"] is None


async def test_waiting_for_what_does_not_come_times_out(cashier: Lines, goods: Goods) -> None:
    await cashier.ok("scan", code=goods[0]["code"])
    await cashier.ok("tender", method="CASH")
    await cashier.ok("device", name="receipt", set={"fault": "paper_out"})
    await cashier.ok("print", what="receipt")
    assert await cashier.refused("wait", timeout=0, **{"for": "printed"}) == "timeout"
    await cashier.ok("device", name="receipt", set={"fault": None})
    await cashier.ok("wait", **{"for": "printed"})


async def test_a_code_held_before_the_virtual_scanner_is_sold_and_told(cashier: Lines) -> None:
    found: Goods = (await cashier.ok("search", text="", limit=200))["found"]
    code = next(product["code"] for product in found if not product["weighed"] and product["unit_price"])
    reply = await cashier.ok("device", name="scanner", set={"scan": code})
    assert reply["scanned"] == [{"device": "scanner", "code": code, "ok": True}]
    assert [line["code"] for line in reply["state"]["ticket"]["lines"]] == [code]
    (scanner,) = reply["devices"]
    assert (scanner["kind"], scanner["health"], scanner["output"]["scans"]) == ("scanner", "online", 1)


async def test_a_scan_that_is_refused_or_spoiled_is_told_with_its_reason(cashier: Lines) -> None:
    (unknown,) = (await cashier.ok("device", name="scanner", set={"scan": "9520000099999"}))["scanned"]
    assert (unknown["ok"], unknown["error"]["code"]) == (False, "bad_barcode")
    (noise,) = (await cashier.ok("device", name="scanner", set={"fault": "garbage", "scan": "4087"}))[
        "scanned"
    ]
    assert (noise["ok"], noise["error"]["code"]) == (False, "device_failed")
    pulled = await cashier.ok("device", name="scanner", set={"fault": "offline", "scan": "4087"})
    assert "scanned" not in pulled
    assert pulled["devices"][0]["health"] == "offline"

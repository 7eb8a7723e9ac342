"""What the books take from an entry is checked: a body that contradicts itself is not entered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.journal.bodies import BODIES, BadContent, Ticket
from tests.wire_till import GOODS, Books


def read(kind: str, body: Any) -> Any:
    return BODIES[kind](msgspec.Raw(msgspec.json.encode(body)))


def ticket() -> dict[str, Any]:
    return Books("1").ticket()


def test_a_ticket_of_a_till_is_taken() -> None:
    body = ticket()

    taken = read("ticket", body)

    assert isinstance(taken, Ticket)
    assert (taken.uuid, taken.total) == (body["uuid"], body["total"])


def test_goods_that_came_back_are_taken() -> None:
    body = Books("1").sale([(GOODS[0], Decimal(-2))], refund_of="1-000001")

    assert read("ticket", body).total == -2 * (GOODS[0].unit_price or 0)


def test_a_weight_has_three_decimals() -> None:
    product = msgspec.structs.replace(GOODS[0], unit_price=1000)

    taken = read("ticket", Books("1").sale([(product, Decimal("1.234"))]))

    assert (taken.lines[0].thousandths, taken.total) == (1234, 1234)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"total": 1}, "add up"),
        ({"discount": 100}, "add up"),
        ({"vat": []}, "VAT"),
        ({"payments": []}, "payments"),
        ({"change": 5}, "payments"),
        ({"change": 2**70}, "int"),
        ({"closed_at": "'; DROP TABLE ticket; --"}, "time"),
        ({"closed_at": "0000-01-01T00:00:00.000Z"}, "time"),
        ({"opened_at": "2026-11-22T10:00:00"}, "time"),
        ({"opened_at": "2026-11-31T10:00:00Z"}, "time"),
        ({"uuid": "12345"}, "UUID"),
        ({"uuid": "0" * 31 + "\0"}, "regex"),
        ({"number": "a\0b"}, "regex"),
        ({"customer": "\0"}, "regex"),
        ({"lines": "none"}, "content"),
        ({"subtotal": "12"}, "content"),
        ({"total": 12.5}, "content"),
    ],
)
def test_a_ticket_that_contradicts_itself_is_not(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(BadContent, match=why):
        read("ticket", {**ticket(), **wrong})


@pytest.mark.parametrize(
    "quantity", ["0.0001", "NaN", "-Infinity", "1e400", "1e-400", "99999999999999999999", "1e999999"]
)
def test_a_quantity_that_is_none_is_not(quantity: str) -> None:
    body = ticket()
    body["lines"][0]["quantity"] = quantity

    with pytest.raises(BadContent):
        read("ticket", body)


@pytest.mark.parametrize("rate", ["-1", "1001", "NaN", "sNaN", "Infinity", "x", "1e400"])
def test_a_rate_that_is_none_is_not(rate: str) -> None:
    body = ticket()
    for line in body["lines"]:
        line["vat_rate"] = rate

    with pytest.raises(BadContent):
        read("ticket", body)


def test_two_lines_with_one_number_are_not() -> None:
    body = Books("1").sale([(GOODS[0], Decimal(1)), (GOODS[1], Decimal(1))])
    body["lines"][1]["n"] = 1

    with pytest.raises(BadContent, match="one number"):
        read("ticket", body)


def _replaced(body: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    place: Any = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return body


_PATHS: list[list[Any]] = [
    *(
        [name]
        for name in ("number", "uuid", "customer", "lines", "total", "vat", "payments", "session", "user")
    ),
    *(["lines", 0, name] for name in ("n", "code", "quantity", "unit_price", "total", "vat_rate", "value")),
    ["vat", 0, "rate"],
    ["payments", 0, "amount"],
]
_VALUES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)
)


@settings(max_examples=200, deadline=None)
@given(path=st.sampled_from(_PATHS), value=_VALUES)
def test_whatever_stands_in_a_ticket_it_is_taken_or_refused(path: list[Any], value: Any) -> None:
    body = _replaced(ticket(), path, value)
    try:
        taken = read("ticket", body)
    except BadContent:
        return
    assert sum(line.total for line in taken.lines) == taken.total


@settings(max_examples=100, deadline=None)
@given(raw=st.binary(max_size=60), kind=st.sampled_from(sorted(BODIES)))
def test_bytes_that_are_no_body_are_refused(raw: bytes, kind: str) -> None:
    with pytest.raises(BadContent):
        BODIES[kind](msgspec.Raw(raw))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("session", {"number": 0, "user": "1", "float": 0}),
        ("session", {"number": 1, "user": "1", "float": -1}),
        ("session", {"number": 1, "user": "\0", "float": 1}),
        ("cash", {"session": 1, "amount": 0, "reason": "x", "user": "1"}),
        ("cash", {"session": 1, "amount": 2**60, "reason": "x", "user": "1"}),
        ("closing", {}),
        ("customer", {"customer": {"code": "", "name": "x"}}),
        ("customer", {"customer": {"code": "a\0", "name": "x"}}),
    ],
)
def test_other_bodies_that_make_no_sense_are_refused(kind: str, body: dict[str, Any]) -> None:
    with pytest.raises(BadContent):
        read(kind, body)

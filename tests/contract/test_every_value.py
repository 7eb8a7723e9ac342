"""Every field of every verb given what no field expects: a refusal in words or a sum that adds up, no fault of ours."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.json_lines import Lines
from tui_pos.verbs import INPUTS, QUERIES

VERBS = {**INPUTS, **{verb: kind for verb, (kind, _) in QUERIES.items()}}
FITTING: dict[str, Any] = {
    "address": "virtual:", "amount": 100, "code": "9520010100008", "codes": ["9520010100008"], "document": "receipt",
    "driver": "escpos", "float": 1000, "for": "idle", "id": "1", "job": "1", "kind": "printer", "line": 1, "message": 1,
    "method": "CASH", "name": "printer", "number": "1-000001", "paid": True, "percent": "10", "period": "day",
    "pin": "2222", "price": 100, "quantity": "2", "reason": "why", "text": "2*9520010100008", "ticket": "1-000001",
    "timeout": 0.01, "to": "printer", "up": True, "user": "2", "weight": "0.020", "what": "products",
}  # fmt: skip
"""What the other fields hold meanwhile."""
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 1e308, 2**63, -(2**63), 10**30, "", "x", "0", "1E400", "1E-400", "NaN", "sNaN", "-Infinity",
    "1_000", "٣", "9" * 50, "\x00", "\u202e", "a" * 5000, [], [[]], [2**70], {}, {"CASH": 1.5}, {"CASH": 10**25},
)  # fmt: skip


def adds_up(ticket: dict[str, Any]) -> bool:
    gross = sum(row["gross"] for row in ticket["vat"])
    return bool(ticket["subtotal"] - ticket["discount"] == ticket["total"] == gross)


@pytest.mark.parametrize("verb", VERBS)
async def test_a_value_of_the_wrong_kind_or_size_is_refused_in_words(supervisor: Lines, verb: str) -> None:
    fields = [field.encode_name for field in msgspec.structs.fields(VERBS[verb])]
    await supervisor.ok("scan", code=FITTING["code"])
    for field in fields:
        rest = {name: FITTING[name] for name in fields if name != field and name in FITTING}
        for odd in ODD:
            reply = await supervisor.ask(verb, **rest, **{field: odd})
            assert reply["ok"] or reply["error"]["message"], (field, odd)
            assert reply["ok"] or reply["error"]["code"] != "internal", (field, odd)
            assert reply["state"]["ticket"] is None or adds_up(reply["state"]["ticket"]), (field, odd)

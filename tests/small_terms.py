"""Terms for the small shop of the tests: what a feed says of offers, tariffs, budgets and customers."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from sync.protocol import CustomerRecord, FamilyRecord
from sync.protocol.terms import BudgetRecord, OfferRecord, TariffRecord
from sync.store import Change
from tests.small_shop import CARD, Till
from tui_pos.till import Till as WholeTill

_KINDS: dict[type[Struct], str] = {
    OfferRecord: "offer",
    TariffRecord: "tariff",
    BudgetRecord: "budget",
    FamilyRecord: "family",
}

FIFTH = TariffRecord(code="QF1", label="Band 1", percent="20")
HOUSEHOLD = CustomerRecord("H1", "Household 1011", "QF1", ("2900010000305",))
MEMBER = CustomerRecord("C1", "Adèle Valmoret", cards=(CARD,), groups=("CLUB",))


def offer(code: str = "O", label: str = "Winter", **other: Any) -> OfferRecord:
    """Ten percent off a family, unless something else is said."""
    terms = {"kind": "percent", "value": "10", "scope": "family", "target": "FOOD"}
    return OfferRecord(code=code, label=label, **{**terms, **other})


def budget(amount: int = 3_000, **other: Any) -> BudgetRecord:
    """The household's budget of the month in which the tests take place."""
    terms = {"customer": "H1", "month": "2026-11", "balance": amount}
    return BudgetRecord(amount=amount, **{**terms, **other})


async def bring(till: Till | WholeTill, *records: Any) -> None:
    """The feed brings records, and the register hears of it."""
    customers = [record for record in records if isinstance(record, CustomerRecord)]
    changes = [
        Change(
            _KINDS[type(record)],
            getattr(record, "code", None) or record.customer,
            msgspec.json.encode(record),
        )
        for record in records
        if not isinstance(record, CustomerRecord)
    ]
    await till.store.catalogue.put_customers(customers)
    await till.store.feed.keep(changes)
    await till.register.refresh()


def left(till: Till) -> int | None:
    """What the pane says is left of the budget."""
    pane = till.register.customer_pane()
    assert pane is not None
    return pane.budget

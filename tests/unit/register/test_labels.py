"""Labels of products, through the till's durable spool."""

from __future__ import annotations

import pytest

from devices.registry import build_counter
from tests.small_shop import COFFEE, LENTILS, SHARED, TOMATOES, Shop, Till
from tui_pos.inputs import PrintLabels


async def printed(till: Till) -> list[tuple[str, int]]:
    """Names and copies of what came out of the label printer."""
    await till.counter.printed()
    labels = till.counter.outputs()["labels"]["labels"]
    return [(label["lines"][0], label["copies"]) for label in labels]


async def test_labels_are_queued_and_come_out_with_price_and_code(cashier: Till) -> None:
    outcome = await cashier.give(PrintLabels((LENTILS, TOMATOES), 2))
    assert outcome.notice is not None
    assert outcome.notice.text == "4 labels go to the printer."
    assert await printed(cashier) == [("Lentilles vertes 500 g", 2), ("Tomates grappe", 2)]
    lentils, tomatoes = cashier.counter.outputs()["labels"]["labels"]
    assert lentils["lines"][-1] == LENTILS
    assert "2.95/kg" in tomatoes["lines"][1]
    assert cashier.counter.outputs()["receipt"]["papers"] == []


async def test_labels_that_wait_survive_a_power_cut_and_print_once(shop: Shop, cashier: Till) -> None:
    await cashier.counter.set("labels", fault="offline")
    await cashier.give(PrintLabels((COFFEE,)))
    again = await shop.power_cut()
    assert await printed(again) == [("Café moulu 250 g", 1)]
    third = await shop.power_cut()
    assert await printed(third) == []


@pytest.mark.parametrize(
    ("codes", "copies", "slug"),
    [
        (("0",), 1, "unknown_code"),
        ((SHARED,), 1, "ambiguous_code"),
        ((LENTILS,), 0, "bad_request"),
        ((LENTILS,), 1000, "bad_request"),
        ((), 1, "bad_request"),
    ],
)
async def test_what_makes_no_label_is_refused(
    cashier: Till, codes: tuple[str, ...], copies: int, slug: str
) -> None:
    assert (await cashier.refused(PrintLabels(codes, copies))).slug == slug
    assert cashier.counter.spool.waiting() == ()


async def test_without_a_label_printer_nothing_is_printed_elsewhere(cashier: Till) -> None:
    counter = cashier.counter
    config = counter.config.without("labels")
    await counter.refit(build_counter(config).fitted(config))
    assert (await cashier.refused(PrintLabels((LENTILS,)))).slug == "device_failed"

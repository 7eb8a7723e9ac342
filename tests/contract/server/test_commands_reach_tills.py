"""What is changed by command while tills run: each waiting till has it at once, by the feed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from backoffice.cli import main
from tests.waiting import PATIENCE
from tests.wire_till import Catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

COMMANDS: tuple[tuple[str, str, tuple[str, ...], dict[str, Any]], ...] = (
    ("product", "T1", ("price", "T1", "4.99"), {"unit_price": 499}),
    ("product", "NEW", ("set", "NEW", "--label", "New", "--price", "1", "--vat", "20"), {"unit_price": 100}),
    (
        "family",
        "COFFEE",
        ("set", "COFFEE", "--label", "Coffee", "--parent", "GROCERY"),
        {"parent": "GROCERY"},
    ),
    ("customer", "C1", ("set", "C1", "--name", "Zoé", "--group", "CLUB"), {"groups": ["CLUB"]}),
    ("user", "1", ("set", "1", "--role", "manager"), {"role": "manager"}),
    ("method", "CARD", ("set", "CARD", "--ceiling", "500"), {"ceiling": 50_000}),
    ("offer", "O1", ("set", "O1", "--label", "Week", "--percent", "5", "--ticket"), {"scope": "ticket"}),
    ("tariff", "QF1", ("set", "QF1", "--label", "Band", "--price", "T1=2.50"), {"prices": {"T1": 250}}),
    ("setting", "ticket_interval", ("set", "ticket_interval", "--value", "30"), {"value": "30"}),
    ("shop", "", ("set", "--footer", "Merci", "--barcode-pattern", "21IIIIIWWWWWC"), {"footer": ["Merci"]}),
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server looks for what others have changed every second; here oftener."""
    monkeypatch.setattr("backoffice.watch.INTERVAL", 0.02)


async def command(address: str, *words: str) -> None:
    """One command, as another process would do it."""
    assert await asyncio.to_thread(main, [*words, "--db", address, "--lang", "en"]) == 0


async def news(till: WireTill, catalogue: Catalogue) -> None:
    """The till waits for what comes."""
    catalogue.take(await till.changes(catalogue.cursor, wait=55))


async def test_what_a_command_changes_reaches_a_till_that_waits(
    shop: Shop, till: WireTill, address: str
) -> None:
    catalogue = Catalogue()
    await catalogue.follow(till)

    for kind, code, words, changed in COMMANDS:
        waiting = asyncio.create_task(news(till, catalogue))
        await command(address, kind, *words)
        async with asyncio.timeout(PATIENCE):
            await waiting
        record = catalogue.records[kind, code]
        assert changed.items() <= record.items(), (kind, record)


async def test_a_budget_a_removal_and_a_file_reach_a_till_that_waits(
    shop: Shop, till: WireTill, address: str, tmp_path: Path
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("code;name\nC1;Household 1\nC2;Household 2\n")
    catalogue = Catalogue()
    await catalogue.follow(till)

    for words, reached in (
        (("import", "customers", str(file)), lambda: ("customer", "C2") in catalogue.records),
        (
            ("beneficiary", "set", "C1", "--monthly", "150"),
            lambda: catalogue.records["budget", "C1"]["balance"] == 15_000,
        ),
        (("product", "remove", "T1"), lambda: ("product", "T1") not in catalogue.records),
    ):
        waiting = asyncio.create_task(news(till, catalogue))
        await command(address, *words)
        async with asyncio.timeout(PATIENCE):
            await waiting
        assert reached(), words


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_message_reaches_a_till_that_waits(shop: Shop, till: WireTill, address: str) -> None:
    waiting = asyncio.create_task(till.request("GET", "/v1/messages?after=0&wait=55"))
    await command(address, "message", "send", "Bread is late", "--must-ack")
    async with asyncio.timeout(PATIENCE):
        reply = (await waiting).json()

    assert [message["text"] for message in reply["messages"]] == ["Bread is late"]

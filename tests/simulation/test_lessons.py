"""What went wrong on the wire of other systems, by its source: on ours.

Those of the till itself are in tests/unit/register/test_lessons.py; a second process on one profile (odoo/odoo#152259)
is in tests/e2e/test_power.py, one bad entry among others (frappe/erpnext#13388) in test_pitfalls_of_entries.py, tills
under faults for days (frappe/erpnext#12971) in test_days.py.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from backoffice import schema
from sync.errors import SyncError
from sync.ports import Reply, Request
from sync.protocol.bodies import unpack
from sync.protocol.wire import MAX_PLAIN, Push
from tests.simulation.backend import PRODUCTS, Backend
from tests.simulation.books import same_books
from tests.simulation.till import SimTill
from tui_pos.inputs import Scan, Tender


def sent(request: Request) -> list[int]:
    """The positions that a push holds."""
    plain = unpack(request.body, request.headers.get("content-encoding"), MAX_PLAIN)
    return [entry.seq for entry in msgspec.json.decode(plain, type=Push).entries]


@pytest.mark.parametrize("lost", range(1, 6))
async def test_odoo_40567_a_reply_that_is_lost_at_any_point_leaves_the_order_stored_once(
    till: SimTill, backend: Backend, lost: int
) -> None:
    await till.pushed()
    till.wire.next = ["lost reply"] * lost

    await till.sell()
    await till.pushed()

    await same_books(till, backend)


async def test_odoo_203431_after_reconnecting_all_orders_are_sent_and_the_oldest_first(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    till.wire.plugged = False
    await till.sell_many(130)
    began = till.store.outbox.sent
    till.wire.passed.clear()

    till.wire.plugged = True
    await till.pushed()

    batches = [sent(request) for request in till.wire.passed if request.target == "/v1/journal"]
    assert [seq for batch in batches for seq in batch] == list(
        range(began + 1, till.store.journal.head.seq + 1)
    )
    assert len(batches) > 1
    await same_books(till, backend)


async def test_odoo_288974_what_the_feed_brings_does_not_touch_what_was_paid_offline(
    till: SimTill, backend: Backend
) -> None:
    """The server changes and removes what was sold, while the tickets wait to be sent and another is open."""
    await till.pushed()
    till.wire.plugged = False
    await till.sell_many(2)
    await till.register.accept(Scan(PRODUCTS[0].code))
    open_ticket = till.register.ticket
    held = await till.journal()

    await backend.put(*(msgspec.structs.replace(product, unit_price=1) for product in PRODUCTS))
    till.wire.plugged = True
    await till.engine.load_changes()

    assert (await till.journal())[: len(held)] == held
    assert till.register.ticket == open_ticket
    outcome = await till.register.accept(Tender("CASH"))
    assert outcome.closed is not None
    assert outcome.closed.total == PRODUCTS[0].unit_price
    till.sold.append(outcome.closed)
    await till.pushed()
    await same_books(till, backend)


async def test_odoo_261096_where_the_link_drops_in_mid_batch_the_rest_is_still_to_be_sent(
    till: SimTill, backend: Backend
) -> None:
    """The server answers for half of a batch; the position moves so far and no further."""
    await till.pushed()
    till.wire.plugged = False
    await till.sell_many(4)
    await till.stop()
    await till.open()
    began, head = till.store.outbox.sent, till.store.journal.head.seq

    class Half:
        async def answer(self, request: Request) -> Reply:
            reply = await backend.answer(request)
            if request.target != "/v1/journal":
                return reply
            body = unpack(reply.body, reply.headers.get("content-encoding"), MAX_PLAIN)
            said = {"acked_through": began + 2, "results": msgspec.json.decode(body)["results"][:2]}
            till.wire.plugged = False
            headers = {name: value for name, value in reply.headers.items() if name != "content-encoding"}
            return Reply(200, headers, msgspec.json.encode(said))

    till.wire.server, till.wire.plugged = Half(), True
    with pytest.raises(SyncError, match="cannot be reached"):
        await till.engine.push()

    assert (till.store.outbox.sent, till.store.unsent) == (began + 2, head - began - 2)
    till.wire.server, till.wire.plugged = backend, True
    await till.engine.push()
    await same_books(till, backend)
    await till.sign_in()


async def test_pospire_41_a_shift_that_is_closed_offline_arrives_with_its_totals(
    till: SimTill, backend: Backend
) -> None:
    await till.pushed()
    till.wire.plugged = False
    began = len(till.sold)
    await till.sell_many(5)
    await till.close_session()

    till.wire.plugged = True
    await till.pushed()

    closings = await backend.rows(schema.closing, till.name)
    assert [row.total for row in closings] == [sum(ticket.total for ticket in till.sold[began:])]
    assert await backend.rows(schema.alarm) == []
    await same_books(till, backend)


async def test_dolibarr_18613_the_session_of_one_till_is_open_at_no_other(
    till: SimTill, backend: Backend, tmp_path: Path
) -> None:
    other = SimTill(backend, tmp_path, "2")
    await other.enrol()
    await other.start()
    await till.sell_many(2)
    await till.close_session()
    await asyncio.gather(till.pushed(), other.pushed())

    await other.engine.load_changes()

    assert other.register.session is not None
    assert till.register.session is not None
    assert (other.register.session.id, till.register.session.id) == ("1", "2")
    assert await backend.rows(schema.closing, "2") == []
    assert [row.tickets for row in await backend.rows(schema.closing, "1")] == [2]
    await other.stop()

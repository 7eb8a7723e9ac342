"""A till gets its identity from the server, once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import pytest

from backoffice import schema
from backoffice.tills import find_till, revoke
from sync.protocol import GENESIS_HASH, Identity
from sync.protocol.wire import Enrolled, ErrorReply

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill


async def refused(till: WireTill, code: str) -> tuple[int, str]:
    """Status and code of the answer to an enrolment."""
    reply = await till.request("POST", "/v1/enrol", till.enrolment(code))
    return reply.status_code, msgspec.json.decode(reply.content, type=ErrorReply).error.code


async def test_a_new_till_gets_number_epoch_and_the_servers_key(shop: Shop) -> None:
    till = shop.stranger()

    enrolled = await till.enrol(await shop.code())

    assert (enrolled.number, enrolled.epoch, enrolled.next_seq, enrolled.last_hash) == ("1", 1, 1, "")
    assert enrolled.server_key == shop.server.public_key
    assert enrolled.settings["ticket_interval"] == 10
    assert (await till.hello()).directives == ()


async def test_the_tills_of_a_shop_are_numbered(shop: Shop) -> None:
    tills = [await shop.till(), await shop.till(), await shop.till()]

    assert [till.identity.till for till in tills] == ["1", "2", "3"]


async def test_a_code_enrols_one_till(shop: Shop) -> None:
    code = await shop.code()
    first = shop.stranger()
    await first.enrol(code)

    assert await refused(shop.stranger(), code) == (403, "used_code")
    assert (await first.hello()).directives == ()


async def test_two_tills_with_one_code_at_once_are_not_both_enrolled(shop: Shop) -> None:
    code = await shop.code()
    tills = [shop.stranger(), shop.stranger(), shop.stranger()]

    replies = await asyncio.gather(
        *(till.request("POST", "/v1/enrol", till.enrolment(code)) for till in tills)
    )

    assert sorted(reply.status_code for reply in replies) == [200, 403, 403]


async def test_a_till_that_lost_the_answer_asks_again_and_is_the_same(shop: Shop) -> None:
    till, code = shop.stranger(), await shop.code()
    first = await till.enrol(code)
    till.till_id = ""

    again = await till.enrol(code)

    assert (again.till_id, again.epoch, again.next_seq) == (first.till_id, first.epoch, first.next_seq)


async def test_a_code_is_good_for_a_week(shop: Shop) -> None:
    code = await shop.code()
    shop.clock.move(days=7, seconds=1)

    assert await refused(shop.stranger(), code) == (403, "expired_code")


async def test_a_code_may_be_typed_without_dashes_and_in_small_letters(shop: Shop) -> None:
    code = await shop.code()

    assert (await shop.stranger().enrol(code.replace("-", " ").lower())).epoch == 1


@pytest.mark.parametrize("code", ["", "AAAA-BBBB-CCCC-DDDD", "'; DROP TABLE till; --", "\0", "é" * 5000])
async def test_an_unknown_code_enrols_nobody(shop: Shop, code: str) -> None:
    assert await refused(shop.stranger(), code) == (403, "bad_code")


async def test_whoever_signs_with_another_key_than_he_brings_is_refused(shop: Shop) -> None:
    thief, owner = shop.stranger(), shop.stranger()
    code = await shop.code()

    reply = await thief.request("POST", "/v1/enrol", owner.enrolment(code))

    assert reply.status_code == 401
    assert (await owner.enrol(code)).epoch == 1


async def test_a_key_that_is_none_is_refused(shop: Shop) -> None:
    till = shop.stranger()
    request = msgspec.structs.replace(till.enrolment(await shop.code()), public_key="not a key")

    assert (await till.request("POST", "/v1/enrol", request)).status_code == 400


async def test_another_machine_takes_a_till_over_and_the_first_one_is_stopped(shop: Shop) -> None:
    first = await shop.till()
    first.sell()
    await first.push()
    second = shop.stranger()

    enrolled = await second.enrol(await shop.another_code(first))

    assert (enrolled.till_id, enrolled.epoch) == (first.till_id, 2)
    assert (enrolled.next_seq, enrolled.last_hash) == (2, first.after[1].hex())
    first.sell()
    reply = await first.request("POST", "/v1/hello", first.greeting())
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "epoch")


async def test_the_machine_that_takes_over_goes_on_in_the_same_journal(shop: Shop) -> None:
    first = await shop.till()
    first.sell()
    await first.push()
    second = shop.stranger()
    await second.enrol(await shop.another_code(first))
    second.after = first.after

    second.sell()
    pushed = await second.push()

    assert pushed.acked_through == 2
    assert [result.status for result in pushed.results] == ["stored"]


async def test_a_till_that_sold_before_it_was_enrolled_sends_all_of_it(shop: Shop) -> None:
    till = shop.stranger()
    till.identity = Identity("", "1", 1)
    till.sell()
    enrolled = await till.call(msgspec.Raw, "POST", "/v1/enrol", till.enrolment(await shop.code(), epoch=1))
    till.take(msgspec.json.decode(enrolled, type=Enrolled))
    till.sell()

    pushed = await till.push()

    assert till.identity.epoch == 2
    assert [result.status for result in pushed.results] == ["stored", "stored"]


async def test_a_journal_may_be_taken_from_a_later_position_on(shop: Shop) -> None:
    till = shop.stranger()
    till.sell()
    till.sell()
    request = till.enrolment(await shop.code(), start=2, start_hash=till.after[1].hex())
    reply = await till.request("POST", "/v1/enrol", request)
    till.take(msgspec.json.decode(reply.content, type=Enrolled))
    till.entries.clear()
    till.sell()

    assert (await till.push()).acked_through == 3
    assert GENESIS_HASH.hex() not in (await till.hello()).hash


async def test_a_revoked_till_is_refused_until_it_is_enrolled_again(shop: Shop, till: WireTill) -> None:
    till.sell()
    await till.push()
    await shop.write(
        lambda connection: revoke(connection, find_till(connection, till.till_id).id, shop.clock.now())
    )
    till.sell()

    reply = await till.request("POST", "/v1/hello", till.greeting())
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "revoked")

    await till.enrol(await shop.another_code(till))
    assert (await till.push()).acked_through == 2


async def test_a_new_code_makes_the_one_before_useless(shop: Shop, till: WireTill) -> None:
    first = await shop.another_code(till)
    await shop.another_code(till)

    assert await refused(shop.stranger(), first) == (403, "expired_code")


async def test_codes_are_not_kept_in_plain(shop: Shop) -> None:
    code = await shop.code()

    rows = await shop.rows(schema.enrolment)

    assert all(code.encode() not in bytes(row.code_hash) for row in rows)


async def test_an_epoch_beyond_all_enrolments_is_refused_and_the_code_stays_good(shop: Shop) -> None:
    code, stranger = await shop.code(), shop.stranger()

    reply = await stranger.request("POST", "/v1/enrol", stranger.enrolment(code, epoch=2**31 - 1))

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_request")
    assert (await stranger.enrol(code)).epoch == 1


async def test_a_till_may_come_from_another_server_with_the_epoch_that_it_has(shop: Shop) -> None:
    stranger = shop.stranger()
    reply = await stranger.request(
        "POST", "/v1/enrol", stranger.enrolment(await shop.code(), epoch=1_000_000)
    )

    assert reply.json()["epoch"] == 1_000_001

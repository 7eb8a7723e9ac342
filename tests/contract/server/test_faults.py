"""Whatever is sent and whatever fails: an answer that a till understands, and nothing half done."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import MutableMapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backoffice import schema
from backoffice.api.app import create_app
from backoffice.api.describing import CALLS, HEALTH, Call
from backoffice.database import Database
from backoffice.errors import StorageDown, StorageFull
from backoffice.feed.snapshots import ABANDONED, Snapshots
from sync.protocol.wire import ErrorReply, push_of
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_VALUES = st.sampled_from(["0", "1", "-1", "x", "", "9" * 30, "%00", "%27", "1.5", "shop", "%C3%A9"])


def _shaped(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """JSON with the names of a record's fields, and anything in them."""
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, _JSON))


def _body(call: Call) -> st.SearchStrategy[bytes]:
    if call.body is None:
        return st.just(b"")
    shaped = (_JSON | _shaped(call.body)).map(msgspec.json.encode)
    return shaped | st.binary(max_size=200)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """A call that the API describes, with anything in its parameters and body."""
    call = draw(st.sampled_from(CALLS))
    path = call.path
    for name in ("stream", "blob"):
        path = path.replace(f"{{{name}}}", draw(_VALUES.filter(bool)))
    query = [
        f"{parameter.name}={draw(_VALUES)}"
        for parameter in call.query
        if parameter.name != "wait" and draw(st.booleans())
    ]
    return call.method, path + ("?" + "&".join(query) if query else ""), draw(_body(call))


@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
async def test_nothing_that_a_till_may_send_fails_the_server(shop: Shop, till: WireTill) -> None:
    till.sell()
    await till.push()
    loop = asyncio.get_running_loop()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(given_=requests())
    def check(given_: tuple[str, str, bytes]) -> None:
        method, target, body = given_
        asking = asyncio.run_coroutine_threadsafe(till.request(method, target, body), loop)
        reply = asking.result(30)
        assert reply.status_code < 500, (given_, reply.text)
        if reply.status_code >= 400:
            assert msgspec.json.decode(reply.content, type=ErrorReply).error.message

    await asyncio.to_thread(check)
    assert len(await shop.rows(schema.ticket)) == 1


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_full_disk_is_said_and_nothing_is_lost(shop: Shop, till: WireTill) -> None:
    for _ in range(50):
        till.sell()

    def limit(connection: Any, pages: int) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    used = await shop.read(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    await shop.write(limit, used + 2)
    reply = await till.request("POST", "/v1/journal", push_of(till.entries))

    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "storage_full")
    assert int(reply.headers["retry-after"]) > 0
    assert await shop.rows(schema.entry) == []
    await shop.write(limit, 1_000_000)
    assert (await till.push()).acked_through == 50


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_a_database_that_ends_every_connection_is_waited_for(shop: Shop, till: WireTill) -> None:
    till.sell()
    await till.push()
    ending = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'tests' AND pid <> pg_backend_pid()"
    )
    await shop.read(lambda connection: connection.execute(ending).all())
    till.sell()

    replies = [await till.request("POST", "/v1/journal", push_of(till.entries)) for _ in range(3)]

    assert {reply.status_code for reply in replies} <= {200, 503}
    assert replies[-1].status_code == 200
    assert len(await shop.rows(schema.ticket)) == 2


async def answers(database: Database) -> bool:
    """Whether it answers, as short as it is waited for: a machine may take longer even to connect."""
    with suppress(StorageDown):
        return bool(await database.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one()))
    return False


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_a_database_that_hangs_is_given_up_and_used_again_once_it_answers(address: str) -> None:
    database = Database.open(address, patience=0.2)
    try:
        with pytest.raises(StorageDown, match="nothing for too long"):
            await database.read(lambda connection: connection.execute(text("SELECT pg_sleep(3600)")))

        async with asyncio.timeout(PATIENCE):
            while not await answers(database):
                pass
    finally:
        await database.close()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_database_that_is_not_there_is_busy_for_the_till(shop: Shop, till: WireTill) -> None:
    async def away(*_: object) -> None:
        raise ConnectionRefusedError(111, "refused")

    shop.server.database._reader.run = away  # type: ignore[method-assign,assignment]

    reply = await till.request("POST", "/v1/hello", till.greeting())

    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "busy")


@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
async def test_tills_that_send_at_once_are_each_stored_whole(shop: Shop) -> None:
    tills = [await shop.till() for _ in range(6)]
    for till in tills:
        for _ in range(60):
            till.sell()

    async def drain(till: WireTill) -> None:
        for start in range(0, 60, 20):
            await till.push(till.entries[start : start + 20])

    await asyncio.gather(*map(drain, tills))

    assert {row.last_seq for row in await shop.rows(schema.till)} == {60}
    assert len(await shop.rows(schema.ticket)) == 360


@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
async def test_one_request_sent_many_times_at_once_is_stored_once(shop: Shop, till: WireTill) -> None:
    for _ in range(20):
        till.sell()

    replies = await asyncio.gather(*(till.push() for _ in range(6)))

    assert {pushed.acked_through for pushed in replies} == {20}
    kinds = sorted({result.status for pushed in replies for result in pushed.results})
    assert kinds == ["duplicate", "stored"]
    assert len(await shop.rows(schema.ticket)) == 20


async def test_a_server_with_too_much_to_do_says_when_to_come_again(
    shop: Shop, till: WireTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.sell()
    with monkeypatch.context() as patch:
        patch.setattr("backoffice.api.line.LONGEST", -1.0)
        reply = await till.request("POST", "/v1/journal", push_of(till.entries))

    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "busy")
    assert int(reply.headers["retry-after"]) >= 1
    assert await shop.rows(schema.entry) == []
    assert (await till.push()).acked_through == 1


async def test_the_api_describes_each_of_its_calls(shop: Shop) -> None:
    document = (await shop.client.get("/openapi.json")).json()

    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    assert described == {(call.method, call.path) for call in (*CALLS, HEALTH)}
    names = set(document["components"]["schemas"])
    assert {"Push", "Pushed", "Welcome", "ErrorReply"} <= names


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("error", "status"), [(errno.ENOSPC, 503), (errno.EIO, 500)])
async def test_a_snapshot_that_cannot_be_written_is_said_and_leaves_nothing(
    shop: Shop, till: WireTill, monkeypatch: pytest.MonkeyPatch, error: int, status: int
) -> None:
    def fail(_file: int) -> None:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr("backoffice.feed.snapshots.os.fsync", fail)
        reply = await till.request("GET", "/v1/snapshots/shop")

    assert reply.status_code == status
    assert reply.json()["error"]["code"] == {503: "storage_full", 500: "internal"}[status]
    assert [path for path in shop.server.files.rglob("*") if path.is_file()] == []
    assert (await till.request("GET", "/v1/snapshots/shop")).status_code == 200


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_call_that_stalls_while_the_server_ends_is_told_so(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    reads, answered = asyncio.Event(), list[dict[str, Any]]()
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/journal",
        "raw_path": b"/v1/journal",
        "query_string": b"",
        "headers": [],
    }

    async def receive() -> dict[str, Any]:
        reads.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(dict(message))

    call = asyncio.create_task(create_app(shop.server)(scope, receive, send))
    await reads.wait()
    # as the web server does when its patience is over
    call.cancel()
    await call

    refused = msgspec.json.decode(answered[1]["body"], type=ErrorReply).error
    assert answered[0]["status"] == 503
    assert (refused.code, refused.cause and refused.cause.code) == ("busy", "ending")
    said = [record.getMessage() for record in caplog.records if record.name == "backoffice.api.app"]
    assert said == ["POST /v1/journal of till ? was cut off: the server ends"]


async def test_what_a_killed_server_had_begun_is_dropped_with_the_next_snapshot(
    shop: Shop, till: WireTill
) -> None:
    begun, left = shop.server.files / "snapshots" / "1" / "7.part", time.time() - 2 * ABANDONED
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"half")
    under_way = begun.with_name("8.part")
    under_way.write_bytes(b"more to come")
    os.utime(begun, (left, left))

    assert (await till.request("GET", "/v1/snapshots/shop")).status_code == 200

    assert not begun.exists()
    assert under_way.exists()


async def test_a_snapshot_that_fails_is_one_line_of_the_log(
    shop: Shop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("backoffice.feed.snapshots.os.fsync", fail)
    with pytest.raises(StorageFull):
        await Snapshots(shop.server).freshen(1)

    (said,) = [record for record in caplog.records if record.name == "backoffice.feed.snapshots"]
    assert said.exc_info is None
    assert "disk is full" in said.getMessage()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_database_that_became_read_only_is_busy_for_the_till(shop: Shop, till: WireTill) -> None:
    await shop.write(lambda connection: connection.exec_driver_sql("PRAGMA query_only = ON"))
    till.sell()

    refused = await till.request("POST", "/v1/journal", push_of(till.entries))

    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
    assert await shop.rows(schema.entry) == []


async def test_what_waits_is_said_in_the_log(till: WireTill, caplog: pytest.LogCaptureFixture) -> None:
    till.write("ticket", {})
    till.write("ticket", {})
    till.sell()
    await till.push()

    (line,) = [record.getMessage() for record in caplog.records if record.name == "backoffice.api.tills"]
    assert line.startswith(
        f"till 1 ({till.till_id}): entry 1: quarantined: its content is not that of its kind"
    )
    assert line.endswith("; 2 in all")

"""Bad input: each kind is refused with a precise reason, is in the log, and has changed nothing."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
import zstandard
from msgspec.structs import replace
from sqlalchemy import select

from backoffice import schema
from sync.protocol import chain_hash
from sync.protocol.reasons import Spelled
from sync.protocol.wire import MAX_BODY, ErrorReply, Push, Pushed, push_of, sent

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

METACHARACTERS = (
    "'; DROP TABLE till; --",
    '" OR ""="',
    "../../../etc/passwd",
    "%00",
    "%2e%2e%2f",
    "${jndi:x}",
    "\\",
)


class Watched:
    """A shop whose every row is known, and whose log is read."""

    def __init__(self, shop: Shop, log: pytest.LogCaptureFixture) -> None:
        self._shop = shop
        self._log = log
        self._before: dict[str, list[Any]] = {}

    async def begin(self) -> None:
        self._before = await self._all()
        self._log.clear()

    async def _all(self) -> dict[str, list[Any]]:
        def work(connection: Any) -> dict[str, list[Any]]:
            return {
                name: sorted(map(repr, connection.execute(select(table))))
                for name, table in schema.metadata.tables.items()
            }

        return await self._shop.read(work)

    async def refused(self, reply: httpx.Response, status: int, code: str, reason: str) -> None:
        """The reply says why, the log says whose call it was and why, and no row is another."""
        problem = reply.json()["error"]
        assert (reply.status_code, problem["code"]) == (status, code)
        assert reason in problem["message"]
        assert [reason in record.getMessage() for record in self._log.records] == [True]
        assert "\n" not in self._log.records[0].getMessage()
        await self.unchanged()

    async def unchanged(self) -> None:
        """No row is another than it was."""
        assert await self._all() == self._before


@pytest.fixture
async def watched(shop: Shop, till: WireTill, caplog: pytest.LogCaptureFixture) -> Watched:
    """The shop with a till that has sold; what is logged for whoever serves."""
    till.sell()
    await till.push()
    caplog.set_level("WARNING", "backoffice")
    made = Watched(shop, caplog)
    await made.begin()
    return made


async def enrol(till: WireTill, code: str) -> httpx.Response:
    return await till.request("POST", "/v1/enrol", till.enrolment(code))


async def push(till: WireTill, body: bytes, encoding: str) -> httpx.Response:
    headers = {**till.headers("POST", "/v1/journal", body), "content-encoding": encoding}
    return await till.client.post("/v1/journal", content=body, headers=headers)


# --- enrolment codes


async def test_a_wrong_enrolment_code(shop: Shop, watched: Watched) -> None:
    reply = await enrol(shop.stranger(), "ABCD-EFGH-JKLM-NPQR")

    await watched.refused(reply, 403, "bad_code", "No till waits for this code")


async def test_a_reused_enrolment_code(shop: Shop, watched: Watched) -> None:
    code = await shop.code()
    await shop.stranger().enrol(code)
    await watched.begin()

    reply = await enrol(shop.stranger(), code)

    await watched.refused(reply, 403, "used_code", "each enrols one till")


async def test_an_expired_enrolment_code(shop: Shop, watched: Watched) -> None:
    code = await shop.code()
    shop.clock.move(days=8)
    await watched.begin()

    reply = await enrol(shop.stranger(), code)

    await watched.refused(reply, 403, "expired_code", "good until 2026-11-09")


# --- requests


async def test_a_clock_a_year_off(shop: Shop, till: WireTill, watched: Watched) -> None:
    created = int(shop.clock.now().timestamp()) - 365 * 86_400
    headers = till.headers("POST", "/v1/lease", b"", created=created)

    reply = await till.client.post("/v1/lease", headers=headers)

    await watched.refused(reply, 401, "bad_clock", "31536000 s away from the server's time")
    assert reply.json()["error"]["time"].startswith("2026-11-02T08:00:00")


async def test_a_replayed_request(till: WireTill, watched: Watched) -> None:
    headers = till.headers("POST", "/v1/lease", b"")
    assert (await till.client.post("/v1/lease", headers=headers)).status_code == 200

    reply = await till.client.post("/v1/lease", headers=headers)

    await watched.refused(reply, 401, "replayed", "sign each one anew")


async def test_an_altered_request(till: WireTill, watched: Watched) -> None:
    body = msgspec.json.encode(push_of(till.entries))
    headers = till.headers("POST", "/v1/journal", body)

    reply = await till.client.post("/v1/journal", content=body.replace(b"0", b"1", 1), headers=headers)

    await watched.refused(reply, 401, "bad_signature", "its body is not the one that was signed")


async def test_another_tills_identity(shop: Shop, till: WireTill, watched: Watched) -> None:
    thief = await shop.till()
    await watched.begin()
    thief.till_id = till.till_id

    reply = await thief.request("POST", "/v1/lease")

    await watched.refused(reply, 401, "bad_signature", "its signature is not this till's")


async def test_entries_of_another_till_are_kept_aside_and_said(
    shop: Shop, till: WireTill, watched: Watched
) -> None:
    thief = await shop.till()
    thief.identity = till.identity
    thief.sell()

    pushed = await thief.push()

    (result,) = pushed.results
    assert (result.status, result.reason) == (
        "quarantined",
        "it belongs to another till: 1 of shop " + till.identity.shop,
    )
    assert {row.till for row in await shop.rows(schema.ticket)} == {await shop.till_id(till)}


# --- bodies


async def test_an_oversized_body(till: WireTill, watched: Watched) -> None:
    reply = await push(till, b" " * (MAX_BODY + 1), "identity")

    await watched.refused(reply, 413, "too_large", f"more than {MAX_BODY} bytes")


async def test_a_truncated_body(till: WireTill, watched: Watched) -> None:
    for _ in range(10):
        till.sell()
    whole = zstandard.compress(msgspec.json.encode(push_of(till.entries)))

    reply = await push(till, whole[: len(whole) // 2], "zstd")

    await watched.refused(reply, 400, "bad_request", "the body is no zstd frame")


async def test_a_double_encoded_body(till: WireTill, watched: Watched) -> None:
    twice = gzip.compress(zstandard.compress(msgspec.json.encode(push_of(till.entries))))

    reply = await push(till, twice, "zstd, gzip")

    await watched.refused(reply, 400, "bad_request", "is not taken: zstd or gzip, once")


@pytest.mark.parametrize("encoding", ["zstd", "gzip"])
async def test_a_bomb_compressed_body(till: WireTill, watched: Watched, encoding: str) -> None:
    bomb = b" " * 50_000_000
    packed = zstandard.compress(bomb) if encoding == "zstd" else gzip.compress(bomb, 1)

    reply = await push(till, packed, encoding)

    await watched.refused(reply, 413, "too_large", "bytes")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", Spelled("cut_json")),
        (b"{]", Spelled("malformed_json", {"byte": "1"})),
        (b"{}", Spelled("missing_field", {"field": "entries", "place": "$"})),
        (b'{"entries": 5}', Spelled("wrong_type", {"wanted": "array", "found": "int", "place": "$.entries"})),
        (b'{"later": ' + b"[" * 100_000, Spelled("nested_too_deep")),
    ],
    ids=["nothing", "malformed", "a field missing", "another type", "nested"],
)
async def test_a_body_that_says_something_else_is_told_what_by_code(
    till: WireTill, watched: Watched, body: bytes, told: Spelled
) -> None:
    reply = await push(till, body, "identity")

    await watched.refused(reply, 400, "bad_request", "The body is refused: ")
    problem = msgspec.json.decode(reply.content, type=ErrorReply).error
    assert problem.cause == Spelled("body_refused", {"reason": told})


# --- what comes later, and what means something elsewhere


async def test_unknown_fields_are_ignored_at_every_level(shop: Shop, till: WireTill) -> None:
    entry = till.sell(newer={"what": "this server does not know"})
    body = msgspec.to_builtins(push_of([entry])) | {"later": 1}
    body["entries"][0]["later"] = [1, 2]

    pushed = await till.call(Pushed, "POST", "/v1/journal", body)

    assert [result.status for result in pushed.results] == ["stored"]
    assert (await till.hello()).directives == ()


async def test_an_unknown_version_of_the_records(till: WireTill, watched: Watched) -> None:
    reply = await till.request("GET", "/v1/changes?handle=2&cursor=0")

    await watched.refused(reply, 426, "upgrade", "Handle 2 is not spoken here; 1 is. Update the program.")


async def test_an_entry_of_an_unknown_version_is_kept_aside_and_said(shop: Shop, till: WireTill) -> None:
    entry = till.sell()
    canonical = entry.canonical.replace(b'"v":1', b'"v":9')
    digest = chain_hash(entry.prev_hash, canonical)
    other = replace(
        sent(entry), canonical=canonical.decode(), hash=digest.hex(), signature=till.signer.sign(digest).hex()
    )

    pushed = await till.call(Pushed, "POST", "/v1/journal", Push((other,), entry.prev_hash.hex()))

    (result,) = pushed.results
    assert (result.status, result.reason) == ("quarantined", "it says that it is entry 1 of version 9")
    assert result.cause == Spelled("entry_elsewhere", {"seq": 1, "version": 9})
    assert await shop.rows(schema.ticket) == []


@pytest.mark.parametrize("text", METACHARACTERS)
async def test_sql_and_path_metacharacters_are_text(
    shop: Shop, till: WireTill, watched: Watched, text: str
) -> None:
    stranger = shop.stranger()

    code = await enrol(stranger, text)
    await watched.refused(code, 403, "bad_code", "No till waits for this code")
    await watched.begin()
    path = await till.client.get("/v1/snapshots/shop/" + text.replace("%", "%25").replace("?", "%3F"))
    assert path.status_code in {401, 404}
    baskets = {"customer": text, "basket": [{"code": text}]}
    offers = await till.request("POST", "/v1/offers", baskets)
    assert (offers.status_code, offers.json()) == (200, {"offers": []})
    await watched.unchanged()


async def test_metacharacters_in_a_header_do_not_write_the_log(till: WireTill, watched: Watched) -> None:
    headers = {
        name.encode(): value.encode() for name, value in till.headers("POST", "/v1/lease", b"").items()
    }
    headers[b"tui-till"] = b"\x1b[2J\xe9 admin"

    reply = await till.client.post("/v1/lease", headers=headers)

    await watched.refused(reply, 401, "bad_signature", "it does not name its till and epoch")


# --- the disk


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_full_disk_of_the_server(shop: Shop, till: WireTill, watched: Watched) -> None:
    for _ in range(50):
        till.sell()

    def limit(connection: Any, pages: int) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    used = await shop.read(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    await shop.write(limit, used + 2)
    reply = await till.request("POST", "/v1/journal", push_of(till.entries))

    await watched.refused(reply, 503, "storage_full", "The database's disk is full. Nothing was kept")
    await shop.write(limit, 1_000_000)
    assert (await till.push()).acked_through == 51

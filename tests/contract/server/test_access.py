"""Who is let in, and what is refused: each with its reason, and nothing changed."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import zstandard

from backoffice import schema
from sync.protocol.signing import content_digest
from sync.protocol.wire import MAX_BODY, PROTOCOL_HEADER, TIME_HEADER, push_of

if TYPE_CHECKING:
    import httpx

    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

# nothing here depends on the database
pytestmark = pytest.mark.parametrize("address", ["sqlite"], indirect=True)


def code_of(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


async def send(
    till: WireTill, method: str, target: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str]:
    return code_of(await till.client.request(method, target, content=body, headers=headers))


def hello(till: WireTill) -> bytes:
    return msgspec.json.encode(till.greeting())


async def test_ping_asks_for_nothing_and_says_who_answers(shop: Shop) -> None:
    reply = await shop.client.get("/v1/ping")

    assert reply.status_code == 204
    assert reply.headers[PROTOCOL_HEADER] == "1-1"
    assert int(reply.headers[TIME_HEADER]) == int(shop.clock.now().timestamp() * 1000)


async def test_ping_answers_while_the_database_does_not(shop: Shop) -> None:
    await shop.server.database.close()

    assert (await shop.client.get("/v1/ping")).status_code == 204


async def test_whoever_does_not_sign_is_refused(till: WireTill) -> None:
    assert await send(till, "POST", "/v1/hello", hello(till), {}) == (401, "bad_signature")


@pytest.mark.parametrize(
    "left_out", ["signature", "signature-input", "content-digest", "tui-till", "tui-epoch"]
)
async def test_each_part_of_a_signature_is_needed(till: WireTill, left_out: str) -> None:
    headers = till.headers("POST", "/v1/hello", hello(till))
    del headers[left_out]

    assert (await send(till, "POST", "/v1/hello", hello(till), headers))[0] == 401


async def test_a_body_that_was_altered_on_the_way_is_refused(till: WireTill) -> None:
    body = hello(till)
    headers = till.headers("POST", "/v1/hello", body)

    altered = body.replace(b'"last_seq":0', b'"last_seq":9')
    assert await send(till, "POST", "/v1/hello", altered, headers) == (401, "bad_signature")

    headers["content-digest"] = content_digest(altered)
    assert await send(till, "POST", "/v1/hello", altered, headers) == (401, "bad_signature")


async def test_a_target_that_was_altered_on_the_way_is_refused(till: WireTill) -> None:
    headers = till.headers("GET", "/v1/changes?cursor=5", b"")

    assert await send(till, "GET", "/v1/changes?cursor=6", b"", headers) == (401, "bad_signature")


async def test_another_method_than_the_one_signed_is_refused(till: WireTill) -> None:
    headers = till.headers("GET", "/v1/journal", b"")

    assert await send(till, "POST", "/v1/journal", b"", headers) == (401, "bad_signature")


async def test_the_identity_of_another_till_does_not_help(shop: Shop, till: WireTill) -> None:
    thief = await shop.till()
    thief.till_id = till.till_id

    reply = await thief.request("POST", "/v1/hello", thief.greeting())

    assert code_of(reply) == (401, "bad_signature")


@pytest.mark.parametrize("till_id", ["", "nobody", "01a200fb-1ca4-7504-b87d-c9be499540a8", "0" * 36])
async def test_a_till_that_is_not_known_is_refused(till: WireTill, till_id: str) -> None:
    headers = till.headers("POST", "/v1/hello", hello(till), till_id=till_id)

    assert await send(till, "POST", "/v1/hello", hello(till), headers) == (401, "unknown_till")


@pytest.mark.parametrize("till_id", ["' OR 1=1 --", "../../etc/passwd", "%C3%A9", "a" * 5000, "\\x00"])
async def test_signs_that_mean_something_elsewhere_mean_nothing_here(till: WireTill, till_id: str) -> None:
    headers = till.headers("POST", "/v1/hello", hello(till))
    headers["tui-till"] = till_id

    assert await send(till, "POST", "/v1/hello", hello(till), headers) == (401, "bad_signature")


async def test_a_request_serves_once(shop: Shop, till: WireTill) -> None:
    headers = till.headers("POST", "/v1/hello", hello(till))
    first = await till.client.post("/v1/hello", content=hello(till), headers=headers)

    assert first.status_code == 200
    assert await send(till, "POST", "/v1/hello", hello(till), headers) == (401, "replayed")


async def test_a_nonce_is_good_again_for_nobody_within_the_window(shop: Shop, till: WireTill) -> None:
    headers = till.headers("POST", "/v1/hello", hello(till))
    await till.client.post("/v1/hello", content=hello(till), headers=headers)
    shop.clock.move(seconds=299)

    assert await send(till, "POST", "/v1/hello", hello(till), headers) == (401, "replayed")


@pytest.mark.parametrize("days", [1 / 24, 365, -365, 20_000])
async def test_a_wrong_clock_is_refused_with_the_right_time(shop: Shop, till: WireTill, days: float) -> None:
    created = int(shop.clock.now().timestamp() + days * 86_400)
    headers = till.headers("POST", "/v1/hello", hello(till), created=created)

    reply = await till.client.post("/v1/hello", content=hello(till), headers=headers)

    assert code_of(reply) == (401, "bad_clock")
    assert reply.json()["error"]["time"].startswith("2026-11-02T08:00:00")


async def test_a_request_of_an_epoch_that_is_over_is_refused(shop: Shop, till: WireTill) -> None:
    other = shop.stranger()
    await other.enrol(await shop.another_code(till))

    assert code_of(await till.request("POST", "/v1/lease")) == (409, "epoch")


async def push_encoded(till: WireTill, body: bytes, encoding: str) -> tuple[int, str]:
    headers = {**till.headers("POST", "/v1/journal", body), "content-encoding": encoding}
    return await send(till, "POST", "/v1/journal", body, headers)


async def test_a_body_that_becomes_too_large_is_refused_before_it_does(shop: Shop, till: WireTill) -> None:
    bomb = b" " * 50_000_000

    assert await push_encoded(till, zstandard.compress(bomb), "zstd") == (413, "too_large")
    assert await push_encoded(till, gzip.compress(bomb), "gzip") == (413, "too_large")
    silent = zstandard.ZstdCompressor(write_content_size=False).compress(bomb)
    assert await push_encoded(till, silent, "zstd") == (413, "too_large")


async def test_a_body_that_is_too_large_is_refused(till: WireTill) -> None:
    assert await push_encoded(till, b" " * (MAX_BODY + 1), "identity") == (413, "too_large")


async def test_a_body_is_encoded_once(till: WireTill) -> None:
    till.sell()
    plain = msgspec.json.encode(push_of(till.entries))
    twice = gzip.compress(zstandard.compress(plain))

    assert await push_encoded(till, twice, "zstd, gzip") == (400, "bad_request")
    assert await push_encoded(till, twice, "gzip") == (400, "bad_request")
    assert await push_encoded(till, plain, "br") == (400, "bad_request")
    assert await push_encoded(till, plain, "zstd") == (400, "bad_request")


async def test_a_body_that_was_cut_is_refused(shop: Shop, till: WireTill) -> None:
    for _ in range(20):
        till.sell()
    packed = zstandard.compress(msgspec.json.encode(push_of(till.entries)))

    for end in (0, 1, 10, len(packed) // 2, len(packed) - 1):
        assert await push_encoded(till, packed[:end], "zstd") == (400, "bad_request")
    assert await shop.rows(schema.entry) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"null", b"[]", b'{"entries":{}}', b"\xff\xfe", b"[" * 10_000, b'{"entries":[{"seq":"1"}]}'],
)
async def test_a_body_that_is_no_push_is_refused(till: WireTill, body: bytes) -> None:
    assert await push_encoded(till, body, "identity") == (400, "bad_request")


@pytest.mark.parametrize(
    "query",
    ["cursor=-1", "cursor=x", "cursor=1e3", "cursor=" + "9" * 40, "limit=%27", "wait=%D9%A3", "stream=other"],
)
async def test_a_query_that_says_nothing_is_refused(till: WireTill, query: str) -> None:
    assert code_of(await till.request("GET", f"/v1/changes?{query}"))[0] in {400, 410}


async def test_a_handle_that_is_not_spoken_asks_for_another_program(till: WireTill) -> None:
    assert code_of(await till.request("GET", "/v1/changes?handle=2&cursor=0")) == (426, "upgrade")


@pytest.mark.parametrize(
    "path", ["..%2f..%2fserver.db", "a.zst", "%00", "0" * 64 + ".zst", "../shop", "%2e%2e/manifest.json"]
)
async def test_a_blob_is_only_found_by_its_name(till: WireTill, path: str) -> None:
    reply = await till.request("GET", f"/v1/snapshots/shop/{path}")

    assert reply.status_code in {401, 404}


async def test_errors_have_one_shape_and_every_answer_its_marks(till: WireTill) -> None:
    for reply in (
        await till.request("POST", "/v1/hello", b"junk"),
        await till.client.get("/v1/nothing"),
        await till.client.get("/"),
    ):
        assert PROTOCOL_HEADER in reply.headers
    problem: dict[str, Any] = (await till.request("POST", "/v1/hello", b"junk")).json()["error"]
    assert problem["code"] == "bad_request"
    assert problem["message"]

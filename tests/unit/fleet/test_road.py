"""The way of a fleet's till to its server: what the plan says happens to its requests, and is counted."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from sync.errors import TimedOut, Unreachable
from sync.ports import Reply, Request, Stream
from tui_pos.fleet.faults import read_plan
from tui_pos.fleet.road import Road, Seen

REQUEST = Request("POST", "/v1/journal", body=b"entries")
ANSWER = Reply(200, {}, b"an answer of some length")


class Server:
    """Answers everything, and remembers what came."""

    def __init__(self) -> None:
        self.came: list[Request] = []
        self.status = 200
        self.headers: Mapping[str, str] = {}

    async def exchange(self, request: Request, *, within: float, limit: int) -> Reply:
        self.came.append(request)
        return Reply(self.status, ANSWER.headers, ANSWER.body)

    @asynccontextmanager
    async def stream(self, request: Request, *, within: float) -> AsyncIterator[Stream]:
        self.came.append(request)
        yield self

    async def chunks(self) -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"part"

    async def close(self) -> None:
        self.came.clear()


@pytest.fixture
def server() -> Server:
    return Server()


def road(server: Server, plan: str) -> tuple[Road, Seen]:
    seen = Seen()
    return Road(server, read_plan(plan), random.Random(3), seen), seen


async def send(way: Road, within: float = 5) -> Reply:
    return await way.exchange(REQUEST, within=within, limit=1000)


async def test_a_lost_request_never_arrives_and_a_lost_reply_has(server: Server) -> None:
    for plan, arrived in (("lost-request=100", 0), ("lost-reply=100", 1)):
        way, seen = road(server, plan)
        server.came.clear()
        with pytest.raises(Unreachable):
            await send(way)
        assert len(server.came) == arrived
        assert seen.errors == {"Unreachable": 1}
        assert seen.faults.total() == 1


async def test_a_doubled_request_arrives_twice_as_it_was(server: Server) -> None:
    way, _ = road(server, "doubled=100")

    assert await send(way) == ANSWER
    assert server.came == [REQUEST, REQUEST]


async def test_a_cut_answer_is_the_beginning_of_it(server: Server) -> None:
    way, _ = road(server, "cut=100")

    bodies = [(await send(way)).body for _ in range(20)]

    assert all(ANSWER.body.startswith(body) for body in bodies)
    assert len(set(bodies)) > 5


async def test_a_503_is_that_of_a_server_and_tells_when_to_come_again(server: Server) -> None:
    way, seen = road(server, "503=100")

    reply = await send(way)

    assert (reply.status, reply.headers["retry-after"], server.came) == (503, "1", [])
    assert seen.errors == {"503": 1}
    async with way.stream(REQUEST, within=5) as stream:
        assert (stream.status, [part async for part in stream.chunks()]) == (503, [])


async def test_whoever_waits_longer_than_he_would_hears_that_nothing_came_in_time(server: Server) -> None:
    way, seen = road(server, "delay=100:30")

    with pytest.raises(TimedOut):
        await send(way, within=0.01)
    assert seen.errors == {"TimedOut": 1}


async def test_while_the_cable_is_out_nothing_arrives_until_all_is_healed(server: Server) -> None:
    way, seen = road(server, "offline=100:3600")

    for _ in range(2):
        with pytest.raises(Unreachable, match="cable"):
            await send(way)
    way.healed = True

    assert await send(way) == ANSWER
    assert seen.errors == {"Unreachable": 2}


async def test_a_stream_that_is_cut_ends_early_and_says_so(server: Server) -> None:
    way, seen = road(server, "cut=100")

    async with way.stream(REQUEST, within=5) as stream:
        with pytest.raises(Unreachable, match="cut"):
            [part async for part in stream.chunks()]
    assert seen.faults == {"cut": 1}


async def test_answers_that_refuse_are_counted_by_their_status(server: Server) -> None:
    way, seen = road(server, "cut=0")
    server.status = 401

    await send(way)

    assert seen.errors == {"401": 1}

"""Tills and their server, real processes, killed at random points.

    python -m tests.e2e.kill_rounds --rounds 200 --seed 7

Each round sells on every till while the network between is bad, and `SIGKILL`s a till, the server or both: a till while
it works through what it was given, the server at a point within a request. After the rounds everything heals, and the
server's books must be the union of the tills' journals: nothing lost, nothing doubled, every chain whole, no gap.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from tests.e2e.proxy import Point, Proxy, Strike
from tests.server_process import ROOT, ServerProcess
from tests.waiting import PATIENCE
from tui_pos.fleet.faults import Plan, read_plan

TILLS = 2
NETWORK = "lost-request=4, lost-reply=6, doubled=6, cut=6, delay=6:0.1, 503=4"
SETTLED_IN = PATIENCE
"""Seconds in which everything has to be sent in the end."""
GOODS = ("9520340700008", "9520010100008", "9520010400009")
Reply = dict[str, Any]


class Outcome(Struct, frozen=True):
    """What the rounds came to."""

    rounds: int
    tickets: int
    entries: int
    kills: Counter[str]
    faults: Counter[str]
    problems: list[str]


class TillProcess:
    """A till in a process of its own, driven by JSON lines."""

    def __init__(self, profile: Path, environment: dict[str, str]) -> None:
        self.profile = profile
        self.closed: list[Reply] = []
        """The tickets of which it has said that they are closed."""
        self.refused: list[str] = []
        """What it would not do."""
        self.journal: list[Reply] = []
        """Its entries in the end, as they are exported."""
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def command(self, *arguments: str) -> str:
        """One command on its profile, which has to succeed; gives what it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tui_pos", *arguments, "--profile", str(self.profile), "--lang", "en"),
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        assert process.returncode == 0, f"{arguments}: {errors.decode()[-300:]}"
        return output.decode()

    async def start(self) -> None:
        """Start it, signed in, with a session open."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tui_pos", "headless", "--profile", str(self.profile), "--lang", "en"),
            cwd=ROOT,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=1 << 20,
        )
        signed_in = await self.ask("sign_in", user="2", pin="2222")
        if signed_in["state"]["session"] is None:
            await self.ask("open_session", float=10_000)

    def send(self, do: str, **fields: object) -> None:
        """Give it a request."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")

    async def hear(self) -> Reply:
        """Its next reply."""
        assert self._process is not None
        assert self._process.stdout is not None
        reply: Reply = json.loads(await self._process.stdout.readline())
        self._note(reply)
        return reply

    def _note(self, reply: Reply) -> None:
        if "closed" in reply:
            self.closed.append(reply["closed"])
        if not reply["ok"]:
            self.refused.append(reply["error"]["message"])

    async def ask(self, do: str, **fields: object) -> Reply:
        """A request and its reply."""
        self.send(do, **fields)
        return await self.hear()

    async def kill(self) -> None:
        """As the power does it."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.kill()
        # what it had said before it died was said
        assert self._process.stdout is not None
        for line in (await self._process.stdout.read()).splitlines():
            with suppress(json.JSONDecodeError):
                self._note(json.loads(line))
        await self._process.wait()

    async def end(self) -> None:
        """Give it no more requests, and wait until it has ended."""
        assert self._process is not None
        # without something to send, its input would stay open
        await self._process.communicate(b"")
        assert self._process.returncode == 0


class Rounds:
    """A server, its tills, and the bad network between."""

    def __init__(self, folder: Path, server: ServerProcess, seed: int) -> None:
        self.kills = Counter[str]()
        self._server = server
        self._chance = random.Random(f"rounds {seed}")
        self._proxy = Proxy(server.port, Plan(), seed)
        self._serving: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the server serves."""
        self._serving.set_result(None)
        self._tills = [
            TillProcess(folder / f"till-{n}", dict(server.environment)) for n in range(1, TILLS + 1)
        ]

    async def prepare(self) -> None:
        """Enrol and load the tills, over a network on which nothing goes wrong yet."""
        await self._proxy.start()
        await asyncio.gather(*map(self._enrol, self._tills))
        self._proxy.plan = read_plan(NETWORK)
        await asyncio.gather(*(till.start() for till in self._tills))

    async def _enrol(self, till: TillProcess) -> None:
        config = till.profile.with_suffix(".config")
        url = f"http://127.0.0.1:{self._proxy.port}"
        add = ("till", "add", "--name", till.profile.name, "--url", url, "--config", str(config))
        await asyncio.to_thread(self._server.run, *add)
        await till.command("setup", "--config", str(config))
        await till.command("load", "full")

    async def round(self) -> None:
        """Sell everywhere, kill somebody, and start him again."""
        chance = self._chance
        victims = chance.choice(("till", "server", "both"))
        victim = chance.choice(self._tills) if victims != "server" else None
        strike = None
        if victims != "till":
            point = chance.choice(list(Point))
            strike = Strike(point, chance.randrange(4), lambda: self._server.end(signal.SIGKILL))
            self.kills[f"server {point}"] += 1
            # the last one's server may still be starting, while the tills sell
            await self._serving
        self._proxy.strike = strike
        await asyncio.gather(*(self._sell(till, killed=till is victim) for till in self._tills))
        if strike is not None:
            await self._fallen(strike)
            self._serving = asyncio.create_task(asyncio.to_thread(self._server.start))
        if victim is not None:
            await victim.start()

    async def _sell(self, till: TillProcess, *, killed: bool) -> None:
        """Some tickets, given to the till all at once; whoever is to be killed is, after one of his replies."""
        requests = 0
        for _ in range(self._chance.randint(1, 4)):
            for _ in range(self._chance.randint(1, 3)):
                till.send("scan", code=self._chance.choice(GOODS))
                requests += 1
            till.send("tender", method=self._chance.choice(("CASH", "CHEQUE")))
            requests += 1
        heard = self._chance.randint(0, requests - 1) if killed else requests
        for _ in range(heard):
            await till.hear()
        if killed:
            self.kills["till"] += 1
            await till.kill()

    async def _fallen(self, strike: Strike) -> None:
        """Ask for something until the strike has fallen."""
        while not strike.done.is_set():
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self._proxy.port)
                writer.write(b"GET /v1/ping HTTP/1.1\r\nhost: server\r\n\r\n")
                await writer.drain()
                await asyncio.sleep(0)
                writer.close()

    async def settle(self) -> None:
        """Let everything heal, and every till send what it has."""
        self._proxy.strike = None
        self._proxy.heal()
        await self._serving
        await asyncio.gather(*map(self._finish, self._tills))
        await self._proxy.stop()

    async def _finish(self, till: TillProcess) -> None:
        if (await till.ask("status"))["state"]["ticket"] is not None:
            await till.ask("tender", method="CASH")
        await till.ask("close_session")
        await till.ask("wait", **{"for": "pushed", "timeout": SETTLED_IN})
        await till.end()
        # an export is an entry too, as its end was
        till.journal = [json.loads(line) for line in (await till.command("journal", "export")).splitlines()]
        await till.command("sync", "--once")

    async def outcome(self, rounds: int) -> Outcome:
        """Compare what both sides hold."""
        books = {book["name"]: book for book in await asyncio.to_thread(self._server.books)}
        held = _held(self._server)
        problems, entries, hashes = list[str](), 0, list[str]()
        for till in self._tills:
            book = books[till.profile.name]
            await till.command("journal", "verify")
            lines = [_entry(line) for line in till.journal]
            journal = [(line["seq"], line["hash"]) for line in lines]
            tickets = [line["hash"] for line in lines if line["kind"] == "ticket"]
            problems += [
                f"{till.profile.name}: {text}" for text in _compare(till, journal, tickets, book, held)
            ]
            entries += len(journal)
            hashes += tickets
        stored = [ticket["hash"] for ticket in await asyncio.to_thread(self._server.tickets)]
        if Counter(stored) != Counter(hashes):
            problems.append("the server's tickets are not those of the journals")
        return Outcome(rounds, len(hashes), entries, self.kills, self._proxy.faults, problems)


def _entry(line: Reply) -> Reply:
    return {**json.loads(line["canonical"]), "hash": line["hash"]}


def _held(server: ServerProcess) -> dict[str, list[tuple[int, str]]]:
    """Position and hash of all entries that the server's database holds, by till."""
    found: dict[str, list[tuple[int, str]]] = {}
    with closing(sqlite3.connect(server.database.removeprefix("sqlite:///"))) as database:
        for till, seq, digest in database.execute(
            "SELECT till.name, seq, hash FROM entry JOIN till ON till.id = entry.till ORDER BY till, seq"
        ):
            found.setdefault(till, []).append((seq, bytes(digest).hex()))
    return found


def _compare(
    till: TillProcess,
    journal: list[tuple[int, str]],
    tickets: list[str],
    book: Reply,
    held: dict[str, list[tuple[int, str]]],
) -> list[str]:
    """In what a till's journal and the server differ, or the journal and what the till has said."""
    problems = [f"refused: {text}" for text in till.refused]
    if [seq for seq, _ in journal] != list(range(1, len(journal) + 1)):
        problems.append("its journal has a gap")
    if held.get(till.profile.name) != journal:
        problems.append("the server does not hold its journal")
    figures = {"entries": len(journal), "last_seq": len(journal), "tickets": len(tickets), "quarantined": 0}
    problems += [
        f"{name}: {book[name]} on the server, {figure} here"
        for name, figure in figures.items()
        if book[name] != figure
    ]
    said = Counter(ticket["hash"] for ticket in till.closed)
    if any(count > 1 for count in said.values()) or set(said) - set(tickets):
        problems.append("a ticket that it said was closed is not in its journal, or twice")
    return problems


async def run(rounds: int, seed: int, folder: Path, server: ServerProcess, *, tell: bool = False) -> Outcome:
    """So many rounds on a server that serves; it serves no more afterwards."""
    world = Rounds(folder, server, seed)
    await world.prepare()
    for number in range(1, rounds + 1):
        await world.round()
        if tell:
            print(f"round {number}: {dict(world.kills)}", flush=True)
    await world.settle()
    return await world.outcome(rounds)


def main() -> int:
    """Run rounds; exit status 1 when something is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.kill_rounds", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = ServerProcess(folder)
        server.run("init", "--demo", "retail")
        server.start()
        try:
            outcome = asyncio.run(run(given.rounds, given.seed, folder, server, tell=True))
        finally:
            server.end()
    print(
        f"seed {given.seed}: {outcome.rounds} rounds, {outcome.tickets} tickets, {outcome.entries} entries, "
        f"{dict(outcome.kills)}, {dict(outcome.faults)}, {time.monotonic() - began:.0f} s"
    )
    for problem in outcome.problems:
        print(f"  {problem}")
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())

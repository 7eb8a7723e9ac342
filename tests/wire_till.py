"""A till as the server sees it: a key, a journal in memory, and signed requests. It has no store and no engine."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import httpx
import msgspec

from fixtures import load_shop
from sync.protocol import GENESIS_HASH, Entry, Identity, ProductRecord, Signer, make_entry
from sync.protocol.bodies import pack
from sync.protocol.signing import sign
from sync.protocol.wire import (
    Enrolled,
    EnrolRequest,
    FeedLine,
    Hello,
    Pushed,
    SentEntry,
    Welcome,
    push_of,
)
from tui_pos.sale.tax import vat_rows

T = TypeVar("T")

GOODS: Sequence[ProductRecord] = [
    product for product in load_shop("retail").products if product.unit_price and not product.weighed
]
MORNING = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


class Books:
    """Writes what a till writes, from a seed: the bodies of entries."""

    def __init__(self, number: str, seed: int = 1, at: datetime = MORNING) -> None:
        self._rng = random.Random(seed)
        self._number = number
        self._tickets = 0
        self.at = at

    def uuid(self) -> str:
        """A UUID of version 7 of this moment."""
        high = int(self.at.timestamp() * 1000) << 16 | 7 << 12 | self._rng.getrandbits(12)
        return str(UUID(int=high << 64 | 2 << 62 | self._rng.getrandbits(62)))

    def ticket(self, **other: Any) -> dict[str, Any]:
        """A sale of one to six products, paid exactly."""
        self._tickets += 1
        self.at += timedelta(seconds=30)
        chosen = self._rng.choices(GOODS, k=self._rng.randint(1, 6))
        return self.sale(
            [(product, Decimal(1)) for product in chosen], self._rng.choice(("CASH", "CARD")), **other
        )

    def sale(
        self, goods: Sequence[tuple[ProductRecord, Decimal]], method: str = "CASH", **other: Any
    ) -> dict[str, Any]:
        """A closed ticket of these goods."""
        lines = [_line(n, product, quantity) for n, (product, quantity) in enumerate(goods, 1)]
        total = sum(line["total"] for line in lines)
        moment = self.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "number": f"{self._number}-{self._tickets:06d}",
            "uuid": self.uuid(),
            "customer": None,
            "lines": lines,
            "count": len(lines),
            "subtotal": total,
            "discount": 0,
            "total": total,
            "paid": total,
            "due": 0,
            "change": 0,
            "vat": [
                msgspec.to_builtins(row)
                for row in vat_rows((Decimal(line["vat_rate"]), line["total"]) for line in lines)
            ],
            "payments": [{"method": method, "amount": total}],
            "closed_at": moment,
            "refund_of": None,
            "user": "1",
            "session": 1,
            "opened_at": moment,
            "corrections": [],
            **other,
        }


def _line(n: int, product: ProductRecord, quantity: Decimal) -> dict[str, Any]:
    assert product.unit_price is not None
    return {
        "n": n,
        "code": product.code,
        "label": product.label,
        "quantity": str(quantity),
        "unit_price": product.unit_price,
        "discount": 0,
        "total": int(quantity * product.unit_price),
        "vat_rate": product.vat_rate,
        "value": None,
    }


class WireTill:
    """One till on the wire.

    Args:
        client: what its requests go through.
        seed: its key and everything it writes come from this.
        now: gives the time that it signs with, in seconds since 1970.
    """

    def __init__(
        self, client: httpx.AsyncClient, seed: int = 1, now: Callable[[], float] = time.time
    ) -> None:
        self.client = client
        self.signer = Signer(seed.to_bytes(32, "big"))
        self.till_id = ""
        self.identity = Identity()
        self.database = f"database-{seed}"
        self.boot = f"boot-{seed}"
        self.entries: list[Entry] = []
        self.books = Books("1", seed)
        self.after: tuple[int, bytes] = (0, GENESIS_HASH)
        self._now = now
        self._nonce = 0
        self._seed = seed

    # --- the journal

    def write(self, kind: str, body: Any) -> Entry:
        """Append to the journal."""
        entry = make_entry(self.identity, self.signer, self.after, kind, body, self.books.at)
        self.after = (entry.seq, entry.hash)
        self.entries.append(entry)
        return entry

    def sell(self, **other: Any) -> Entry:
        """Close a ticket."""
        return self.write("ticket", self.books.ticket(**other))

    def copy(self) -> WireTill:
        """The same till once more: a clone, or what a backup brings back."""
        other = WireTill(self.client, self._seed, self._now)
        other.till_id, other.identity, other.after = self.till_id, self.identity, self.after
        other.entries = list(self.entries)
        # nonces are random on a real till
        other._nonce = self._nonce + 1_000_000
        other.books = Books(self.identity.till, self._seed + 1000, self.books.at)
        return other

    # --- calls

    def headers(self, method: str, target: str, body: bytes, **other: Any) -> dict[str, str]:
        """The headers that sign a request; `other` signs it otherwise."""
        self._nonce += 1
        values: dict[str, Any] = {
            "till_id": self.till_id,
            "epoch": self.identity.epoch if self.till_id else 0,
            "created": int(self._now()),
            "nonce": f"nonce-{self._seed}-{self._nonce:012d}",
            **other,
        }
        return sign(self.signer, method, target, body, **values)

    async def request(
        self, method: str, target: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One signed call; a body that is not bytes goes as packed JSON."""
        encoding = None
        content = b""
        if isinstance(body, bytes):
            content = body
        elif body is not None:
            content, encoding = pack(msgspec.json.encode(body))
        signed = self.headers(method, target, content)
        if encoding:
            signed["content-encoding"] = encoding
        return await self.client.request(
            method, target, content=content, headers={**signed, **(headers or {})}
        )

    async def call(self, kind: type[T], method: str, target: str, body: Any = None) -> T:
        """One signed call that has to succeed."""
        reply = await self.request(method, target, body)
        assert reply.status_code == 200, reply.text
        return msgspec.json.decode(reply.content, type=kind)

    def enrolment(self, code: str, **other: Any) -> EnrolRequest:
        """What it would enrol with."""
        return EnrolRequest(
            code=code, public_key=self.signer.public_key.hex(), database=self.database, **other
        )

    async def enrol(self, code: str) -> Enrolled:
        """Get an identity."""
        enrolled = await self.call(Enrolled, "POST", "/v1/enrol", self.enrolment(code))
        self.take(enrolled)
        return enrolled

    def take(self, enrolled: Enrolled) -> None:
        """Be who the server says."""
        self.till_id = enrolled.till_id
        self.identity = Identity(enrolled.shop_id, enrolled.number, enrolled.epoch)
        self.books = Books(enrolled.number, self._seed, self.books.at)

    async def hello(self, **other: Any) -> Welcome:
        """Say hello."""
        return await self.call(Welcome, "POST", "/v1/hello", self.greeting(**other))

    def greeting(self, **other: Any) -> Hello:
        """What it would say at hello."""
        values: dict[str, Any] = {
            "epoch": self.identity.epoch,
            "last_seq": self.after[0],
            "last_hash": self.after[1].hex() if self.after[0] else "",
            "database": self.database,
            "boot": self.boot,
            **other,
        }
        return Hello(**values)

    async def push(self, entries: Sequence[Entry] | None = None) -> Pushed:
        """Send entries, by default all."""
        return await self.call(
            Pushed, "POST", "/v1/journal", push_of(list(self.entries if entries is None else entries))
        )

    async def changes(self, cursor: int = 0, **query: Any) -> list[FeedLine]:
        """One page of changes."""
        asked = urlencode({"stream": "shop", "handle": 1, "cursor": cursor, **query})
        reply = await self.request("GET", f"/v1/changes?{asked}")
        assert reply.status_code == 200, reply.text
        return feed_lines(reply.content)

    async def own_entries(self, after: int = 0) -> list[SentEntry]:
        """Its own entries, back from the server."""
        reply = await self.request("GET", f"/v1/journal?after={after}")
        assert reply.status_code == 200, reply.text
        return [msgspec.json.decode(line, type=SentEntry) for line in reply.content.splitlines()]


def feed_lines(content: bytes) -> list[FeedLine]:
    """The lines of a page or a snapshot."""
    return [msgspec.json.decode(line, type=FeedLine) for line in content.splitlines()]


class Catalogue:
    """What a till makes of the lines that come down."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], dict[str, Any]] = {}
        self.cursor = 0

    def take(self, lines: list[FeedLine]) -> bool:
        """Take a page; gives whether there is more."""
        assert lines[-1].commit is not None
        for line in lines[:-1]:
            if line.put is not None:
                data = msgspec.json.decode(line.put.data)
                code = data.get("code", data.get("customer", ""))
                self.records[line.put.kind, code] = data
            elif line.remove is not None:
                self.records.pop((line.remove.kind, line.remove.code), None)
        self.cursor = lines[-1].commit.cursor
        return lines[-1].commit.more

    async def follow(self, till: WireTill, limit: int = 500) -> None:
        """Bring all changes."""
        while self.take(await till.changes(self.cursor, limit=limit)):
            pass

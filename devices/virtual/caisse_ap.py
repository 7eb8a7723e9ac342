"""A virtual card terminal that speaks Caisse-AP."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from devices.incoming import Incoming
from devices.terminals import caisse_ap_codec as codec
from devices.transports.transport import Transport
from devices.virtual.twin import SLOWNESS, Sleep, Twin

CARD = "497656######0007"
_REFUSALS = {"refused": "04", "abandoned": "11", "not_completed": "07", "no_card": "08"}
_ECHOED = ("CZ", "CJ", "CA", "CE", "BA", "CD", "CC", "CB", "CF")


def _slip(action: str, amount: int) -> str:
    """A card receipt, as base64."""
    now = datetime.now(UTC).astimezone()
    title = {"0": "DEBIT", "1": "CREDIT", "2": "ANNULATION"}.get(action, "")
    lines = (
        "CARTE BANCAIRE",
        f"LE {now:%d/%m/%Y} A {now:%H:%M:%S}",
        CARD,
        f"{amount // 100},{amount % 100:02d} EUR",
        title,
    )
    return base64.b64encode("\n".join(lines).encode("cp1252")).decode("ascii")


class CaisseApTwin(Twin):
    """Answers orders over a real connection.

    Faults: `offline`; `slow`; `drip` sends byte by byte; `mute` charges and never answers; `cut` charges and hangs up;
    `late` too, and tells the answer to the next caller; `busy` completes nothing; `noise` charges and
    answers rubbish; `stale` answers with the amount of the payment before; `no_amount` leaves the
    amount out; `both` says done and refused at once; `forgetful` does not know its last payment.
    """

    driver = "caisse-ap"
    faults: ClassVar[tuple[str, ...]] = (
        "offline", "slow", "drip", "mute", "cut", "late", "busy", "noise", "stale", "no_amount", "both", "forgetful",
    )  # fmt: skip
    synonyms: ClassVar[Mapping[str, str]] = {"lost": "cut"}

    def __init__(self, name: str = "terminal", sleep: Sleep = asyncio.sleep) -> None:
        super().__init__(name, sleep)
        self.answer = "approved"
        self.cut_at: int | None = None
        """Only so many bytes of an answer leave, then it hangs up."""
        self.asked: list[codec.Tags] = []
        self.charged: list[int] = []
        """What has moved money, minor units; refunds and cancels negative."""
        self.last: dict[str, str] = {}
        """Its last payment, for a duplicate."""
        self._late = b""

    @property
    def plugged(self) -> bool:
        """Whether it can be reached."""
        return self.fault != "offline"

    async def serve(self, line: Transport) -> None:
        """Take one order, answer it, and hang up."""
        if self._late:
            late, self._late = self._late, b""
            await line.write(late)
            return
        order = await self._order(Incoming(line, self.name))
        self.asked.append(order)
        match order["CD"]:
            case "T" | "I":
                answer = order | ({"AE": "01", "AF": "07"} if self.fault == "busy" else {"AE": "10"})
            case "3":
                answer = self._duplicate(order)
            case _:
                answer = self._moved(order)
                if self.fault == "late":
                    self._late = codec.encode(answer)
                    return
        if self.fault == "mute":
            await asyncio.Event().wait()
        if self.fault == "slow":
            await self._sleep(SLOWNESS)
        if self.fault != "cut":
            await self._send(line, codec.encode(answer))

    async def _order(self, incoming: Incoming) -> dict[str, str]:
        """The next order, once it has come whole."""
        data, order = b"", dict[str, str]()
        while "CD" not in order or ("CB" not in order and order["CD"] not in "TI"):
            data += await incoming.some()
            messages, _ = codec.decode(data)
            order = messages[-1] if messages else {}
        return order

    async def _send(self, line: Transport, answer: bytes) -> None:
        if self.fault == "noise":
            answer = bytes(reversed(answer))
        answer = answer[: self.cut_at]
        for piece in map(bytes, zip(answer, strict=True)) if self.fault == "drip" else (answer,):
            await line.write(piece)

    def _moved(self, order: Mapping[str, str]) -> dict[str, str]:
        answer = {tag: order[tag] for tag in _ECHOED if tag in order}
        if self.fault == "busy":
            return answer | {"AE": "01", "AF": "07"}
        if self.answer in _REFUSALS:
            if self.fault == "no_amount":
                del answer["CB"]
            return answer | {"AE": "01", "AF": _REFUSALS[self.answer]}
        amount = int(order["CB"])
        if self.answer == "partial":
            amount //= 2
            answer["CB"] = f"{amount:02d}"
        before = self.last.get("CB", "00")
        self.charged.append(amount if order["CD"] == "0" else -amount)
        self.last = answer | {
            "AE": "10",
            "AA": CARD,
            "AC": f"{len(self.charged):06d}",
            "CG": "4242424",
            "ZT": _slip(order["CD"], amount),
        }
        answer = dict(self.last)
        match self.fault:
            case "stale":
                answer["CB"] = before
            case "no_amount":
                del answer["CB"]
            case "both":
                answer["AF"] = "09"
        return answer

    def _duplicate(self, order: Mapping[str, str]) -> dict[str, str]:
        if self.fault == "forgetful" or not self.last:
            return {tag: order[tag] for tag in _ECHOED if tag in order} | {"AE": "01", "AF": "07"}
        return self.last | {"CD": "3"}

    def output(self) -> Mapping[str, Any]:
        """How often it was asked, and what it has charged."""
        return {"asked": len(self.asked), "charged": list(self.charged)}

    def _read(self, setting: str, value: Any) -> Any:
        if setting == "answer" and value in ("approved", "partial", *_REFUSALS):
            return value
        if setting == "cut_at" and (value is None or (isinstance(value, int) and value >= 0)):
            return value
        return super()._read(setting, value)

    def _allowed(self) -> str:
        answers = "|".join(("approved", "partial", *_REFUSALS))
        return super()._allowed() + f", answer={answers}, cut_at=BYTES|null"

"""`kill -9` in every state of the payment journal: a real till, its real store, and a terminal on a socket."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.terminals import caisse_ap_codec as codec
from tests.json_lines import Process, verify
from tests.waiting import PATIENCE, until
from tui_pos.cli import main

Answer = Callable[[dict[str, str]], dict[str, str] | None]


def approved(order: dict[str, str]) -> dict[str, str]:
    """As a terminal approves; its duplicate is that of the last payment."""
    return order | {"AE": "10", "AC": "000042"}


def refused(order: dict[str, str]) -> dict[str, str]:
    return order | {"AE": "01", "AF": "04"}


def taken(order: dict[str, str]) -> dict[str, str]:
    """It works on it, and says nothing more."""
    return order | {"AE": "11"}


def silent(_: dict[str, str]) -> None:
    """It has read the order."""


class CardTerminal:
    """Reads orders of Caisse-AP, or any bytes, and answers as it is told to; it can be unplugged."""

    def __init__(self) -> None:
        self.answer: Answer = approved
        self.duplicate: Answer = refused
        self.orders: list[dict[str, str]] = []
        self.heard = threading.Semaphore(0)
        """Once for each time that something came."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listening.getsockname()[1]}"
        self._calls: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def debits(self) -> int:
        return sum(order["CD"] == "0" for order in self.orders)

    def wait(self) -> None:
        """Until an order has come."""
        assert self.heard.acquire(timeout=PATIENCE)

    def unplug(self) -> None:
        for each in (self._listening, *self._calls):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                call, _ = self._listening.accept()
                self._calls.append(call)
                self._threads.append(threading.Thread(target=self._serve, args=(call,), daemon=True))
                self._threads[-1].start()

    def _serve(self, call: socket.socket) -> None:
        data = b""
        with contextlib.suppress(OSError):
            while piece := call.recv(4096):
                data += piece
                order = self._order(data)
                if order is None:
                    continue
                self.orders.append(order)
                answer = (self.duplicate if order["CD"] == "3" else self.answer)(order)
                if answer is not None:
                    call.sendall(codec.encode(answer))
                self.heard.release()
                if answer is not None and answer["AE"] != "11":
                    call.shutdown(socket.SHUT_RDWR)
                    return

    def _order(self, data: bytes) -> dict[str, str] | None:
        try:
            messages, rest = codec.decode(data)
        except codec.BadMessage:
            self.heard.release()  # not of this protocol: it is only listened to
            return None
        return messages[0] if messages and not rest and "CB" in messages[0] else None


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop with a session open."""
    profile = tmp_path_factory.mktemp("paying") / "till"
    with Process(profile) as till:
        till.ok("sign_in", user="2", pin="2222")
        till.ok("open_session", float=10000)
        assert till.end()[0] == 0
    return profile


@pytest.fixture
def profile(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "till"))


@pytest.fixture
def terminal() -> Iterator[CardTerminal]:
    terminal = CardTerminal()
    yield terminal
    terminal.unplug()


def begun(profile: Path, terminal: CardTerminal, driver: str = "caisse-ap") -> Process:
    """A till with this terminal, and goods on its ticket."""
    device = ["pay", "--kind", "terminal", "--driver", driver, "--address", terminal.address]
    assert main(["devices", "add", *device, "--profile", str(profile)]) == 0
    till = Process(profile)
    till.ok("sign_in", user="2", pin="2222")
    goods = [found for found in till.ok("search", text="", limit=40)["found"] if not found["weighed"]]
    till.ok("scan", code=goods[0]["code"])
    return till


def again(profile: Path) -> Process:
    """The till after the power is back."""
    till = Process(profile)
    till.ok("sign_in", user="2", pin="2222")
    return till


def in_doubt(till: Process) -> bool:
    return bool(till.ok("status")["state"]["prompt"]["context"] == "payment_unknown")


def sold(till: Process) -> dict[str, Any]:
    (ticket,) = till.ok("tickets", limit=5)["tickets"]
    return dict(ticket)


def test_killed_when_created_it_was_never_sent(profile: Path, terminal: CardTerminal) -> None:
    # ZVT registers before it orders: a terminal that answers no registration holds the payment at its first state
    with begun(profile, terminal, "zvt") as till:
        till.give("tender", method="CARD")
        terminal.wait()
    with again(profile) as till:
        assert not in_doubt(till)
        assert till.ok("tender", method="CASH")["closed"]["total"] > 0
    verify(profile)


@pytest.mark.parametrize("answer", [silent, taken], ids=["sending", "accepted"])
def test_killed_while_the_terminal_has_it_nothing_is_sent_again(
    profile: Path, terminal: CardTerminal, answer: Answer
) -> None:
    terminal.answer = answer
    with begun(profile, terminal) as till:
        till.give("tender", method="CARD")
        terminal.wait()
    with again(profile) as till:
        assert till.ask("tender", method="CARD")["error"]["code"] == "payment_unknown"
    with again(profile) as till:
        assert in_doubt(till), "also after another cut"
        till.ok("resolve_payment", paid=False, reason="the terminal shows nothing")
        assert terminal.debits == 1
        terminal.answer = approved
        closed = till.ok("tender", method="CARD")["closed"]
        assert [payment["method"] for payment in closed["payments"]] == ["CARD"]
    assert terminal.debits == 2
    verify(profile)


def test_killed_while_the_terminal_has_it_and_it_remembers_the_ticket_closes_by_itself(
    profile: Path, terminal: CardTerminal
) -> None:
    terminal.answer = silent
    with begun(profile, terminal) as till:
        till.give("tender", method="CARD")
        terminal.wait()
    (paid,) = terminal.orders
    terminal.duplicate = lambda order: approved(paid | {"CD": order["CD"]})
    with again(profile) as till:
        terminal.wait()
        until(lambda: not in_doubt(till))
        assert sold(till)["payments"][0]["authorisation"] == "000042"
    assert terminal.debits == 1
    verify(profile)


def test_killed_once_it_was_approved_the_ticket_is_closed_with_it(
    profile: Path, terminal: CardTerminal
) -> None:
    with begun(profile, terminal) as till:
        closed = till.ok("tender", method="CARD")["closed"]
    with again(profile) as till:
        assert not in_doubt(till)
        assert sold(till) == closed
    assert terminal.debits == 1
    verify(profile)


def test_killed_once_it_was_declined_the_ticket_is_as_before(profile: Path, terminal: CardTerminal) -> None:
    terminal.answer = refused
    with begun(profile, terminal) as till:
        assert till.ask("tender", method="CARD")["error"]["code"] == "declined"
    with again(profile) as till:
        assert not in_doubt(till)
        assert till.ok("tender", method="CASH")["closed"]["payments"][0]["method"] == "CASH"
    verify(profile)


def test_killed_once_it_could_not_be_sent_the_ticket_is_as_before(
    profile: Path, terminal: CardTerminal
) -> None:
    with begun(profile, terminal) as till:
        terminal.unplug()
        assert till.ask("tender", method="CARD")["error"]["code"] == "device_failed"
    with again(profile) as till:
        assert not in_doubt(till)
        assert till.ok("tender", method="CASH")["closed"]["payments"][0]["method"] == "CASH"
    verify(profile)


@pytest.mark.parametrize("paid", [True, False])
def test_killed_when_its_end_is_unknown_and_again_once_the_cashier_has_said(
    profile: Path, terminal: CardTerminal, paid: bool
) -> None:
    terminal.answer = silent
    with begun(profile, terminal) as till:
        till.give("tender", method="CARD")
        terminal.wait()
        terminal.unplug()
    with again(profile) as till:
        assert in_doubt(till)
        till.ok("resolve_payment", paid=paid, reason="read from the terminal")
    with again(profile) as till:
        assert not in_doubt(till)
        if paid:
            assert sold(till)["payments"][0]["reference"] == "read from the terminal"
        else:
            assert till.ok("tender", method="CASH")["closed"]["payments"][0]["method"] == "CASH"
    verify(profile)


def test_killed_while_the_terminal_takes_a_payment_back(profile: Path, terminal: CardTerminal) -> None:
    with begun(profile, terminal) as till:
        till.ok("tender", method="CARD", amount=1)
        terminal.answer = silent
        terminal.wait()
        till.give("void_payment")
        terminal.wait()
    with again(profile) as till:
        reply = till.ask("void_payment")
        assert reply["error"]["code"] == "payment_unknown"
        assert "took the card payment back" in reply["error"]["message"]
        ticket = till.ok("resolve_payment", paid=True, reason="it printed CANCELLED")["state"]["ticket"]
        assert (ticket["paid"], ticket["payments"]) == (0, [])
    assert [order["CD"] for order in terminal.orders if order["CD"] != "3"] == ["0", "2"]
    verify(profile)

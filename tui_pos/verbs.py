"""The verbs of headless (contracts.md): each is an input of the register, or a query with an answer of its own.

A new input needs its line in `INPUTS`; a new query its record of values, its function, and its line in `QUERIES`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from devices.health import DeviceView
from devices.jobs import Job
from tui_pos import inputs, server_verbs
from tui_pos.device_trial import try_device
from tui_pos.errors import Refused, translated
from tui_pos.l10n import _
from tui_pos.register.views import timestamp
from tui_pos.status import status
from tui_pos.till import Till

Reply: TypeAlias = dict[str, Any]
Query: TypeAlias = Callable[[Till, Any], Awaitable[Reply]]
Page: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000_000)]

INPUTS: Mapping[str, type[inputs.Input]] = {
    "sign_in": inputs.SignIn,
    "sign_out": inputs.SignOut,
    "lock": inputs.Lock,
    "open_session": inputs.OpenSession,
    "scan": inputs.Scan,
    "enter": inputs.Enter,
    "add": inputs.Add,
    "customer": inputs.SetCustomer,
    "customer_create": inputs.CreateCustomer,
    "customer_change": inputs.ChangeCustomer,
    "acknowledge": inputs.AcknowledgeMessage,
    "select": inputs.Select,
    "quantity": inputs.SetQuantity,
    "price": inputs.SetPrice,
    "tare": inputs.Tare,
    "discount": inputs.Discount,
    "void_line": inputs.VoidLine,
    "void_ticket": inputs.VoidTicket,
    "void_payment": inputs.VoidPayment,
    "hold": inputs.Hold,
    "recall": inputs.Recall,
    "return": inputs.Return,
    "pay": inputs.Pay,
    "give_up": inputs.GiveUp,
    "back": inputs.Back,
    "tender": inputs.Tender,
    "cash_in": inputs.CashIn,
    "cash_out": inputs.CashOut,
    "open_drawer": inputs.OpenDrawer,
    "x_report": inputs.XReport,
    "close_session": inputs.CloseSession,
    "close_period": inputs.ClosePeriod,
    "print": inputs.Print,
    "labels": inputs.PrintLabels,
    "print_again": inputs.PrintAgain,
    "drop_print": inputs.DropPrint,
    "reroute": inputs.Reroute,
    "device_add": inputs.SetUpDevice,
    "device_remove": inputs.RemoveDevice,
    "device_assign": inputs.AssignDocument,
    "resolve_payment": inputs.ResolvePayment,
    "authorize": inputs.Authorize,
}


class Search(Struct):
    """Products or customers by name, a page at a time."""

    text: str = ""
    what: Literal["products", "customers"] = "products"
    limit: Page = 50
    offset: Page = 0


class OneTicket(Struct):
    """A ticket by its number; none: the open one."""

    number: str | None = None


class Tickets(Struct):
    """Closed tickets, the latest first."""

    since: str | None = None
    limit: Page = 50
    offset: Page = 0


class OneCustomer(Struct):
    """A customer by code or card; none: that of the open ticket, with what is left to him."""

    code: str | None = None


class Wait(Struct):
    """Wait until something is so; `timeout` in seconds."""

    for_: str = msgspec.field(name="for")
    timeout: Annotated[float, Meta(ge=0, le=86_400)] = 10.0


class Device(Struct):
    """Look at the devices, or steer a virtual one."""

    name: str | None = None
    set: dict[str, Any] | None = None


class DeviceTest(Struct):
    """Try a device out; something has to be scanned `within` so many seconds, where it is a scanner."""

    name: str
    within: Annotated[float, Meta(ge=0, le=600)] = 20.0


class Nothing(Struct):
    """A verb without values."""


def bad_request(why: str) -> Refused:
    """What is said of a request that is none, or whose values are not those of its verb."""
    return Refused("bad_request", why)


async def _search(till: Till, given: Search) -> Reply:
    find: Callable[[str, int, int], Awaitable[object]] = till.register.products
    if given.what == "customers":
        find = till.register.customers
    return {"found": await find(given.text, given.limit, given.offset)}


async def _ticket(till: Till, given: OneTicket) -> Reply:
    if given.number is None:
        return {"ticket": till.register.state().ticket}
    return {"ticket": await till.register.closed_ticket(given.number)}


def _since(text: str | None) -> str | None:
    """A time of the contract as the tickets bear theirs, which are compared as texts; without an offset it is UTC."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
        return timestamp(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise bad_request(_("since is no time such as 2026-11-22T14:05:09Z")) from None


async def _tickets(till: Till, given: Tickets) -> Reply:
    since = _since(given.since)
    rows = await till.register.tickets(since=since, limit=given.limit, offset=given.offset)
    return {"tickets": [await till.register.closed_ticket(row.number) for row in rows]}


async def _customer(till: Till, given: OneCustomer) -> Reply:
    if given.code is None:
        return {"customer": till.register.customer_pane()}
    return {"customer": await till.register.customer(given.code)}


async def _wait(till: Till, given: Wait) -> Reply:
    waits: dict[str, Callable[[], Awaitable[object]]] = {
        "idle": till.register.idle,
        "printed": till.counter.printed,
        "pushed": lambda: server_verbs.pushed(till),
        "link": lambda: server_verbs.linked(till),
    }
    if given.for_ not in waits:
        raise bad_request(_("this till can wait for: {what}").format(what=", ".join(waits)))
    try:
        async with asyncio.timeout(given.timeout):
            await waits[given.for_]()
    except TimeoutError:
        text = _("After {seconds} s it had not come: {what}.").format(seconds=given.timeout, what=given.for_)
        raise Refused("timeout", text) from None
    return {}


async def _device(till: Till, given: Device) -> Reply:
    with translated():
        if given.set is not None:
            if given.name is None:
                raise bad_request(_("name the device to set"))
            await till.counter.set(given.name, **given.set)
        devices = till.counter.list(given.name)
        spool = till.counter.spool
        jobs = (*spool.unknown, *spool.under_way(), *spool.waiting())
    return {
        "devices": [_device_view(device) for device in devices],
        "prints": [_print_view(job) for job in jobs if given.name in (None, job.device)],
    }


async def _device_test(till: Till, given: DeviceTest) -> Reply:
    with translated():
        works, text = await try_device(
            till.counter, given.name, till.register.accept, till.store, given.within
        )
    return {"works": works, "text": text}


def _device_view(device: DeviceView) -> Reply:
    view: Reply = msgspec.to_builtins(device)
    view["reason"] = _(device.reason) if device.reason else ""
    return view


def _print_view(job: Job) -> Reply:
    """A print that waits or is under way, or whose end nobody knows."""
    return {
        "job": job.id,
        "device": job.device,
        "document": job.document,
        "ticket": job.ticket or None,
        "state": job.state.value,
        "reason": _(job.reason) if job.reason else "",
    }


async def _status(till: Till, given: Nothing) -> Reply:  # noqa: ARG001 - the verb has no values
    return {"status": await status(till)}


QUERIES: Mapping[str, tuple[type[Struct], Query]] = {
    "search": (Search, _search),
    "ticket": (OneTicket, _ticket),
    "tickets": (Tickets, _tickets),
    "customer_details": (OneCustomer, _customer),
    "wait": (Wait, _wait),
    "device": (Device, _device),
    "device_test": (DeviceTest, _device_test),
    "status": (Nothing, _status),
    "sync": (server_verbs.Sync, server_verbs.sync),
    "link": (server_verbs.LinkVerb, server_verbs.link),
    "read_message": (server_verbs.ReadMessage, server_verbs.read_message),
}

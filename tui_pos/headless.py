"""The till without a screen: JSON lines in, JSON lines out, over the same register (contracts.md).

One request a line, one reply a line, in order, flushed. What the verbs are, `verbs` says.

While a card terminal works for one request, the next is looked at: `give_up` asks the terminal to stop, at once. Its
reply still comes after that of the payment, and whatever else is next waits for its turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, BinaryIO, TypeAlias

import msgspec
from msgspec import Struct

from tui_pos.errors import Refused
from tui_pos.l10n import _
from tui_pos.line_input import Ahead
from tui_pos.outcomes import Outcome
from tui_pos.till import Till
from tui_pos.verbs import INPUTS, QUERIES, Reply, bad_request

Meanwhile: TypeAlias = Callable[[asyncio.Future[Outcome]], Awaitable[None]]

_log = logging.getLogger(__name__)

_DECIMALS = frozenset({"quantity", "percent", "weight"})


def _convert(request: Mapping[str, Any], kind: type[Struct]) -> Any:
    for name in _DECIMALS & request.keys():
        text = request[name]
        # Python would also read Arabic digits, and 1_000
        if isinstance(text, str) and not (text.isascii() and "_" not in text):
            raise bad_request(_("{name} is no decimal number such as 1.250").format(name=name))
    try:
        return msgspec.convert(request, kind, str_keys=True)
    except msgspec.ValidationError as error:
        raise bad_request(str(error)) from error


def _parse(line: bytes) -> dict[str, Any]:
    try:
        request = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_request(_("not a line of JSON: {error}").format(error=error)) from error
    if not isinstance(request, dict):
        raise bad_request(_("a request is a JSON object"))
    return request


async def _do(till: Till, request: Mapping[str, Any], meanwhile: Meanwhile) -> Reply:
    verb = request.get("do")
    if isinstance(verb, str) and verb in INPUTS:
        outcome = await till.register.accept(_convert(request, INPUTS[verb]))
        if outcome.pending:
            paying = asyncio.ensure_future(till.register.card_payment())
            await meanwhile(paying)
            outcome = await paying
        return _shown(outcome)
    if isinstance(verb, str) and verb in QUERIES:
        kind, query = QUERIES[verb]
        return await query(till, _convert(request, kind))
    raise bad_request(_("there is no verb {verb}").format(verb=repr(verb)[:60]))


def _shown(outcome: Outcome) -> Reply:
    names = ("closed", "found", "report", "text", "notice", "customer")
    return {name: value for name in names if (value := getattr(outcome, name)) is not None}


async def _idly(_: asyncio.Future[Outcome]) -> None:
    """Nothing else is done while a card terminal works."""


async def answer(till: Till, line: bytes, meanwhile: Meanwhile = _idly) -> Reply:
    """The reply to one request line; an error is a reply, never an exception.

    What the scanners of the counter read before it, or by it, is taken too: `scanned` says what became of each code.

    Args:
        meanwhile: is called with the payment, where a card terminal has to do what is asked, and awaited before it.
    """
    request: dict[str, Any] = {}
    scanned = await till.scans.take()
    try:
        request = _parse(line)
        reply: Reply = {"ok": True, **await _do(till, request, meanwhile)}
    except Refused as refused:
        reply = {"ok": False, "error": {"code": refused.slug, "message": refused.message}}
    except Exception:  # noqa: BLE001 - the till goes on whatever one request did
        _log.exception("a request failed")
        text = _("Something went wrong inside; the log says what. Nothing of this request was kept.")
        reply = {"ok": False, "error": {"code": "internal", "message": text}}
    scanned += await till.scans.take()
    if scanned:
        reply["scanned"] = scanned
    if "id" in request:
        reply["id"] = request["id"]
    reply["state"] = till.register.state()
    return reply


def _gives_up(line: bytes) -> bool:
    """Whether a request asks the terminal to give up."""
    try:
        return _parse(line).get("do") == "give_up"
    except Refused:
        return False


async def converse(till: Till, source: BinaryIO, sink: BinaryIO, *, stop_on_error: bool = False) -> int:
    """Answer every line of `source` on `sink`; gives the exit status."""
    encode = msgspec.json.Encoder().encode
    requests, early = Ahead(source), list[Reply]()

    async def meanwhile(paying: asyncio.Future[Outcome]) -> None:
        while not paying.done():
            coming = requests.peek()
            first: tuple[asyncio.Future[Any], ...] = (paying, coming)
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if paying.done() or (line := coming.result()) is None or not _gives_up(line):
                return
            await requests.take()
            early.append(await answer(till, line))

    try:
        while (line := await requests.take()) is not None:
            reply = await answer(till, line, meanwhile)
            for each in (reply, *early):
                if each is not reply:
                    each["state"] = till.register.state()
                sink.write(encode(each) + b"\n")
                sink.flush()
                if stop_on_error and not each["ok"]:
                    return 1
            early.clear()
    finally:
        await requests.close()
    return 0

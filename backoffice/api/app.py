"""The application: routes, what every answer carries, and the one place where errors become answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backoffice import refusals
from backoffice.api.access import raw_target
from backoffice.api.answers import answer, refused
from backoffice.api.describing import CALLS, Health, describe
from backoffice.api.tills import TillCalls
from backoffice.api.updates import UpdateCalls
from backoffice.errors import ServerError
from backoffice.journal.signatures import Here, Verifier
from backoffice.server import Server
from backoffice.version import VERSION
from sync.protocol.signing import TILL_HEADER
from sync.protocol.wire import PROTOCOL_HEADER, PROTOCOL_MAX, PROTOCOL_MIN, TIME_HEADER

log = logging.getLogger(__name__)


def create_app(server: Server, verifier: Verifier | None = None, *, updates: Path | None = None) -> FastAPI:
    """The application of a server. It does not close the server when it ends.

    Args:
        verifier: of entries' signatures; none: they are verified in this process.
        updates: the folder of a repository of updates that tills may have.
    """
    update_calls = UpdateCalls(server, updates)
    calls = TillCalls(server, verifier or Here(), lambda: update_calls.newest)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await calls.close()

    app = FastAPI(
        title="tui-pos-server",
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # a till signs the address that it means
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.calls = calls
    for call in CALLS:
        answers = getattr(calls, call.name, None) or getattr(update_calls, call.name)
        app.add_route(call.path, answers, methods=[call.method], include_in_schema=False)
    app.add_exception_handler(ServerError, _refuse)
    app.add_exception_handler(HTTPException, _refuse_route)
    document = describe(VERSION)

    async def openapi(_request: Request) -> Response:
        return answer(document)

    async def health(_request: Request) -> Response:
        """Does the database answer?"""
        await server.database.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar_one())
        return answer(Health("ok", VERSION))

    async def front(_request: Request) -> Response:
        return HTMLResponse(_FRONT)

    app.add_route("/openapi.json", openapi, include_in_schema=False)
    app.add_route("/healthz", health, include_in_schema=False)
    app.add_route("/", front, include_in_schema=False)
    app.add_middleware(_Marked, server=server)
    return app


_FRONT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>tui-pos-server</title>
<h1>tui-pos-server</h1><p>The tills of this shop speak with this server.
<a href="/healthz">Health</a> · <a href="/openapi.json">API</a></p></html>
"""


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServerError)
    call = _named(request)
    if isinstance(error, _USUAL):
        log.info("%s: %s", call, error)
    elif isinstance(error, refusals.Refusal):
        log.warning("%s was refused: %s", call, error)
    else:
        log.error("%s failed: %s", call, error)
    return refused(error)


def _named(request: Request) -> str:
    """A call as the log names it."""
    till = _quoted(request.headers.get(TILL_HEADER, "?"))
    return f"{request.method} {_quoted(raw_target(request))} of till {till}"


_USUAL = (refusals.CursorGone, refusals.NotReady, refusals.NoSuchRange, refusals.NoSuchList)
"""Refusals that belong to every day."""
_QUOTED = 120


def _quoted(text: str) -> str:
    """What a caller sent, as a log can take it: one line, of signs that mean nothing to a terminal."""
    return ascii(text[:_QUOTED])[1:-1]


async def _refuse_route(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself has the shape of all errors too."""
    assert isinstance(error, HTTPException)
    known = error.status_code == 405
    refusal = refusals.NoSuchMethod(method=request.method) if known else refusals.NotFound()
    answered = refused(refusal)
    answered.headers.update(error.headers or {})
    return answered


class _Marked:
    """Every answer says who gave it and when: a captive portal's does not. Whatever fails is one line and a 500."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self._app = app
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def marked(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", ()), *self._marks()]
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except asyncio.CancelledError:
            # the server has waited long enough for calls to end: a caller that stalls is nobody's failure
            log.warning("%s was cut off: the server ends", _named(Request(scope)))
            if not begun:
                await refused(refusals.Ending())(scope, receive, marked)
        except Exception:
            log.exception("a call failed")
            if begun:
                raise
            await refused(ServerError(reason="?"))(scope, receive, marked)

    def _marks(self) -> list[tuple[bytes, bytes]]:
        milliseconds = int(self._server.now().timestamp() * 1000)
        return [
            (PROTOCOL_HEADER.encode(), f"{PROTOCOL_MIN}-{PROTOCOL_MAX}".encode()),
            (TIME_HEADER.encode(), str(milliseconds).encode()),
        ]

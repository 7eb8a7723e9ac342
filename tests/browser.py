"""A real browser without a window, spoken to over a pipe: for what only a browser can tell of a page."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
"""A browser of this machine; None: there is none, and what needs one is skipped."""

_PATIENCE = 120.0
_AS_3_AND_4 = (
    "import fcntl, os, sys; high = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]];"
    "os.dup2(high[0], 3); os.dup2(high[1], 4);"
    "os.execv(sys.argv[3], sys.argv[3:])"
)
"""It reads its third descriptor and writes its fourth, whatever ours are."""


class Browser:
    """One page in a browser of its own.

    Args:
        profile: an empty folder.
    """

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._count = 0
        self._session: dict[str, str] = {}

    async def __aenter__(self) -> Browser:
        """Start it."""
        assert PROGRAM is not None
        theirs_in, self._to = os.pipe()
        back, theirs_out = os.pipe()
        arguments = [
            "--remote-debugging-pipe",
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _AS_3_AND_4, str(theirs_in), str(theirs_out),
            PROGRAM, *arguments, f"--user-data-dir={self._profile}", "about:blank",
            pass_fds=(theirs_in, theirs_out),
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._from = asyncio.StreamReader(limit=1 << 24)
        protocol = asyncio.StreamReaderProtocol(self._from)
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: protocol, os.fdopen(back, "rb")
        )
        target = (await self.do("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.do("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._transport.close()
        os.close(self._to)

    async def do(self, method: str, **values: Any) -> dict[str, Any]:
        """One command of the browser's protocol, and its result."""
        self._count += 1
        request = {"id": self._count, "method": method, "params": values, **self._session}
        os.write(self._to, json.dumps(request).encode() + b"\0")
        async with asyncio.timeout(_PATIENCE):
            while True:
                reply = json.loads((await self._from.readuntil(b"\0"))[:-1])
                if reply.get("id") == self._count:
                    assert "error" not in reply, reply["error"]
                    result: dict[str, Any] = reply["result"]
                    return result

    async def sees(self, script: str) -> Any:
        """What a script comes to on the page; a promise is waited for."""
        result = await self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    async def until(self, condition: str) -> None:
        """Wait until this is so on the page, which is looked at whenever it changes."""
        await self.sees(f"""new Promise((done) => {{
            const look = () => {{ if ({condition}) done(true); }};
            const what = {{ subtree: true, childList: true, characterData: true, attributes: true }};
            new MutationObserver(look).observe(document, what);
            look();
        }})""")

    async def open(self, address: str, width: int, height: int) -> None:
        """Show a page on a screen of this size."""
        await self.do(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        await self.do("Page.enable")
        await self.do("Page.navigate", url=address)
        await self.sees(
            "new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))"
        )

"""Schemathesis asks whatever the OpenAPI document allows, and what it does not, with a till's signature and without.

`TUI_POS_FUZZ` is how many examples of each call and kind are tried; by default few, for every day.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode

from backoffice import schema
from backoffice.api.describing import CALLS, HEALTH
from sync.protocol import GENESIS_HASH, chain_hash
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop
    from tests.wire_till import WireTill

EXAMPLES = int(os.environ.get("TUI_POS_FUZZ", "5"))

CONFIGURATION = schemathesis.Config.from_dict(
    {
        "checks": {
            # what fits the document may be refused all the same: a code that enrols nobody, a till that is behind
            "positive_data_acceptance": {"enabled": False},
            "negative_data_rejection": {"expected-statuses": ["4xx"]},
            # these send requests of their own, without a signature
            "ignored_auth": {"enabled": False},
            "use_after_free": {"enabled": False},
            "ensure_resource_availability": {"enabled": False},
        }
    }
)


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No news come here: a long poll would take its whole time."""
    monkeypatch.setattr("backoffice.api.tills.LONGEST_WAIT", 0)


class Asking:
    """Sends generated cases to the shop's server; each from a till of its own, which may be led astray."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._loop = asyncio.get_running_loop()

    def here(self, work: Awaitable[Any]) -> Any:
        """The end of something that runs on the loop, from another thread."""

        async def awaited() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result(PATIENCE)

    def unsigned(self, case: Case[Any]) -> httpx.Response:
        """Ask as it was made up, with whatever signature that has."""
        return self._ask(case, lambda _target, _body: {})

    def signed(self, case: Case[Any]) -> httpx.Response:
        """Ask as a till that is known, or is about to be."""
        till: WireTill
        if case.path == "/v1/enrol":
            till = self._shop.stranger()
            _take(case, code=self.here(self._shop.code()), public_key=till.signer.public_key.hex())
        else:
            till = self.here(self._shop.till())
        if case.path == "/v1/hello":
            _take(case, database=till.database)
        if case.path == "/v1/journal" and isinstance(case.body, dict):
            _chain(till, case.body)
        return self._ask(case, lambda target, body: till.headers(case.method, target, body))

    def _ask(self, case: Case[Any], sign: Callable[[str, bytes], dict[str, str]]) -> httpx.Response:
        # the body goes as it is
        case.headers.pop("content-encoding", None)
        prepared = requests.Request(**case.as_transport_kwargs(base_url="http://server")).prepare()
        assert prepared.url is not None
        url = httpx.URL(prepared.url)
        content = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
        assert isinstance(content, bytes)
        # a case whose headers were wrong is right now: it is judged by what was sent
        case.headers.update(sign(url.raw_path.decode("latin-1"), content))
        given_ = (*prepared.headers.items(), *case.headers.items())
        headers = {name.lower().encode(): str(value).encode("latin-1") for name, value in given_}
        asked = self._shop.client.request(case.method, url, content=content, headers=headers)
        return self.here(asked)  # type: ignore[no-any-return]


def _take(case: Case[Any], **true: str) -> None:
    """Put what is true in the place of what was made up."""
    if isinstance(case.body, dict):
        case.body.update(
            {name: value for name, value in true.items() if isinstance(case.body.get(name), str)}
        )


def _chain(till: WireTill, body: dict[str, Any]) -> None:
    """Let made-up entries follow each other as a till's do, so that they are stored, whatever they hold."""
    entries = body.get("entries")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return
    before = GENESIS_HASH
    body["prev_hash"] = before.hex()
    for seq, entry in enumerate(entries, 1):
        if not isinstance(canonical := entry.get("canonical"), str):
            return
        before = chain_hash(before, canonical.encode("utf-8", "surrogatepass"))
        entry |= {"seq": seq, "hash": before.hex(), "signature": till.signer.sign(before).hex()}


@pytest.mark.parametrize("address", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
async def test_a_till_that_sends_anything_is_answered_as_the_document_says(
    shop: Shop, mode: GenerationMode
) -> None:
    asking = Asking(shop)

    await check_every_call(shop, mode, asking.signed)

    assert await shop.rows(schema.ticket) == []


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
async def test_a_stranger_who_sends_anything_is_answered_as_the_document_says(
    shop: Shop, mode: GenerationMode
) -> None:
    asking = Asking(shop)

    await check_every_call(shop, mode, asking.unsigned)

    assert await shop.rows(schema.till) == []


async def check_every_call(
    shop: Shop, mode: GenerationMode, ask: Callable[[Case[Any]], httpx.Response]
) -> None:
    """Ask each call that the document names, and hold each answer against it."""
    document = msgspec.json.decode((await shop.client.get("/openapi.json")).content)
    described = schemathesis.openapi.from_dict(document, config=CONFIGURATION)

    for call in (*CALLS, HEALTH):
        operation = described[call.path][call.method]
        if mode.is_negative and not (operation.body or any(operation.iter_parameters())):
            # nothing about it can be wrong
            continue

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize="TUI_POS_FUZZ" not in os.environ,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Case[Any]) -> None:
            case.validate_response(ask(case))

        await asyncio.to_thread(check)

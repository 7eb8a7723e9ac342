"""The settings of the exchange by command: delays, and where the exports are and when it is looked there."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.membership import Membership, keep_membership, membership_of
from sync.store import KeySource, open_store
from tui_pos.cli import main
from tui_pos.l10n import use_language

Told = Callable[..., str]


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


async def made(profile: Path, *, enrolled: bool) -> Path:
    store = await open_store(profile, create=True, key_source=KeySource.FILE, on_loop=True)
    if enrolled:
        membership = Membership(
            url="https://x", shop_id="s", till_id="t", number="1", epoch=1, server_key="aa", database="d",
            given={"ticket_interval": 20, "place_when": 15},
        )  # fmt: skip
        async with store.transaction() as transaction:
            await keep_membership(transaction, membership)
    await store.close()
    return profile


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return asyncio.run(made(tmp_path / "till", enrolled=True))


@pytest.fixture
def told(profile: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    def run(*words: str, status: int = 0) -> str:
        assert main(["--lang", "en", "settings", "--profile", str(profile), *words]) == status
        said = capsys.readouterr()
        return (said.err if status else said.out).strip()

    return run


def test_what_the_server_says_goes_until_the_till_says_otherwise_and_again_once_that_is_taken_back(
    told: Told,
) -> None:
    assert (told("ticket_interval"), told("place_when"), told("place")) == ("20", "15", "")

    assert told("place_when", "4h30") == "04:30"
    assert told("place_when", "never") == "never"
    assert told("place_when", "default") == "15"
    assert told("ticket_interval", "7,5") == "7.5"
    assert "place_when      15" in told().splitlines()


def test_a_password_is_asked_for_unseen_kept_and_never_shown(
    told: Told, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ftp://till:secret@nas/shop\n"))
    assert told("place", "-") == "ftp://till@nas/shop"
    assert told("place", "ftp://till@nas/shop") == "ftp://till@nas/shop"
    assert "secret" not in told()

    async def own() -> object:
        store = await open_store(profile, read_only=True)
        try:
            return (await membership_of(store)).own["place"]
        finally:
            await store.close()

    assert asyncio.run(own()) == "ftp://till:secret@nas/shop"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("place_when", "noon", "a time of day such as 04:30"),
        ("place", "ftp://till:p/secret@nas/x", "%2F for /"),
        ("ticket_interval", "0", "from 1 to 3600"),
        ("ping_timeout", "nan", "from 0.2 to 30"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(told: Told, name: str, value: str, said: str) -> None:
    before = told()
    refusal = told(name, value, status=1)
    assert said in refusal
    assert "secret" not in refusal
    assert told() == before


def test_a_till_without_a_server_has_none_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = asyncio.run(made(tmp_path / "alone", enrolled=False))
    for words in (("place",), ("place", "/media/stick")):
        assert main(["--lang", "en", "settings", "--profile", str(alone), *words]) == 1
        assert "has no server" in capsys.readouterr().err

"""One file carries the settings from till to till: whole or not at all, and nothing of who a till is."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from devices.configuration import CounterConfig, DeviceConfig
from sync.membership import Membership, keep_membership, membership_of
from sync.store import KeySource, open_store
from tui_pos.cli import main
from tui_pos.device_config import keep_devices, kept_devices
from tui_pos.l10n import use_language
from tui_pos.settings import SETTING, Settings, encode, read_settings

DEVICES = CounterConfig(
    (
        DeviceConfig("counter", "printer", "escpos", "tcp://192.0.2.7:9100", {"columns": "42"}),
        DeviceConfig("drawer", "drawer", "escpos", "via:counter"),
    ),
    {"receipt": "counter"},
)
SETTINGS = Settings(idle_after=60, theme="console", keys={"ticket.pay": "ctrl+y"})
MEMBERSHIP = Membership(
    url="https://shop.example", shop_id="s", till_id="t", number="1", epoch=1, server_key="aa", database="d",
    proxy="http://user:secret@proxy.example:3128",
    own={"ticket_interval": 30.0, "place": "ftp://user:secret@share.test", "place_when": "04:30"},
)  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


async def make(
    profile: Path,
    settings: Settings = Settings(),  # noqa: B008 - a frozen record
    devices: CounterConfig = CounterConfig(),  # noqa: B008 - as above
    membership: Membership | None = None,
) -> Path:
    await asyncio.to_thread(profile.mkdir, mode=0o700)
    store = await open_store(profile, create=True, key_source=KeySource.FILE, on_loop=True)
    async with store.transaction() as transaction:
        await transaction.put_setting(SETTING, encode(settings))
        await keep_devices(transaction, devices)
        if membership is not None:
            await keep_membership(transaction, membership)
    await store.close()
    return profile


def settings_command(profile: Path, *words: str) -> int:
    return main(["--lang", "en", "settings", "--profile", str(profile), *words])


@pytest.fixture
async def first(tmp_path: Path) -> Path:
    return await make(tmp_path / "first", SETTINGS, DEVICES, MEMBERSHIP)


@pytest.fixture
async def second(tmp_path: Path) -> Path:
    return await make(tmp_path / "second", membership=Membership(
        url="https://shop.example", shop_id="s", till_id="u", number="2", epoch=1, server_key="aa", database="e",
        own={"ping_timeout": 1.0, "place": "/media/stick"},
    ))  # fmt: skip


@pytest.fixture
def file(first: Path, tmp_path: Path) -> Path:
    path = tmp_path / "settings.json"
    assert settings_command(first, "--save", str(path)) == 0
    return path


async def kept(profile: Path) -> tuple[Settings, CounterConfig, Membership, bytes]:
    """How a till is set, whose it is, and the last entry of its journal."""
    store = await open_store(profile, on_loop=True)
    try:
        await store.journal.verify()
        entry = await store.journal.entry(store.journal.head.seq)
        assert entry is not None
        return (
            await read_settings(store),
            await kept_devices(store),
            await membership_of(store),
            entry.canonical,
        )
    finally:
        await store.close()


def test_the_next_till_is_set_as_the_first(file: Path, second: Path) -> None:
    assert settings_command(second, "--load", str(file)) == 0

    settings, devices, membership, entry = asyncio.run(kept(second))
    assert settings == SETTINGS
    assert devices == DEVICES
    assert membership.own == {
        "ticket_interval": 30.0,
        "place": "ftp://user@share.test",
        "place_when": "04:30",
    }
    assert (membership.number, membership.till_id) == ("2", "u")
    assert b"settings_changed" in entry


def test_a_till_that_has_the_place_of_the_file_already_keeps_its_password(file: Path, first: Path) -> None:
    assert settings_command(first, "--load", str(file)) == 0

    assert asyncio.run(kept(first))[2].own["place"] == "ftp://user:secret@share.test"


def test_the_file_holds_nothing_of_who_the_till_is(file: Path) -> None:
    text = file.read_text()

    assert "secret" not in text
    assert "shop.example" not in text
    assert set(json.loads(text)) == {"format", "version", "till", "delays", "exports", "devices"}


def test_a_till_without_a_server_leaves_the_delays_out_and_says_so(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = asyncio.run(make(tmp_path / "alone"))

    assert settings_command(alone, "--load", str(file)) == 0
    assert "Left out: ticket_interval" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"format": "something else"}',
        b'{"format": "tui-pos settings", "version": 2}',
        b'{"format": "tui-pos settings", "till": {"idle_after": -1}}',
        b'{"format": "tui-pos settings", "till": {"theme": "console", "keys": {"dance": "f2"}}}',
        b'{"format": "tui-pos settings", "till": {"theme": "console"}, "delays": {"ping_timeout": 900}}',
        b'{"format": "tui-pos settings", "till": {"theme": "console"}, "devices": {"documents": {"receipt": "x"}}}',
    ],
)
def test_a_file_that_a_till_cannot_be_set_to_changes_nothing(
    content: bytes, first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)

    assert settings_command(first, "--load", str(path)) == 1

    assert capsys.readouterr().err.count("\n") == 1
    assert asyncio.run(kept(first))[:2] == (SETTINGS, DEVICES)


def test_a_file_that_is_not_there_is_said_in_one_line(
    first: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert settings_command(first, "--load", str(first / "nowhere.json")) == 1
    assert "cannot be read" in capsys.readouterr().err

"""What a shop sets of its till: read at start, changed by name, refused in words."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sync.store import KeySource, open_store
from tui_pos.actions import Keyboard
from tui_pos.cli import main
from tui_pos.errors import Refused
from tui_pos.l10n import use_language
from tui_pos.sale.prompt import Context
from tui_pos.settings import SETTING, Settings, change, encode, read_settings, spelled


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


@pytest.fixture
async def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "till"
    folder.mkdir(mode=0o700)
    await (await open_store(folder, create=True, key_source=KeySource.FILE)).close()
    return folder


async def keep(profile: Path, value: bytes) -> None:
    store = await open_store(profile, on_loop=True)
    try:
        async with store.transaction() as transaction:
            await transaction.put_setting(SETTING, value)
    finally:
        await store.close()


async def read(profile: Path) -> Settings:
    store = await open_store(profile, on_loop=True)
    try:
        return await read_settings(store)
    finally:
        await store.close()


async def test_a_till_that_was_never_set_has_the_default_settings(profile: Path) -> None:
    assert await read(profile) == Settings()


async def test_settings_come_back_as_they_were_kept(profile: Path) -> None:
    settings = Settings(idle_after=0, theme="console", language="fr", keys={"ticket.pay": "ctrl+y"})
    await keep(profile, encode(settings))

    assert await read(profile) == settings


@pytest.mark.parametrize(
    "junk",
    [b"", b"\xff", b"[]", b'{"idle_after": -1}', b'{"theme": "pink"}', b'{"keys": {"dance": "f2"}}'],
)
async def test_settings_that_cannot_be_used_keep_no_till_closed(profile: Path, junk: bytes) -> None:
    await keep(profile, junk)

    assert await read(profile) == Settings()


async def test_settings_of_a_newer_program_are_read_as_far_as_they_are_known(profile: Path) -> None:
    await keep(profile, b'{"idle_after": 60, "hologram": true}')

    assert await read(profile) == Settings(idle_after=60)


async def test_an_update_takes_no_key_from_a_shop(profile: Path) -> None:
    kept = Settings(theme="console", keys={"ticket.pay": Keyboard()["help"].key, "gone": "f9"})
    await keep(profile, encode(kept))

    settings = await read(profile)

    assert settings == Settings(theme="console", keys={"ticket.pay": "f1", "help": ""})
    assert Keyboard(settings.keys).pressed("f1", Context.ITEM) == Keyboard(settings.keys)["ticket.pay"]


def test_a_setting_is_changed_by_its_name() -> None:
    settings = change(change(Settings(), "idle_after", " 120 "), "keys.ticket.pay", "CTRL+Y")

    assert settings == Settings(idle_after=120, keys={"ticket.pay": "ctrl+y"})
    told = {"idle_after": "120", "theme": "", "language": "", "keep_years": "0", "keys.ticket.pay": "ctrl+y"}
    assert told.items() <= spelled(settings).items()


def test_a_key_goes_back_to_its_default() -> None:
    assert change(Settings(keys={"help": ""}), "keys.help", "default") == Settings()
    assert change(Settings(), "keys.help", "default") == Settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("idle_after", "-1", "0 … 86400"),
        ("idle_after", "soon", "0 … 86400"),
        ("idle_after", "1.5", "0 … 86400"),
        ("theme", "pink", "till-dark, till-light, console"),
        ("language", "de", "fr, en"),
        ("keys", "{}", "keys.ACTION"),
        ("keep_years", "5", "0, 6, 8, 10, 20"),
        ("keep_years", "-6", "0, 6"),
        ("keep_years", "six", "0, 6"),
        ("volume", "11", "idle_after, theme, language"),
        ("keys.dance", "f2", "dance"),
        ("keys.ticket.pay", "f2", "F2 is the key of both"),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_what_may_be(name: str, value: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        change(Settings(), name, value)

    assert refused.value.slug == "bad_request"
    assert said in refused.value.message


def test_the_command_reads_and_changes_settings(profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*words: str) -> str:
        assert main(["--lang", "en", "settings", "--profile", str(profile), *words]) == 0
        return capsys.readouterr().out

    assert told("idle_after") == "300\n"
    assert told("idle_after", "60") == "60\n"
    assert told("keys.ticket.pay", "ctrl+y") == "ctrl+y\n"
    lines = told().splitlines()
    assert {"theme", "language"} < set(lines)
    assert {("idle_after", "60"), ("keep_years", "0"), ("keys.ticket.pay", "ctrl+y")} < {
        tuple(line.split()) for line in lines
    }


def test_a_change_by_the_command_is_told_to_the_journal(profile: Path) -> None:
    assert main(["--lang", "en", "settings", "--profile", str(profile), "idle_after", "60"]) == 0

    async def last_entry() -> bytes:
        store = await open_store(profile, on_loop=True)
        try:
            entry = await store.journal.entry(store.journal.head.seq)
            assert entry is not None
            return entry.canonical
        finally:
            await store.close()

    assert b'"settings_changed"' in asyncio.run(last_entry())


def test_the_command_refuses_in_one_line(profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "settings", "--profile", str(profile), "theme", "pink"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["--lang", "en", "settings", "--profile", str(profile), "volume"]) == 1
    assert "There is no setting volume" in capsys.readouterr().err

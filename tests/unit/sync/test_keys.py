from __future__ import annotations

import base64
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from sync.store import KeyInsecure, KeyMissing, KeySource, NoStore, StoreExists
from sync.store.keys import Secret, find_secret, make_secret, read_note


class FakeKeyring(ModuleType):
    """Stands for the desktop's keyring."""

    def __init__(self, priority: float) -> None:
        super().__init__("keyring")
        self.priority = priority
        self.kept: dict[tuple[str, str], str] = {}

    def get_keyring(self) -> FakeKeyring:
        return self

    def set_password(self, service: str, name: str, text: str) -> None:
        self.kept[service, name] = text

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    import keyring.errors  # noqa: F401, PLC0415 - the fake has the real errors beside it

    fake = FakeKeyring(priority=5)
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    return fake


def test_a_secret_is_two_keys_of_32_bytes_and_differs_each_time(tmp_path: Path) -> None:
    one, _ = make_secret(tmp_path / "a")
    other, _ = make_secret(tmp_path / "b")

    assert len(one.database_key) == len(one.signing_seed) == 32
    assert len({one.database_key, one.signing_seed, other.database_key, other.signing_seed}) == 4


def test_a_secret_does_not_show_in_a_traceback(tmp_path: Path) -> None:
    secret, _ = make_secret(tmp_path)

    assert repr(secret) == "Secret()"


def test_the_secret_that_is_made_is_found_again(tmp_path: Path) -> None:
    made, source = make_secret(tmp_path)

    assert (made, source) == find_secret(tmp_path)
    assert source is KeySource.FILE


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    make_secret(tmp_path)

    assert (tmp_path / "till.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_file_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    make_secret(tmp_path)
    (tmp_path / "till.key").chmod(mode)

    with pytest.raises(KeyInsecure, match="chmod 600"):
        find_secret(tmp_path)


def test_a_key_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    make_secret(tmp_path)
    (tmp_path / "till.key").rename(tmp_path / "elsewhere")
    (tmp_path / "till.key").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(KeyMissing):
        find_secret(tmp_path)


def test_a_key_file_that_is_gone_is_told(tmp_path: Path) -> None:
    make_secret(tmp_path)
    (tmp_path / "till.key").unlink()

    with pytest.raises(KeyMissing, match=r"till\.key"):
        find_secret(tmp_path)


@pytest.mark.parametrize("text", ["", "nonsense", "é", base64.b64encode(bytes(63)).decode()])
def test_a_key_file_that_holds_no_key_is_told(tmp_path: Path, text: str) -> None:
    make_secret(tmp_path)
    (tmp_path / "till.key").write_text(text)

    with pytest.raises(KeyMissing, match="not a key"):
        find_secret(tmp_path)


def test_the_note_says_where_the_key_is_and_holds_no_secret(tmp_path: Path) -> None:
    secret, _ = make_secret(tmp_path)

    note = read_note(tmp_path)
    text = (tmp_path / "till.json").read_text()

    assert note is not None
    assert note.key_source is KeySource.FILE
    assert note.fingerprint == secret.fingerprint
    assert secret.write()[:20] not in text
    assert secret.database_key.hex() not in text


def test_a_second_secret_is_not_made(tmp_path: Path) -> None:
    make_secret(tmp_path)

    with pytest.raises(StoreExists):
        make_secret(tmp_path)


def test_without_a_note_the_key_file_is_found(tmp_path: Path) -> None:
    made, _ = make_secret(tmp_path)
    (tmp_path / "till.json").unlink()

    assert find_secret(tmp_path) == (made, KeySource.FILE)


def test_a_first_start_that_was_cut_before_its_note_keeps_its_key(tmp_path: Path) -> None:
    made, _ = make_secret(tmp_path)
    (tmp_path / "till.json").unlink()
    (tmp_path / "till.json.part").write_text("{")

    again, _ = make_secret(tmp_path)

    assert again == made


def test_an_empty_profile_has_no_secret(tmp_path: Path) -> None:
    with pytest.raises(NoStore):
        find_secret(tmp_path)


def test_a_credential_of_systemd_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Secret(os.urandom(32), os.urandom(32))
    (tmp_path / "tui-pos-till").write_text(given.write() + "\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    profile = tmp_path / "till"

    assert make_secret(profile) == (given, KeySource.CREDENTIAL)
    assert find_secret(profile) == (given, KeySource.CREDENTIAL)
    assert not (profile / "till.key").exists()


def test_a_credential_that_is_not_given_any_more_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tui-pos-till").write_text(Secret(bytes(32), bytes(32)).write())
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    make_secret(tmp_path / "till")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")

    with pytest.raises(KeyMissing, match="systemd"):
        find_secret(tmp_path / "till")


def test_on_a_desktop_the_keyring_keeps_it(tmp_path: Path, desktop: FakeKeyring) -> None:
    made, source = make_secret(tmp_path)

    assert source is KeySource.KEYRING
    assert list(desktop.kept.values()) == [made.write()]
    assert find_secret(tmp_path) == (made, KeySource.KEYRING)
    assert not (tmp_path / "till.key").exists()


def test_a_keyring_that_keeps_nothing_is_passed_over(tmp_path: Path, desktop: FakeKeyring) -> None:
    desktop.priority = 0

    assert make_secret(tmp_path)[1] is KeySource.FILE


def test_a_key_that_the_keyring_has_lost_is_told(tmp_path: Path, desktop: FakeKeyring) -> None:
    make_secret(tmp_path)
    desktop.kept.clear()

    with pytest.raises(KeyMissing, match="keyring holds no"):
        find_secret(tmp_path)

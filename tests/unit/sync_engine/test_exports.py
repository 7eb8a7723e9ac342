"""Places of the server's exports: a folder, and a share by FTP, read from anywhere in a file."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import paramiko
import pytest

from sync import exports, threads
from sync.addresses import password_kept, without_password
from sync.errors import BadPlace, BadSnapshot, Missing, Unreadable
from sync.exports import Share
from tests import sftp
from tests.certificates import authority
from tests.ftp import served
from tests.waiting import PATIENCE

CONTENT = bytes(range(256)) * 4096
BLOB = "a" * 64 + ".zst"
T = TypeVar("T")


class Bytes(msgspec.Struct):
    """What a manifest says of its blob."""

    sha256: str = "a" * 64
    size: int = len(CONTENT)
    blob: str = BLOB


@pytest.fixture(params=["folder", "ftp", "ftps", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a place, and where its files lie."""
    folder = tmp_path / "exports"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / BLOB).write_bytes(CONTENT)
    (folder / "shop" / "index.json").write_bytes(b'{"short":1}')
    if request.param == "folder":
        yield str(folder / "shop"), folder / "shop"
    elif request.param == "sftp":
        with sftp.served(folder) as (address, _key):
            yield f"{address}/shop", folder / "shop"
    else:
        with served(folder, certificate=certificate_in(tmp_path, request.param)) as address:
            yield f"{address}/shop", folder / "shop"


def certificate_in(folder: Path, scheme: str) -> Path | None:
    """A certificate with its key, where the scheme needs one."""
    if scheme == "ftp":
        return None
    authority(folder, "share")
    return folder / "share.pem"


async def bytes_from(share: Share, start: int, blob: Bytes | None = None) -> tuple[int, bytes]:
    async with share.pieces(blob or Bytes(), start) as (begins, chunks):
        return begins, b"".join([chunk async for chunk in chunks])


async def test_a_blob_is_read_whole_or_from_where_it_was_cut(place: tuple[str, Path]) -> None:
    share = Share(place[0])

    assert await bytes_from(share, 0) == (0, CONTENT)
    assert await bytes_from(share, 700_001) == (700_001, CONTENT[700_001:])


async def test_a_list_that_changes_between_two_looks_is_read_as_it_is_now(place: tuple[str, Path]) -> None:
    share = Share(place[0])
    assert await share.read("index.json") == b'{"short":1}'

    await asyncio.to_thread((place[1] / "index.json").write_bytes, b'{"much longer than before":1}')

    assert await share.read("index.json") == b'{"much longer than before":1}'


async def test_a_file_that_is_not_there_is_named_with_its_place(place: tuple[str, Path]) -> None:
    share = Share(place[0])

    with pytest.raises(Missing, match=r"no manifest\.json at .*shop"):
        await share.read("manifest.json")
    with pytest.raises(Missing, match=r"no bbb\.zst"):
        await bytes_from(share, 0, Bytes(blob="bbb.zst"))


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", ".hidden", "", "a\\b"])
async def test_a_file_that_does_not_lie_there_is_not_looked_for(place: tuple[str, Path], name: str) -> None:
    with pytest.raises(BadSnapshot, match="does not lie beside"):
        await Share(place[0]).read(name)


async def test_who_may_not_read_a_share_is_told_without_the_password(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        share = Share(address.replace("secret", "wrong"))
        with pytest.raises(Unreadable) as caught:
            await share.read("index.json")

    assert "wrong" not in str(caught.value)
    assert "Authentication failed" in str(caught.value)


async def test_a_share_whose_connection_was_lost_is_met_anew_by_the_next_load(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_bytes(b"{}")
    with served(tmp_path) as address:
        share = Share(address)
        await share.read("index.json")
    with pytest.raises(Unreadable):
        await share.read("index.json")

    with served(tmp_path) as address:
        assert await Share(address).read("index.json") == b"{}"

    with pytest.raises(BadPlace, match="%2F for /") as caught:
        await Share("ftp://till:p/secret@nas/shop").read("index.json")
    assert "secret" not in str(caught.value)


class Begun(threads.Threads):
    """Threads that are waited for until each has begun: a call that has not is none that hangs."""

    def submit(self, call: Callable[..., T], /, *args: Any, **named: Any) -> Future[T]:
        begun = threading.Event()

        def noted() -> T:
            begun.set()
            return call(*args, **named)

        future = super().submit(noted)
        assert begun.wait(PATIENCE)
        return future


async def test_a_place_that_gives_no_answer_is_left_alone_and_not_asked_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_THREADS", Begun())
    os.mkfifo(tmp_path / "index.json")
    share = Share(str(tmp_path), within=0.01)
    try:
        for _ in range(threads.MOST):
            with pytest.raises(Unreadable, match=r"gave no answer in 0\.01 s"):
                await share.read("index.json")
        with pytest.raises(Unreadable, match="still hangs"):
            await share.read("index.json")
    finally:
        # a writer lets all of its readers go
        writer = await asyncio.to_thread(os.open, tmp_path / "index.json", os.O_WRONLY)
        os.close(writer)


@pytest.mark.parametrize(("scheme", "extra"), [("sftp", "sftp"), ("s3", "s3"), ("smb", "smb")])
async def test_a_kind_of_share_that_this_till_lacks_a_library_for_is_told_with_what_brings_it(
    scheme: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacks(_address: str, **_options: object) -> None:
        raise ImportError

    monkeypatch.setattr("fsspec.core.url_to_fs", lacks)
    with pytest.raises(Unreadable, match=rf"{scheme}:// needs a library .* install tui-pos\[{extra}\]"):
        await Share(f"{scheme}://till@127.0.0.1:1/x").read("index.json")


async def test_a_password_goes_to_an_ftps_share_inside_tls_alone(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_bytes(b"{}")
    with served(tmp_path, certificate=certificate_in(tmp_path, "ftps")) as address:
        with pytest.raises(Unreadable, match=r"SSL|TLS"):
            await Share(address.replace("ftps://", "ftp://")).read("index.json")
        assert await Share(address).read("index.json") == b"{}"


@pytest.mark.parametrize("known", [True, False])
async def test_a_password_goes_to_no_stranger_where_the_key_of_an_sftp_share_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    (tmp_path / "index.json").write_bytes(b"{}")
    (tmp_path / ".ssh").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    with sftp.served(tmp_path) as (address, key):
        port = address.rpartition(":")[2]
        kept = key if known else paramiko.ECDSAKey.generate()
        line = f"[127.0.0.1]:{port} {kept.get_name()} {kept.get_base64()}\n"
        (tmp_path / ".ssh" / "known_hosts").write_text(line)
        if known:
            assert await Share(address).read("index.json") == b"{}"
        else:
            with pytest.raises(Unreadable, match="does not match") as caught:
                await Share(address).read("index.json")
            assert "secret" not in str(caught.value)


async def test_a_password_may_hold_what_means_something_in_addresses(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_bytes(b"{}")
    with served(tmp_path, password="p@ss:w/rd %41") as address:
        assert await Share(address).read("index.json") == b"{}"

    with pytest.raises(BadPlace, match="%2F for /") as caught:
        await Share("ftp://till:p/secret@nas/shop").read("index.json")
    assert "secret" not in str(caught.value)


def test_a_password_is_not_shown() -> None:
    assert without_password("ftp://till:secret@share:2121/x") == "ftp://till@share:2121/x"
    assert without_password("ftp://till:sec@ret@share/x") == "ftp://till@share/x"
    assert without_password("http://till@share") == "http://till@share"
    assert without_password("/media/stick") == "/media/stick"


def test_a_password_stays_where_an_address_is_left_as_it_was_shown() -> None:
    assert password_kept("ftp://till@nas/x", "ftp://till:secret@nas/x") == "ftp://till:secret@nas/x"
    for other in ("ftp://till@evil/x", "ftp://root@nas/x", "ftp://nas/x", "", "/media/stick"):
        assert password_kept(other, "ftp://till:secret@nas/x") == other
    assert password_kept("ftp://till:new@nas/x", "ftp://till:secret@nas/x") == "ftp://till:new@nas/x"

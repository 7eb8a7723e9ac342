"""What a till is not made from: refused in one line, and the folder of the till to be is not even made."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.protocol import Signer
from sync.protocol.configuration import Configuration, write_configuration
from tests.certificates import authority
from tui_pos.cli import main
from tui_pos.l10n import use_language

SIGNER = Signer(b"s" * 32)
CONFIGURATION = Configuration(
    url="https://127.0.0.1:1",
    shop_name="Corner shop",
    till_name="front",
    code="ABCD-EFGH-JKLM-NPQR",
    server_key=SIGNER.public_key.hex(),
)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield
    use_language("en")


class Refusing:
    """Runs `tui-pos setup`, which fails."""

    def __init__(self, folder: Path, output: pytest.CaptureFixture[str]) -> None:
        self.profile = folder / "till"
        self._output = output

    def setup(self, *words: str, lang: str = "en") -> str:
        """What it says, in one line; nothing was made."""
        assert main(["--lang", lang, "setup", "--profile", str(self.profile), *words]) == 1
        told = self._output.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1
        assert not self.profile.exists()
        return told.err


@pytest.fixture
def refusing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refusing:
    return Refusing(tmp_path, capsys)


def test_a_tampered_configuration_file_makes_no_till(refusing: Refusing, tmp_path: Path) -> None:
    file = tmp_path / "till.config"
    file.write_bytes(write_configuration(CONFIGURATION, SIGNER).replace(b"127.0.0.1", b"127.0.0.2"))

    assert "it was altered after the server signed it: get it anew" in refusing.setup("--config", str(file))
    assert "a été modifié" in refusing.setup("--config", str(file), lang="fr")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"<html>Welcome</html>", "it is not a configuration file"),
        (b'{"v": 2}', "it is of version 2, and this program reads version 1"),
        (b'{"v": 1}', "it is not whole"),
        (b" " * 2_000_000, "it is empty"),
        (b"x" * 2_000_000, "it is too large to be one"),
    ],
    ids=["empty", "portal", "newer", "cut", "spaces", "large"],
)
def test_what_is_no_configuration_file_makes_no_till(
    refusing: Refusing, tmp_path: Path, content: bytes, why: str
) -> None:
    file = tmp_path / "till.config"
    file.write_bytes(content)

    assert why in refusing.setup("--config", str(file))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no file without an end here")
def test_a_file_without_an_end_is_not_read_to_it(refusing: Refusing) -> None:
    assert "it is too large to be one" in refusing.setup("--config", "/dev/zero")
    told = refusing.setup("--server", "https://127.0.0.1:1", "--code", "A", "--ca", "/dev/zero")
    assert "the certificate authority cannot be read" in told


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Something that speaks TLS under an authority of its own, and would answer; gives its address."""
    _pem, context = authority(tmp_path, "theirs")
    with Serving(context) as port:
        yield f"https://127.0.0.1:{port}"


class Serving:
    """A loop in a thread: the command has one of its own."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> int:
        self._thread.start()
        begun = asyncio.run_coroutine_threadsafe(self._begin(), self._loop)
        self._server = begun.result(30)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _begin(self) -> asyncio.Server:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        return await asyncio.start_server(answer, "127.0.0.1", 0, ssl=self._context)

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        await self._server.wait_closed()


def test_a_server_of_another_authority_is_not_spoken_to(
    refusing: Refusing, tmp_path: Path, server: str
) -> None:
    authority(tmp_path, "ours")
    asked = ("--server", server, "--code", "ABCD-EFGH-JKLM-NPQR")

    said = refusing.setup(*asked, "--ca", str(tmp_path / "ours.pem"))

    assert "The server's certificate is not trusted" in said
    assert "Nothing was sent" in said
    assert "certificate is not trusted" in refusing.setup(*asked)


def test_an_authority_that_is_none_makes_no_till(refusing: Refusing, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")

    said = refusing.setup("--server", "https://127.0.0.1:1", "--code", "X", "--ca", str(tmp_path / "ca.pem"))

    assert "the certificate authority cannot be read" in said

"""The server as a process: it says when it listens, ends cleanly, and loses nothing when it is killed."""

from __future__ import annotations

import asyncio
import os
import random
import re
import resource
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backoffice import schema
from tests.waiting import PATIENCE
from tests.wire_till import WireTill

if TYPE_CHECKING:
    from tests.contract.server.conftest import Shop

ROOT = Path(__file__).resolve().parent.parent.parent.parent


class Process:
    """`tui-pos-server serve` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, address: str, client: httpx.AsyncClient) -> None:
        self.process = process
        self.address = address
        self.client = client
        self.answered = 0
        self.progress = asyncio.Event()

    async def end(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@pytest.fixture
async def started(address: str, tmp_path: Path) -> AsyncIterator[Callable[..., object]]:
    """Start servers on the database; whatever still runs at the end is killed."""
    errors = tmp_path / "errors"
    async with AsyncExitStack() as stack:
        log = stack.enter_context(errors.open("wb"))

        async def start(*options: str) -> Process:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "backoffice", "serve", "--db", address, "--port", "0", *options),
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
            stack.push_async_callback(_kill, process)
            assert process.stdout is not None
            line = (await process.stdout.readline()).decode()
            found = re.fullmatch(r"listening on (https?://127\.0\.0\.1:\d+)\n", line)
            assert found, line + errors.read_text()
            trust = ssl.create_default_context(cafile=options[1]) if options else True
            client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=found[1], timeout=PATIENCE, verify=trust)
            )
            return Process(process, found[1], client)

        yield start


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def ours(till: WireTill, server: Process) -> WireTill:
    """The same till on the wire to a process; it signs with the time of now."""
    till.client = server.client
    till._now = time.time
    return till


async def test_it_ends_cleanly_when_it_is_told_to(
    shop: Shop, till: WireTill, started: Callable[..., object]
) -> None:
    server: Process = await started()  # type: ignore[misc]
    ours(till, server).sell()
    assert (await till.push()).acked_through == 1
    target, asked = "/v1/messages?after=0&wait=50", asyncio.Event()

    async def note(event: str, _: object) -> None:
        if event.endswith("send_request_body.complete"):
            asked.set()

    waiting = asyncio.create_task(
        server.client.get(target, headers=till.headers("GET", target, b""), extensions={"trace": note})
    )
    await asked.wait()
    # a call that came later is answered: the one that waits has begun
    await till.hello()

    assert await server.end() == 0

    assert (await waiting).json() == {"messages": []}


async def test_a_server_that_is_killed_has_kept_what_it_said_it_has(
    shop: Shop, till: WireTill, started: Callable[..., object]
) -> None:
    rng = random.Random(7)
    for _ in range(5):
        server: Process = await started()  # type: ignore[misc]
        ours(till, server)
        for _ in range(20):
            till.sell()
        killed = asyncio.create_task(_kill_after(server, rng.randint(0, 12)))
        await _push_on(till, server)
        await killed
    server = await started()  # type: ignore[misc]
    ours(till, server)
    pushed = await till.push(till.entries[-100:])

    assert pushed.acked_through == len(till.entries) == 100
    held = await shop.rows(schema.entry)
    assert sorted(bytes(row.hash) for row in held) == sorted(entry.hash for entry in till.entries)
    assert len(await shop.rows(schema.ticket)) == 100
    assert await shop.alarms() == []


async def _kill_after(server: Process, answers: int) -> None:
    while server.answered < answers:
        await server.progress.wait()
        server.progress.clear()
    await server.end(signal.SIGKILL)


async def _push_on(till: WireTill, server: Process) -> None:
    """Send in small batches until the server is gone."""
    with suppress(httpx.HTTPError):
        for start in range(max(0, len(till.entries) - 22), len(till.entries)):
            await till.push(till.entries[start : start + 3])
            server.answered += 1
            server.progress.set()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_it_takes_more_connections_than_files_are_usually_allowed(
    started: Callable[..., object],
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1] - 1, before[1]))
    try:
        server: Process = await started()  # type: ignore[misc]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (before[1], before[1])


async def test_a_port_that_is_taken_is_told_in_one_line(address: str, started: Callable[..., object]) -> None:
    server: Process = await started()  # type: ignore[misc]
    port = server.address.rpartition(":")[2]

    second = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "backoffice", "--lang", "en", "serve", "--db", address, "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    assert second.returncode == 1
    assert "in use" in second.stderr
    assert second.stderr.count("\n") == 1


async def test_what_verifies_signatures_ends_with_the_server(
    till: WireTill, started: Callable[..., object]
) -> None:
    server: Process = await started()  # type: ignore[misc]
    ours(till, server)
    for _ in range(50):
        till.sell()
    await till.push()
    (child,) = _children(server.process.pid)

    async with asyncio.timeout(PATIENCE):
        with _end_of(child) as ended:
            await server.end(signal.SIGKILL)
            await ended.wait()


@contextmanager
def _end_of(pid: int) -> Iterator[asyncio.Event]:
    """Set once a process ends that is not our child."""
    if not hasattr(os, "pidfd_open"):
        pytest.skip("this system does not tell of the end of other processes")
    loop, ended, handle = asyncio.get_running_loop(), asyncio.Event(), os.pidfd_open(pid)
    loop.add_reader(handle, ended.set)
    try:
        yield ended
    finally:
        loop.remove_reader(handle)
        os.close(handle)


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if not path.exists():
        pytest.skip("this system does not say which processes a process has")
    return [int(text) for text in path.read_text().split()]


async def test_whoever_sends_a_byte_a_second_holds_up_nobody(
    till: WireTill, started: Callable[..., object]
) -> None:
    server: Process = await started()  # type: ignore[misc]
    host, port = server.address.removeprefix("http://").split(":")
    slow = []
    for _ in range(20):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /v1/journal HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n{")
        slow.append(writer)

    ours(till, server).sell()
    assert (await till.push()).acked_through == 1
    assert (await server.client.get("/healthz")).json()["status"] == "ok"
    for writer in slow:
        writer.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of our own for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(pem))
    nothing = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, nothing))
    return files


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_it_serves_over_tls_with_a_certificate_of_ones_own(
    till: WireTill, started: Callable[..., object], certificate: tuple[Path, Path]
) -> None:
    own, key = map(str, certificate)
    server: Process = await started("--certificate", own, "--certificate-key", key)  # type: ignore[misc]
    ours(till, server).sell()

    assert (await till.push()).acked_through == 1
    async with httpx.AsyncClient(base_url=server.address) as stranger:
        with pytest.raises(httpx.ConnectError):
            await stranger.get("/v1/ping")


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
async def test_a_certificate_that_is_none_is_told_in_one_line(address: str, tmp_path: Path) -> None:
    (tmp_path / "junk").write_text("junk")
    for file in ("junk", "absent"):
        done = await asyncio.to_thread(
            subprocess.run,
            [
                *(
                    sys.executable,
                    "-m",
                    "backoffice",
                    "--lang",
                    "en",
                    "serve",
                    "--db",
                    address,
                    "--port",
                    "0",
                ),
                "--certificate",
                str(tmp_path / file),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1, done.stderr

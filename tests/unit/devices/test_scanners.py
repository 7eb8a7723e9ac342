"""Scanners: every code once, in order and whole, or a word that it was spoiled."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.errors import DeviceDown, ScanSpoiled
from devices.events import HealthChanged, ScanLost, Scanned
from devices.health import State
from devices.registry import build_counter
from devices.scanners.evdev import make_evdev
from devices.scanners.evdev_codec import Typing, keystrokes
from devices.scanners.framing import Framing
from devices.scanners.input_device import InputDevice
from devices.scanners.making import make_serial
from devices.scanners.owner import ScannerOwner
from devices.scanners.scanner import StreamScanner, Text
from devices.scanners.wedge import Wedge, WedgeScanner
from devices.transports import File, open_transport
from devices.virtual.hosting import OnPty, OnTcp
from devices.virtual.scanner import ScannerTwin
from devices.virtual.steered import SteeredScanner

EAN = "3017620422003"
GS1 = "]C10103017620422003\x1d10AB12\x1d15261231"
MUTE = Framing(gap=0.01)


def scanner_on(transport: Any, framing: Framing = MUTE) -> StreamScanner:
    return StreamScanner("scanner", "serial", transport, Text(), framing)


# --- on a line


@pytest.mark.parametrize("place_of", [OnPty, OnTcp])
async def test_a_scanner_on_a_line_gives_its_codes_in_order_and_says_when_its_cable_is_cut(
    place_of: Any,
) -> None:
    twin = ScannerTwin()
    async with place_of(twin) as place:
        scanner = scanner_on(open_transport(place.address), Framing())
        await scanner.probe()
        for code in (EAN, "4087", GS1):
            twin.set(scan=code)
        assert [await scanner.read() for _ in range(3)] == [EAN, "4087", GS1]
        reading = asyncio.ensure_future(scanner.read())
        await asyncio.sleep(0)
        await place.unplug()
        with pytest.raises(DeviceDown):
            await reading


@pytest.mark.parametrize("fault", ["garbage", "endless"])
async def test_a_spoiled_scan_is_told_and_the_next_one_is_read(fault: str) -> None:
    scanner = made("serial", gap="5")
    await scanner.probe()
    scanner.set(fault=fault, scan=EAN)
    with pytest.raises(ScanSpoiled):
        await scanner.read()
    scanner.set(fault=None, scan=EAN)
    assert await scanner.read() == EAN
    await scanner.close()


async def test_a_reader_that_gives_up_loses_no_code() -> None:
    scanner = made("serial")
    await scanner.probe()
    reading = asyncio.ensure_future(scanner.read())
    await asyncio.sleep(0)
    reading.cancel()
    scanner.set(scan=EAN)
    assert await scanner.read() == EAN
    await scanner.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=4), st.sampled_from(["serial", "evdev"]))
def test_random_bytes_never_raise_anything_but_a_device_error(
    run: Callable[[Awaitable[Any]], Any], chunks: list[bytes], driver: str
) -> None:
    class Random:
        is_open = answers = True
        pace = None

        async def open(self) -> None: ...
        async def write(self, data: bytes) -> None: ...
        async def close(self) -> None: ...

        async def read(self, limit: int = 4096) -> bytes:
            return chunks.pop() if chunks else b""

    alphabet = Text() if driver == "serial" else Typing("azerty")
    scanner = StreamScanner("x", driver, Random(), alphabet, Framing(gap=0.001))

    async def read_all() -> None:
        while True:
            with suppress(ScanSpoiled):
                assert 0 < len(await scanner.read()) <= 128

    with pytest.raises(DeviceDown):
        run(read_all())


# --- as an input device


class Kernel:
    """Stands in for the kernel's grab, on a pipe with recorded events."""

    def __init__(self, refusal: int = 0) -> None:
        self.taken: list[bool] = []
        self._refusal = refusal

    def __call__(self, descriptor: int, taken: bool) -> None:
        if self._refusal:
            raise OSError(self._refusal, os.strerror(self._refusal))
        self.taken.append(taken)


@pytest.fixture
async def pipe(tmp_path: Path) -> AsyncIterator[tuple[File, int]]:
    """An input device's place, and the descriptor that its events go into."""
    path = tmp_path / "event7"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    yield File(str(path)), writer
    os.close(writer)


async def test_an_input_device_is_grabbed_while_it_is_open_and_let_go_of_afterwards(
    pipe: tuple[File, int],
) -> None:
    place, keys = pipe
    kernel = Kernel()
    scanner = StreamScanner("x", "evdev", InputDevice(place, "x", kernel), Typing("azerty"), Framing())
    await scanner.probe()
    assert kernel.taken == [True]
    os.write(keys, keystrokes(f"{EAN}\r", "azerty"))
    assert await scanner.read() == EAN
    await scanner.close()
    assert kernel.taken == [True, False]


@pytest.mark.parametrize(
    ("refusal", "says"),
    [(errno.EBUSY, "another program"), (errno.ENOTTY, "no input device"), (errno.EACCES, "no right")],
)
async def test_a_device_that_cannot_be_had_says_why(pipe: tuple[File, int], refusal: int, says: str) -> None:
    device = InputDevice(pipe[0], "x", Kernel(refusal))
    with pytest.raises(DeviceDown, match=says):
        await device.open()
    assert not device.is_open


async def test_a_device_that_is_not_plugged_in_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeviceDown, match="not plugged in"):
        await InputDevice(File(str(tmp_path / "none")), "x", Kernel()).open()


async def test_a_plain_file_is_no_scanner(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(DeviceDown, match="no input device"):
        await InputDevice(File(str(file)), "x").open()


async def test_a_scanner_that_is_pulled_out_and_plugged_in_again_is_grabbed_again_and_let_go_of_at_the_end(
    tmp_path: Path, happenings: Any
) -> None:
    path, kernel = tmp_path / "event7", Kernel()
    os.mkfifo(path)
    device = InputDevice(File(str(path)), "x", kernel)
    keys = os.open(path, os.O_RDWR)
    scanner = StreamScanner("hand", "evdev", device, Typing("qwerty"), Framing())
    counter = Counter([ScannerOwner("hand", scanner)], happenings)
    async with counter:
        os.write(keys, keystrokes(f"{EAN}\r123", "qwerty"))
        await happenings.until(Scanned)
        path.unlink()
        os.close(keys)  # the cable is pulled in the middle of a code
        await happenings.until(HealthChanged, 2)
        assert counter.list()[0].health is State.OFFLINE
        os.mkfifo(path)
        keys = os.open(path, os.O_RDWR)
        counter.retry()
        await happenings.until(HealthChanged, 3)
        os.write(keys, keystrokes("4087\r", "qwerty"))
        await happenings.until(Scanned, 2)
    os.close(keys)
    assert [scan.code for scan in happenings.of(Scanned)] == [EAN, "4087"]
    assert kernel.taken == [True, False, True, False]


# --- on the counter


def made(driver: str, **options: str) -> SteeredScanner:
    make = make_serial if driver == "serial" else make_evdev
    scanner = make(DeviceConfig("hand", "scanner", driver, "virtual:", options))
    assert isinstance(scanner, SteeredScanner)
    return scanner


@pytest.fixture(params=["virtual", "serial", "evdev"])
async def counter(request: pytest.FixtureRequest, happenings: Any) -> AsyncIterator[Counter]:
    device = DeviceConfig("hand", "scanner", request.param, "virtual:")
    counter = build_counter(CounterConfig((device,)))
    counter.on_event = happenings
    async with counter:
        yield counter


async def test_what_a_virtual_scanner_is_shown_has_been_read_when_it_was_set(
    counter: Counter, happenings: Any
) -> None:
    await counter.set("hand", scan=EAN)
    await counter.set("hand", scan=EAN)
    assert [scan.code for scan in happenings.of(Scanned)] == [EAN, EAN]
    (view,) = counter.list()
    assert (view.kind, view.health, view.output) == ("scanner", State.ONLINE, {"scan": EAN, "scans": 2})


async def test_a_slow_scanner_holds_nothing_up(slowness: Any, happenings: Any) -> None:
    counter = build_counter(
        CounterConfig((DeviceConfig("hand", "scanner", "virtual", "virtual:"),)), sleep=slowness
    )
    counter.on_event = happenings
    async with counter:
        await counter.set("hand", fault="slow")
        setting = asyncio.ensure_future(counter.set("hand", scan=EAN))
        await slowness.began.wait()
        assert happenings.of(Scanned) == []
        slowness.over.set()
        await setting
        assert [scan.code for scan in happenings.of(Scanned)] == [EAN]


async def test_a_scanner_that_was_unplugged_is_found_again(counter: Counter, happenings: Any) -> None:
    await counter.set("hand", fault="offline")
    await counter.set("hand", scan=EAN)
    assert counter.list()[0].health is State.OFFLINE
    await counter.set("hand", fault=None)
    await counter.set("hand", scan="4087")
    assert [scan.code for scan in happenings.of(Scanned)] == ["4087"]
    assert counter.list()[0].health is State.ONLINE


async def test_a_scanner_that_is_looked_at_holds_nobody_up(counter: Counter) -> None:
    for fault in (None, "offline"):
        await counter.set("hand", fault=fault)
        async with asyncio.timeout(2):  # less than a device that stays silent is waited for
            await counter.look("hand")
        assert counter.list()[0].health is (State.OFFLINE if fault else State.ONLINE)


async def test_noise_is_told_and_is_no_code(counter: Counter, happenings: Any) -> None:
    await counter.set("hand", fault="garbage")
    await counter.set("hand", scan=EAN)
    if counter.list()[0].driver == "evdev":
        assert happenings.of(Scanned) == [], "bytes that are no events type nothing"
        return
    (lost,) = await happenings.until(ScanLost)
    assert "cannot be read" in lost.reason
    assert counter.list()[0].health is State.DEGRADED


async def test_a_scanner_that_comes_back_on_its_line_is_found_when_the_system_tells(happenings: Any) -> None:
    twin = ScannerTwin()
    async with OnTcp(twin) as place:
        counter = build_counter(CounterConfig((DeviceConfig("hand", "scanner", "serial", place.address),)))
        counter.on_event = happenings
        async with counter:
            await happenings.until(HealthChanged)
            await place.unplug()
            await happenings.until(HealthChanged, 2)
            await place.plug()
            counter.retry()
            await happenings.until(HealthChanged, 3)
            twin.set(scan=EAN)
            (scan,) = await happenings.until(Scanned)
            assert (scan.device, scan.code) == ("hand", EAN)


async def test_the_counter_knows_how_its_wedge_types() -> None:
    device = DeviceConfig("hand", "scanner", "wedge", "virtual:", {"layout": "azerty"})
    counter = build_counter(CounterConfig((device,)))
    assert counter.wedge == Wedge(layout="azerty")
    assert build_counter(CounterConfig()).wedge == Wedge()
    assert isinstance(counter.owners[0].device, WedgeScanner)

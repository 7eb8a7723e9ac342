"""What the form of a device proposes as options is what its driver takes."""

from __future__ import annotations

import shlex

import pytest

from devices.configuration import ADDRESSES, CounterConfig, DeviceConfig, Kind
from devices.registry import build_counter
from tui_pos.screens.devices.form import OPTIONS

ADDRESS = {"drawer": "serial:/dev/ttyS0", "scanner": "virtual:"}
LEAVES_OUT = {("drawer", "escpos"), ("printer", "escpos")}
"""They need another device on the counter."""


@pytest.mark.parametrize(
    ("kind", "driver"), [pair for pair in ADDRESSES if pair in OPTIONS and pair not in LEAVES_OUT]
)
def test_a_proposed_option_is_taken_by_its_driver(kind: Kind, driver: str) -> None:
    options = dict(word.split("=", 1) for word in shlex.split(OPTIONS[kind, driver]))
    address = ADDRESS.get(kind, "tcp://127.0.0.1:9" if driver != "manual" else "virtual:")
    build_counter(CounterConfig((DeviceConfig("tried", kind, driver, address, options),)))

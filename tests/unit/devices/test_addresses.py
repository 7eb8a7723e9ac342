"""Addresses as people type them, and names of ports that stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.transports import (
    Address,
    BadAddress,
    Cups,
    File,
    SerialLine,
    Tcp,
    Usb,
    Via,
    Virtual,
    open_transport,
    parse_address,
)
from devices.transports.identity import settled


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://192.168.1.50:9100", Tcp("192.168.1.50", 9100)),
        ("tcp://printer.local:9100/", Tcp("printer.local", 9100)),
        ("tcp://[fe80::1]:9100", Tcp("fe80::1", 9100)),
        ("serial:/dev/ttyS0", SerialLine("/dev/ttyS0")),
        ("serial:/dev/ttyS0?baud=19200&mode=7E1", SerialLine("/dev/ttyS0", 19200, 7, "e", 1)),
        ("serial:/dev/ttyS0?flow=rtscts", SerialLine("/dev/ttyS0", flow="rtscts")),
        ("usb:04b8:0202", Usb(0x04B8, 0x0202)),
        ("usb:04B8:0202:A1-B2:C3", Usb(0x04B8, 0x0202, "A1-B2:C3")),
        ("file:/dev/usb/lp0", File("/dev/usb/lp0")),
        ("cups:Ticket_1", Cups("Ticket_1")),
        ("virtual:", Virtual()),
        ("via:counter", Via("counter")),
    ],
)
def test_an_address_is_read_and_says_itself_again(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "begins with none"),
        ("192.168.1.50", "begins with none"),
        ("http://printer", "begins with none"),
        ("tcp://printer", "tcp://HOST:PORT"),
        ("tcp://printer:0", "tcp://HOST:PORT"),
        ("tcp://printer:99999", "tcp://HOST:PORT"),
        ("tcp://pr inter:9100", "tcp://HOST:PORT"),
        ("serial:ttyS0", "whole path"),
        ("serial:/dev/ttyS0?baud=9601", "speed"),
        ("serial:/dev/ttyS0?mode=9n1", "8n1"),
        ("serial:/dev/ttyS0?speed=9600", "baud, mode, flow"),
        ("serial:/dev/ttyS0?baud=9600&baud=9600", "once"),
        ("serial:/dev/ttyS0?baud", "NAME=VALUE"),
        ("serial:/dev/ttyS0?flow=dsr", "flow control"),
        ("usb:04b8", "lsusb"),
        ("usb:4b8:202", "lsusb"),
        ("file:paper", "whole path"),
        ("cups:-o raw", "lpstat"),
        ("cups:-oraw", "lpstat"),
        ("virtual:x", "nothing follows"),
        ("via:", "via:NAME"),
        ("file:/tmp/\x1b[31m", "cannot be seen"),
    ],
)
def test_what_is_no_address_is_refused_with_what_was_expected(text: str, told: str) -> None:
    with pytest.raises(BadAddress, match="Nothing changed") as raised:
        parse_address(text)

    assert told in raised.value.reason


@given(st.text() | st.from_regex(r"(tcp|serial|usb|file|cups|virtual|via):.{0,40}"))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = parse_address(text)
    except BadAddress:
        return
    assert parse_address(str(address)) == address


@pytest.mark.parametrize("text", ["virtual:", "via:counter"])
def test_no_cable_leads_to_what_has_none(text: str) -> None:
    with pytest.raises(BadAddress, match="no cable"):
        open_transport(text)


def test_a_port_numbered_by_plugging_is_named_by_its_adapter(tmp_path: Path) -> None:
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    (by_id / "usb-Adapter_123").symlink_to("/dev/ttyUSB7")

    assert settled(parse_address("serial:/dev/ttyUSB7?baud=4800"), (by_id,)) == SerialLine(
        str(by_id / "usb-Adapter_123"), 4800
    )
    assert settled(parse_address("serial:/dev/ttyS0"), (by_id,)) == SerialLine("/dev/ttyS0")
    by_path = tmp_path / "by-path"
    by_path.mkdir()
    (by_path / "pci-0000:00:14.0-usb-0:2:1.0").symlink_to("/dev/ttyUSB7")
    (by_path / "pci-0000:00:14.0-usb-0:3:1.0").symlink_to("/dev/ttyACM0")
    # its serial number before the socket it is in, which is all that an adapter without a number has
    assert str(settled(parse_address("serial:/dev/ttyUSB7"), (by_id, by_path))).startswith(f"serial:{by_id}")
    assert str(settled(parse_address("serial:/dev/ttyACM0"), (by_id, by_path))).startswith(
        f"serial:{by_path}"
    )
    with pytest.raises(BadAddress, match="by-id"):
        settled(parse_address("serial:/dev/ttyUSB8"), (by_id, tmp_path / "none"))


def test_an_input_device_numbered_by_plugging_is_named_by_its_link(tmp_path: Path) -> None:
    (tmp_path / "usb-Scanner_42-event-kbd").symlink_to("/dev/input/event7")

    settled_place = settled(parse_address("file:/dev/input/event7"), (tmp_path,))
    assert str(settled_place) == f"file:{tmp_path}/usb-Scanner_42-event-kbd"
    with pytest.raises(BadAddress, match="/dev/input/by-id"):
        settled(parse_address("file:/dev/input/event8"), (tmp_path,))
    assert str(settled(parse_address("file:/dev/usb/lp0"), (tmp_path,))) == "file:/dev/usb/lp0"

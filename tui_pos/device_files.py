"""Files that a device is given, such as a logo: looked at when they are given, and kept with the till's data.

A picture on a stick is gone with the stick, and a receipt is a bad place to learn that it could not be read.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, n_

FOLDER = "devices"
LARGEST = 10_000_000
"""Bytes of a picture: a logo of a few hundred dots needs none near that."""
NO_PICTURE = n_("{file} is no picture that can be read")


def with_files_kept(device: DeviceConfig, profile: Path) -> DeviceConfig:
    """The device with its logo in the till's folder. Reads and writes files: not on the loop.

    Raises:
        BadDevice: the logo is no picture, or cannot be kept.
    """
    given = device.options.get("logo", "")
    if not given:
        return device
    from devices.printers.pictures import is_picture  # noqa: PLC0415 - what draws is large, and seldom needed

    path = Path(given).expanduser()
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        if not is_picture(data):
            raise BadDevice(device=device.name, reason=NO_PICTURE, file=given)
        kept = profile / FOLDER / f"logo-{sha256(data).hexdigest()[:12]}{path.suffix.lower()}"
        if path != kept:
            kept.parent.mkdir(mode=0o700, exist_ok=True)
            kept.write_bytes(data)
    except OSError as error:
        raise BadDevice(device=device.name, reason=NO_PICTURE, file=given) from error
    return replace(device, options={**device.options, "logo": str(kept)})

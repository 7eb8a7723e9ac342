"""From its configuration to a scale. A driver at `virtual:` gets the twin that speaks its protocol."""

from __future__ import annotations

from binascii import crc_hqx
from importlib.resources import files

from devices.configuration import DeviceConfig
from devices.options import Options
from devices.ports import Scale
from devices.scales.dialog_06 import Dialog06, Proof
from devices.scales.mt_sics import MtSics
from devices.scales.reading import AskedScale
from devices.scales.toledo_8217 import Toledo8217
from devices.transports import open_transport
from devices.virtual.peer import Plugged
from devices.virtual.scales import Dialog06Twin, MtSicsTwin, ScaleTwin, Toledo8217Twin
from devices.virtual.steered import SteeredScale


def make_toledo_8217(config: DeviceConfig) -> Scale:
    """A Toledo 8217; it takes no option. Raises `BadDevice` where one is given."""
    return _made(config, Toledo8217, Toledo8217Twin)


def make_mt_sics(config: DeviceConfig) -> Scale:
    """A scale that speaks MT-SICS; it takes no option. Raises `BadDevice` where one is given."""
    return _made(config, MtSics, MtSicsTwin)


def make_dialog_06(config: DeviceConfig) -> Scale:
    """A scale that speaks Dialog 06. Raises `BadDevice` where an option makes no sense.

    Options: `polynomial`, four hexadecimal digits, where the scale wants checksums; `checksums`, one to five of them of
    the approved program, with commas between; without, one of the program that runs.
    """
    options = Options(config)
    (polynomial,) = options.words("polynomial", most=1) or (None,)
    checksums = options.words("checksums", most=5)
    options.end()
    proof = None if polynomial is None else Proof(polynomial, checksums or (program_checksum(),))
    if not config.virtual:
        return Dialog06(config.name, open_transport(config.place, config.name), proof=proof)
    twin = Dialog06Twin(config.name, polynomial=polynomial)
    return SteeredScale(Dialog06(config.name, Plugged(twin), proof=proof), twin)


def program_checksum() -> int:
    """The checksum of what is approved with a scale: the code that asks it and reads its answers."""
    parts = ("dialog_06.py", "dialog_06_codec.py", "reading.py")
    code = b"".join(files("devices.scales").joinpath(part).read_bytes() for part in parts)
    return crc_hqx(code, 0)


def _made(config: DeviceConfig, driver: type[AskedScale], twin_of: type[ScaleTwin]) -> Scale:
    Options(config).end()
    if not config.virtual:
        return driver(config.name, open_transport(config.place, config.name))
    twin = twin_of(config.name)
    return SteeredScale(driver(config.name, Plugged(twin)), twin)

"""The configuration file: taken as its server signed it, or not at all."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.protocol import Signer
from sync.protocol.configuration import (
    BadConfiguration,
    Configuration,
    read_configuration,
    write_configuration,
)
from sync.protocol.signed import sign_document

SIGNER = Signer(b"s" * 32)
CONFIGURATION = Configuration(
    url="https://shop.example",
    shop_name="Épicerie",
    till_name="front",
    code="ABCD-EFGH-JKLM-NPQR",
    server_key=SIGNER.public_key.hex(),
    settings={"ticket_interval": 10},
)
FILE = write_configuration(CONFIGURATION, SIGNER)


def test_what_was_written_is_read() -> None:
    assert read_configuration(FILE) == CONFIGURATION


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"junk", "not a configuration file"),
        (b"\xff\xfe\x00", "not a configuration file"),
        (b"[]", "not a configuration file"),
        (b"{}", "not a configuration file"),
        (b"[" * 100_000, "not a configuration file"),
        (b"x" * 2_000_000, "too large"),
        (b'{"v":1}', "not whole"),
        (FILE.replace(b'"v": 1', b'"v": 2'), "version 2"),
        (FILE.replace(b"shop.example", b"thief.example"), "altered"),
        (FILE.replace(b"ABCD", b"ABCE"), "altered"),
        (FILE.replace(b'"signature"', b'"other"'), "altered"),
        (FILE.replace(SIGNER.public_key.hex().encode(), b"00" * 32), "altered"),
        (FILE.replace(SIGNER.public_key.hex().encode(), b"zz"), "not whole"),
        (FILE.replace(SIGNER.public_key.hex().encode(), b"00"), "altered"),
    ],
)
def test_anything_else_is_refused_with_its_reason(content: bytes, why: str) -> None:
    with pytest.raises(BadConfiguration, match=why):
        read_configuration(content)


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, len(FILE) - 2), bit=st.integers(0, 7))
def test_a_bit_that_was_turned_is_found_out(place: int, bit: int) -> None:
    altered = bytearray(FILE)
    altered[place] ^= 1 << bit
    try:
        read = read_configuration(bytes(altered))
    except BadConfiguration:
        return
    # between the fields, space is as good as a tab
    assert read == CONFIGURATION


def test_fields_that_come_later_are_covered_and_ignored() -> None:
    fields = {**msgspec.json.decode(FILE), "batteries": 2}

    assert read_configuration(msgspec.json.encode(sign_document(fields, SIGNER))) == CONFIGURATION

"""The fuzzer's targets, over what it has found so far and a few hundred mutations that are the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import CORPUS, NAMES
from tests.fuzz.line import CUT, run
from tests.fuzz.targets import TARGETS

MUTATIONS = 150


@pytest.fixture(scope="module", autouse=True)
def loop() -> Iterator[None]:
    yield
    run.close()


def found(name: str) -> list[bytes]:
    """What once broke this target."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


def mutated(data: bytes, chance: Random) -> bytes:
    """Bytes changed, cut out, doubled or put in, as a bad line would."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0 if at < len(changed):
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at : at + chance.randint(1, 4)]
            case 2:
                changed[at:at] = changed[at : at + chance.randint(1, 8)]
            case 3:
                changed[at:at] = CUT
            case _:
                changed[at:at] = chance.randbytes(chance.randint(1, 4))
    return bytes(changed)


def test_every_target_can_be_named_on_the_command_line() -> None:
    assert sorted(TARGETS) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_bytes_break_a_codec_or_its_driver(name: str) -> None:
    fuzzed, chance = TARGETS[name], Random(name)
    for data in (b"", *fuzzed.seeds, *found(name)):
        fuzzed.target(data)
    for _ in range(MUTATIONS):
        fuzzed.target(mutated(chance.choice(fuzzed.seeds), chance))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=200))
def test_random_bytes_break_neither(name: str, data: bytes) -> None:
    TARGETS[name].target(data)

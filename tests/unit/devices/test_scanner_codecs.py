"""What scanners send: codes out of characters, characters out of keys, and a wedge of the wrong layout put right."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.configuration import DeviceConfig
from devices.errors import BadDevice
from devices.scanners.evdev_codec import EVENT, SYN_DROPPED, Typing, keystroke, keystrokes
from devices.scanners.framing import Frames, Framing, Spoiled
from devices.scanners.keymap import as_qwerty
from devices.scanners.making import make_wedge
from devices.scanners.wedge import Wedge

EAN = "3017620422003"
GS1 = "]C10103017620422003\x1d10AB12\x1d15261231"


# --- where a code begins and ends


@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        (Framing(), f"{EAN}\r"),
        (Framing(), f"{EAN}\n"),
        (Framing(), f"{EAN}\r\n"),
        (Framing(), f"{EAN}\t\r\n"),
        (Framing(suffix="tab"), f"{EAN}\t"),
        (Framing(suffix="tab"), f"{EAN}\r"),
        (Framing(suffix="etx"), f"\x02{EAN}\x03"),
        (Framing(prefix="@"), f"@{EAN}\r"),
        (Framing(prefix="@"), f"{EAN}\r"),
        (Framing(), f"\x02{EAN}\r"),
    ],
)
def test_a_code_comes_without_what_the_scanner_puts_around_it(framing: Framing, sent: str) -> None:
    assert Frames(framing).give(sent) == [EAN]


def test_a_code_without_an_end_is_whole_after_silence_where_that_is_how_the_scanner_ends_it() -> None:
    frames = Frames(Framing(suffix="none"))
    assert (frames.give(EAN[:5]), frames.give(EAN[5:]), frames.pending) == ([], [], True)
    assert (frames.rest(), frames.pending) == ([EAN], False)


def test_a_code_whose_end_was_lost_is_told_and_never_joined_with_the_next() -> None:
    frames = Frames(Framing())
    frames.give(EAN)
    (lost,) = frames.rest()
    assert isinstance(lost, Spoiled)
    assert frames.give(f"{EAN}\r") == [EAN]


def test_a_symbology_identifier_stays_and_fnc1_is_always_the_group_separator() -> None:
    framing = Framing(prefix="@", fnc1="~")
    assert Frames(framing).give("@" + GS1.replace("\x1d", "~") + "\r") == [GS1]


def test_what_is_no_code_is_told_once() -> None:
    frames = Frames(Framing())
    assert [type(found) for found in frames.give("9" * 5000 + "\r")] == [Spoiled]
    assert [type(found) for found in frames.give("30\x00176\r")] == [Spoiled]
    assert frames.give("\r\n\r\n") == []


@given(st.lists(st.text("0123456789ABCDEF-", min_size=1, max_size=20), max_size=8), st.data())
def test_codes_cut_anywhere_come_out_whole_and_in_order(codes: list[str], data: st.DataObject) -> None:
    stream = "".join(f"{code}\r\n" for code in codes)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    frames = Frames(Framing())
    found = [
        code
        for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for code in frames.give(stream[begin:end])
    ]
    assert found == codes


# --- what keys type


@pytest.mark.parametrize("layout", ["qwerty", "azerty"])
@pytest.mark.parametrize("code", [EAN, "SHELF-12", "abc/DEF:9", "C00042"])
def test_each_layout_types_what_is_on_its_keys(layout: Any, code: str) -> None:
    assert Typing(layout).characters(keystrokes(code + "\r", layout)) == code + "\r"


def test_a_scanner_that_is_a_french_keyboard_types_digits_with_shift() -> None:
    one_shifted = keystroke(2, shift=True)
    assert Typing("azerty").characters(one_shifted) == "1"
    assert Typing("azerty").characters(keystroke(2)) == "&"
    assert Typing("qwerty").characters(keystroke(2)) == "1"


def test_control_altgr_and_caps_lock_make_their_characters() -> None:
    def held(modifier: int, key: int) -> bytes:
        down, up = EVENT.pack(0, 0, 1, modifier, 1), EVENT.pack(0, 0, 1, modifier, 0)
        return down + keystroke(key) + up

    assert Typing("qwerty").characters(held(29, 27)) == "\x1d"
    assert Typing("azerty").characters(held(100, 12)) == "]"
    assert Typing("qwerty").characters(keystroke(58) + keystroke(30) + keystroke(2)) == "A1"


def test_repetition_by_the_kernel_is_no_key_and_equal_keys_are_all_typed() -> None:
    held = EVENT.pack(0, 0, 1, 2, 1) + EVENT.pack(0, 0, 1, 2, 2) * 5 + EVENT.pack(0, 0, 1, 2, 0)
    assert Typing("qwerty").characters(held + keystroke(2)) == "11"


def test_events_that_are_cut_wait_for_their_rest() -> None:
    typing, data = Typing("qwerty"), keystrokes(EAN, "qwerty")
    assert "".join(typing.characters(data[at : at + 7]) for at in range(0, len(data), 7)) == EAN


def test_a_code_of_which_the_kernel_lost_a_part_is_none() -> None:
    dropped = EVENT.pack(0, 0, 0, SYN_DROPPED, 0)
    typed = Typing("qwerty").characters(
        keystrokes("301", "qwerty") + dropped + keystrokes("22003\r", "qwerty")
    )
    assert [type(found) for found in Frames(Framing()).give(typed)] == [Spoiled]


# --- as a keyboard


@pytest.mark.parametrize("code", [EAN, "SHELF-12", "]C1010301762042200310", "m;AQZW/9"])
def test_digits_that_became_signs_by_the_keyboards_layout_are_digits_again(code: str) -> None:
    typed = Typing("azerty").characters(keystrokes(code, "qwerty"))
    assert typed != code
    assert as_qwerty(typed) == code
    assert as_qwerty(code) == code
    assert Wedge(layout="azerty", prefix="@").code("@" + typed) == code


def test_a_wedge_is_made_from_its_configuration() -> None:
    options = {"layout": "azerty", "prefix": "~", "suffix": "none", "gap": "50", "fnc1": "#"}
    wedge = make_wedge(DeviceConfig("hand", "scanner", "wedge", "virtual:", options)).wedge
    assert wedge == Wedge("azerty", "~", False, 0.05, "#")
    with pytest.raises(BadDevice):
        make_wedge(DeviceConfig("hand", "scanner", "wedge", "virtual:", {"layout": "dvorak"}))

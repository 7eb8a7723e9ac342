"""The scan router: keys in, lines out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from devices.scanners.framing import GROUP_SEPARATOR
from devices.scanners.wedge import Wedge
from tui_pos.widgets.router import LONGEST, Router, Typed

CODE = "3017620422003"
FAST, SLOW = 0.002, 0.2


class Keys:
    """Gives keys to a router at a pace, and keeps the lines that come out."""

    def __init__(self) -> None:
        self.router = Router()
        self.lines: list[Typed] = []
        self._at = 100.0

    def give(self, keys: Iterable[str], pace: float) -> None:
        for key in keys:
            self._at += pace
            line = self.router.key(key, key if len(key) == 1 else None, self._at)
            if line is not None:
                self.lines.append(line)

    def rest(self, seconds: float = 1.0) -> None:
        self._at += seconds


def lines(keys: Sequence[str], pace: float) -> list[Typed]:
    given_keys = Keys()
    given_keys.give(keys, pace)
    return given_keys.lines


def test_a_fast_run_of_digits_is_a_scan() -> None:
    (line,) = lines([*CODE, "enter"], FAST)

    assert line.text == CODE
    assert line.is_scan()


def test_the_same_digits_typed_by_hand_are_not() -> None:
    (line,) = lines([*CODE, "enter"], SLOW)

    assert line == Typed(CODE, fast=False)


def test_a_name_is_no_scan_however_fast_it_comes() -> None:
    (line,) = lines([*"camembert", "enter"], FAST)

    assert not line.is_scan()


def test_cr_lf_ends_one_line() -> None:
    assert [line.text for line in lines([*CODE, "enter", "ctrl+j", *CODE, "enter", "ctrl+j"], FAST)] == [
        CODE
    ] * 2


def test_lf_alone_ends_a_line() -> None:
    assert [line.text for line in lines([*CODE, "ctrl+j", *CODE, "ctrl+j"], FAST)] == [CODE] * 2


def test_a_second_enter_by_hand_is_a_line_of_its_own() -> None:
    assert [line.text for line in lines(["1", "enter", "enter"], SLOW)] == ["1", ""]


def test_tab_ends_a_scan_and_nothing_else() -> None:
    assert [line.text for line in lines([*CODE, "tab"], FAST)] == [CODE]
    assert lines([*"12", "tab"], SLOW) == []


def test_repeated_digits_are_never_dropped() -> None:
    (line,) = lines([*"1111111111116", "enter"], 0.0)

    assert line.text == "1111111111116"


def test_one_late_key_does_not_cut_a_code_in_two() -> None:
    keys = Keys()
    keys.give(CODE[:5], FAST)
    keys.rest(0.1)
    keys.give([*CODE[5:], "enter"], FAST)

    assert [line.text for line in keys.lines] == [CODE]
    assert keys.lines[0].is_scan()


def test_a_scan_leaves_what_was_being_typed_at_the_prompt() -> None:
    keys = Keys()
    keys.give("pom", SLOW)
    keys.rest()
    keys.give([*CODE, "enter"], FAST)

    assert [line.text for line in keys.lines] == [CODE]
    assert keys.router.text == "pom"


def test_a_quantity_typed_before_a_scan_goes_with_it() -> None:
    keys = Keys()
    keys.give("3*", SLOW)
    keys.rest()
    keys.give([*CODE, "enter"], FAST)

    assert [line.text for line in keys.lines] == ["3*" + CODE]
    assert not keys.lines[0].is_scan()


def test_the_group_separator_stays_in_the_code() -> None:
    (line,) = lines([*"]d2010301762042200310AB", "ctrl+right_square_bracket", *"17271231", "enter"], FAST)

    assert line.text == "]d2010301762042200310AB" + GROUP_SEPARATOR + "17271231"
    assert line.is_scan()


def test_digits_of_an_unshifted_french_keyboard_are_a_scan() -> None:
    (line,) = lines([*'"à&è-éàçéé"à"', "enter"], FAST)

    assert line.is_scan()


def test_a_line_beyond_all_measure_is_one_refusal() -> None:
    (line,) = lines([*"9" * 4000, "enter"], FAST)

    assert line.overlong
    assert len(line.text) == LONGEST
    assert not line.is_scan()


def test_backspace_and_ctrl_u_correct() -> None:
    assert [line.text for line in lines([*"12", "backspace", "3", "enter"], SLOW)] == ["13"]
    assert [line.text for line in lines([*"12", "ctrl+u", "3", "enter"], SLOW)] == ["3"]


def test_a_paste_gives_its_lines_in_order() -> None:
    pasted = Router().paste("3017620422003\r\n3017620422010\n\n3017620422027\r")

    assert [line.text for line in pasted] == ["3017620422003", "3017620422010", "3017620422027"]
    assert all(line.is_scan() for line in pasted)


def test_a_paste_without_an_end_stays_at_the_prompt() -> None:
    router = Router()

    assert router.paste("lentilles") == ()
    assert router.text == "lentilles"


def test_a_paste_of_junk_or_of_4000_characters_is_one_refusal() -> None:
    for junk in ("9" * 4000, "\x1b[31m\x00\x07\r", "\x01\n\x02\n\x03\n"):
        (line,) = Router().paste(junk)
        assert line.overlong


@given(st.lists(st.text("0123456789", min_size=8, max_size=14), min_size=1, max_size=20))
def test_scans_right_after_each_other_come_out_whole_and_in_order(codes: list[str]) -> None:
    found = lines([key for code in codes for key in (*code, "enter")], 0.0005)

    assert [line.text for line in found] == codes
    assert all(line.is_scan() for line in found)


@given(
    st.lists(st.tuples(st.sampled_from([*"09aA*é ", "enter", "ctrl+j", "tab", "backspace"]), st.floats(0, 1)))
)
def test_no_run_of_keys_breaks_it(keys: list[tuple[str, float]]) -> None:
    router, at = Router(), 0.0
    for key, after in keys:
        at += after
        router.key(key, key if len(key) == 1 else None, at)
        assert len(router.text) <= LONGEST


def test_silence_ends_a_code_that_nothing_else_ends_and_leaves_what_was_typed_before() -> None:
    keys = Keys()
    keys.router.wedge = Wedge(ends=False)
    keys.give("pom", SLOW)
    keys.rest()
    keys.give(CODE, FAST)
    line = keys.router.rest()

    assert line is not None
    assert (line.text, line.is_scan(), keys.router.text) == (CODE, True, "pom")


def test_silence_ends_nothing_that_a_hand_types_nor_a_key_that_is_held_down() -> None:
    for typed, pace in ((CODE, SLOW), ("1" * 13, FAST), ("12345", FAST), ("camembert", FAST)):
        keys = Keys()
        keys.router.wedge = Wedge(ends=False)
        keys.give(typed, pace)

        assert keys.router.rest() is None
        assert keys.router.text == typed


def test_a_quantity_typed_before_a_code_that_silence_ends_goes_with_it() -> None:
    keys = Keys()
    keys.router.wedge = Wedge(ends=False)
    keys.give("3*", SLOW)
    keys.rest()
    keys.give(CODE, FAST)
    line = keys.router.rest()

    assert line is not None
    assert (line.text, line.is_scan()) == ("3*" + CODE, False)


def test_a_scanner_that_ends_its_codes_is_never_cut_by_silence() -> None:
    keys = Keys()
    keys.give(CODE, FAST)

    assert keys.router.rest() is None
    assert keys.router.text == CODE


@given(st.text("&é\"'(-è_çàqwm;, ", max_size=20), st.sampled_from(["auto", "qwerty", "azerty"]))
def test_whatever_a_scanner_of_another_keyboard_types_comes_out_as_one_line(typed: str, layout: Any) -> None:
    keys = Keys()
    keys.router.wedge = Wedge(layout=layout)
    keys.give([*typed, "enter"], FAST)

    assert len(keys.lines) == 1
    assert len(keys.lines[0].text) == len(typed)

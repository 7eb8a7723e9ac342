"""Which key makes which character: keyboards of English (QWERTY) and French (AZERTY), by the kernel's key codes.

A scanner that types is told which keyboard it is; where the computer is told another one, digits become letters. The
codes are those of `linux/input-event-codes.h`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Layout: TypeAlias = Literal["qwerty", "azerty"]
Keys: TypeAlias = Mapping[int, str]
"""For each key what it types: alone, with Shift, with AltGr."""

_ROWS = (
    # the code of the first key, then what the keys of a row type alone and with Shift
    ("qwerty", 41, "`", "~"),
    ("qwerty", 2, "1234567890-=", "!@#$%^&*()_+"),
    ("qwerty", 16, "qwertyuiop[]", "QWERTYUIOP{}"),
    ("qwerty", 30, "asdfghjkl;'", 'ASDFGHJKL:"'),
    ("qwerty", 43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    ("azerty", 41, "²", "²"),
    ("azerty", 2, "&é\"'(-è_çà)=", "1234567890°+"),
    ("azerty", 16, "azertyuiop^$", "AZERTYUIOP¨£"),
    ("azerty", 30, "qsdfghjklmù", "QSDFGHJKLM%"),
    ("azerty", 43, "*wxcvbn,;:!", "µWXCVBN?./§"),
    ("azerty", 86, "<", ">"),
)
_ALTGR = {3: "~", 4: "#", 5: "{", 6: "[", 7: "|", 8: "`", 9: "\\", 10: "^", 11: "@", 12: "]", 13: "}"}
_KEYPAD = dict(zip((82, 79, 80, 81, 75, 76, 77, 71, 72, 73), "0123456789", strict=True))
_KEYPAD_SIGNS = {55: "*", 74: "-", 78: "+", 83: ".", 98: "/"}
_ALIKE = {57: " ", **_KEYPAD, **_KEYPAD_SIGNS}
"""Keys that type the same on every keyboard, with and without Shift."""


def _keys(layout: Layout) -> Keys:
    keys: dict[int, str] = {}
    for name, first, alone, shifted in _ROWS:
        if name == layout:
            pairs = zip(alone, shifted, strict=True)
            keys |= {first + place: "".join(pair) for place, pair in enumerate(pairs)}
    if layout == "azerty":
        keys |= {code: keys[code] + third for code, third in _ALTGR.items()}
    # the keypad comes last: who looks for a key that types a digit finds the one of the top row
    return keys | {code: character * 2 for code, character in _ALIKE.items()}


KEYMAPS: Mapping[Layout, Keys] = {"qwerty": _keys("qwerty"), "azerty": _keys("azerty")}

_AS_QWERTY = {
    typed: meant
    for code, characters in KEYMAPS["azerty"].items()
    if code in KEYMAPS["qwerty"] and code not in _ALIKE
    for typed, meant in zip(characters[:2], KEYMAPS["qwerty"][code], strict=True)
}
# with Caps Lock the letters of the top row are capitals
_AS_QWERTY |= {typed.upper(): _AS_QWERTY[typed] for typed in "éèçà"}


def as_qwerty(typed: str) -> str:
    """What a scanner that is a QWERTY keyboard meant, where the computer took its keys for AZERTY.

    Text in which a digit arrived as a digit is as it was meant: misread, digits become `&é"'(-è_çà`, and no code is
    without any.
    """
    if any(character.isdecimal() for character in typed):
        return typed
    return "".join(_AS_QWERTY.get(character, character) for character in typed)

"""The kernel's input events → characters (`struct input_event` of `linux/input.h`).

python-evdev would read them too; it comes as source that needs a compiler and the kernel's headers on every till, and
all that is wanted of it is one structure and one ioctl.
"""

from __future__ import annotations

import struct

from devices.scanners.framing import GROUP_SEPARATOR
from devices.scanners.keymap import KEYMAPS, Layout

EVENT = struct.Struct("@llHHi")
"""Seconds, microseconds, type, code, value."""
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3
UP, DOWN = 0, 1
"""Values of a key; 2 is the kernel's own repetition of one that is held, and no key of the scanner's."""
ENTER, TAB, CAPS_LOCK, KEYPAD_ENTER = 28, 15, 58, 96
RIGHT_BRACKET, J = 27, 36
SHIFTS, CONTROLS, ALTGR = frozenset({42, 54}), frozenset({29, 97}), 100

DROPPED = "\x00"
"""Stands where events were lost: no code with it can be read."""
LOST = EVENT.pack(0, 0, EV_SYN, SYN_DROPPED, 0)
"""How the kernel says that it dropped events."""
_ENDS = {ENTER: "\r", KEYPAD_ENTER: "\r", TAB: "\t"}
_CONTROLLED = {RIGHT_BRACKET: GROUP_SEPARATOR, J: "\n"}


class Typing:
    """What a keyboard has typed. No bytes make it raise.

    Args:
        layout: which keyboard the scanner takes itself for.
    """

    def __init__(self, layout: Layout) -> None:
        self._keys = KEYMAPS[layout]
        self.forget()

    def forget(self) -> None:
        """The keyboard was pulled out: no key of it is held, and no event of it goes on."""
        self._part = b""
        self._held: set[int] = set()
        self._capitals = False

    def characters(self, data: bytes) -> str:
        """What the keys of these events type; an event that is not whole waits for its rest."""
        data = self._part + data
        whole = len(data) - len(data) % EVENT.size
        self._part = data[whole:]
        return "".join(
            self._typed(kind, code, value) for _, _, kind, code, value in EVENT.iter_unpack(data[:whole])
        )

    def _typed(self, kind: int, code: int, value: int) -> str:
        if (kind, code) == (EV_SYN, SYN_DROPPED):
            self._held.clear()
            return DROPPED
        if kind != EV_KEY or value not in (UP, DOWN):
            return ""
        if code in SHIFTS or code in CONTROLS or code == ALTGR:
            (self._held.add if value == DOWN else self._held.discard)(code)
            return ""
        return self._pressed(code) if value == DOWN else ""

    def _pressed(self, code: int) -> str:
        if code == CAPS_LOCK:
            self._capitals = not self._capitals
            return ""
        if self._held & CONTROLS:
            return _CONTROLLED.get(code, "")
        characters = self._keys.get(code)
        if characters is None:
            return _ENDS.get(code, "")
        if ALTGR in self._held:
            return characters[2:3]
        shifted = bool(self._held & SHIFTS) != (self._capitals and characters[0].isalpha())
        return characters[shifted]


def keystroke(code: int, *, at: float = 0.0, shift: bool = False) -> bytes:
    """The events of one key that is pressed and let go, as the kernel writes them."""
    seconds, micros = int(at), int(at % 1 * 1_000_000)

    def event(kind: int, code: int, value: int) -> bytes:
        return EVENT.pack(seconds, micros, kind, code, value)

    report, shift_key = event(EV_SYN, 0, 0), min(SHIFTS)
    before = event(EV_KEY, shift_key, DOWN) + report if shift else b""
    after = event(EV_KEY, shift_key, UP) + report if shift else b""
    return before + event(EV_KEY, code, DOWN) + report + event(EV_KEY, code, UP) + report + after


def keystrokes(text: str, layout: Layout) -> bytes:
    """The events of a scanner that types a text.

    Raises:
        ValueError: its keyboard has no such character.
    """
    data = b""
    for character in text:
        end = next((code for code, typed in _ENDS.items() if typed == character), None)
        if end is not None:
            data += keystroke(end)
            continue
        code = next((code for code, typed in KEYMAPS[layout].items() if character in typed[:2]), None)
        if code is None:
            raise ValueError(f"{character!r} is on no key of {layout}")
        data += keystroke(code, shift=KEYMAPS[layout][code][0] != character)
    return data

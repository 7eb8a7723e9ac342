"""The scan router: what stands above focus and makes lines of keys.

A barcode scanner is a keyboard that types a code faster than any hand and ends it with Enter. The router tells
it from typing by the time between keys, keeps what a person had typed when a scan falls into it, and never drops
a key for coming soon after the same one. It knows no widget: keys go in with their time, lines come out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from devices.scanners.framing import GROUP_SEPARATOR
from devices.scanners.wedge import Wedge

if TYPE_CHECKING:
    from collections.abc import Sequence

PAUSE = 0.25
"""Seconds after which a key begins something new: no scanner waits so long inside a code."""

SHORTEST_SCAN = 4
"""Keys in a burst that count as a scan where the prompt waits for a code."""

SHORTEST_BARCODE = 8
"""Digits of the shortest code on goods: where something else is expected, only these count as a scan."""

SHORTEST_UNENDED = 6
"""Keys of a burst that count as a scan where nothing but silence ends one."""

LONGEST = 128
"""No code and no name is longer: what comes after is not kept, and the whole is refused once."""

_ENDS = frozenset({"enter", "ctrl+j"})
_FRENCH_DIGITS = "&é\"'(\\-è_çàÉÈÇÀ"
"""The digits of a French keyboard without Shift, with Caps Lock too."""
_CODE = re.compile(rf"[!-)+-~\x1d]+|[{_FRENCH_DIGITS}]+")
_DIGIT = re.compile(rf"[0-9{_FRENCH_DIGITS}]")
_SEPARATORS = re.compile(r"\r\n|[\r\n\t]")


class Typed(Struct, frozen=True):
    """A line that ended: by Enter, or by what a scanner sends for it."""

    text: str
    fast: bool = False
    """It came as fast as a scanner types."""
    marked: bool = False
    """The scanner's prefix stood before it."""
    overlong: bool = False
    """It was longer than anything that can be meant; `text` is its beginning."""

    def is_scan(self, shortest: int = SHORTEST_SCAN) -> bool:
        """Whether a scanner sent it: marked, or fast, of code characters with a digit among them, long enough."""
        if self.marked and not self.overlong:
            return True
        if not self.fast or self.overlong or len(self.text) < shortest:
            return False
        return _CODE.fullmatch(self.text) is not None and _DIGIT.search(self.text) is not None


class Router:
    """Collects keys into lines; `text` is what the prompt shows.

    Args:
        wedge: how the scanner types.
    """

    def __init__(self, wedge: Wedge | None = None) -> None:
        self.wedge = wedge or Wedge()
        self._keys: list[tuple[str, float]] = []
        self._dropped = 0
        self._ended_by = ""
        self._ended_at = 0.0

    @property
    def text(self) -> str:
        """What was typed and has not ended yet."""
        return "".join(character for character, _at in self._keys)

    @property
    def last_at(self) -> float | None:
        """When the last key of the line came; None on an empty one."""
        return self._keys[-1][1] if self._keys else None

    def key(self, key: str, character: str | None, at: float) -> Typed | None:
        """Take one key and its time in seconds; gives the line that it ended.

        Keys that are neither text nor an end are not the router's: see `takes`.
        """
        if key in _ENDS:
            return self._end(key, at)
        if key == "tab":
            # Some scanners end a code with Tab; typed by hand it means nothing here.
            latest = [when for _character, when in self._keys[-SHORTEST_SCAN:]]
            return self._end(key, at) if self._is_fast(latest, at) else None
        if key in ("backspace", "ctrl+h"):
            del self._keys[-1:]
        elif key == "ctrl+u":
            self.clear()
        elif key == "ctrl+right_square_bracket":
            self._add(GROUP_SEPARATOR, at)
        elif character:
            self._add(character, at)
        return None

    def rest(self) -> Typed | None:
        """No key has come for as long as the scanner's silence: gives the code that nothing else ends.

        A key that is held down comes as fast as a scanner's, and is no code.
        """
        if self.wedge.ends or self._dropped or len(set(self.text)) < 2:
            return None
        times = [when for _character, when in self._keys]
        begin = _begin_of_last(times)
        last = self._line(self.text[begin:], fast=self._is_fast(times[begin:], times[-1]))
        if not last.is_scan(SHORTEST_UNENDED):
            return None
        self._ended_by, self._ended_at = "silence", times[-1]
        return self._parted(begin, last)

    @staticmethod
    def takes(key: str, character: str | None) -> bool:
        """Whether a key is the router's: text, an end of line, or a correction of it."""
        if key in _ENDS or key in ("tab", "backspace", "ctrl+h", "ctrl+u", "ctrl+right_square_bracket"):
            return True
        return character is not None and character.isprintable()

    def paste(self, text: str) -> tuple[Typed, ...]:
        """Take a bracketed paste: its lines in order. One line without an end stays at the prompt, as typed.

        Junk, or a line longer than can be meant, makes one refusal of the whole paste.
        """
        if not text.strip():
            return ()
        lines = [line for line in _SEPARATORS.split(text) if line.strip()]
        if any(len(line) > LONGEST or not line.replace(GROUP_SEPARATOR, "").isprintable() for line in lines):
            return (Typed(text[:LONGEST], fast=True, overlong=True),)
        if len(lines) == 1 and not _SEPARATORS.search(text):
            self._keys = [*self._keys, *((character, 0.0) for character in lines[0])][:LONGEST]
            return ()
        return tuple(self._line(line, fast=True) for line in lines)

    def clear(self) -> bool:
        """Forget what was typed; tells whether there was anything."""
        had = bool(self._keys)
        self._keys, self._dropped = [], 0
        return had

    def take(self) -> str:
        """What was typed, for a key that uses it as its argument; the prompt is empty then."""
        text = self.text
        self.clear()
        return text

    def _add(self, character: str, at: float) -> None:
        if len(self._keys) < LONGEST:
            self._keys.append((character, at))
        else:
            self._dropped += 1

    def _end(self, key: str, at: float) -> Typed | None:
        # CR LF arrives as two ends: the second, on nothing, belongs to the first.
        echo = (
            not self._keys and self._ended_by not in ("", key) and 0 <= at - self._ended_at <= self.wedge.gap
        )
        self._ended_by, self._ended_at = ("" if echo else key), at
        if echo:
            return None
        text = self.text
        if self._dropped:
            self.clear()
            return Typed(text, fast=True, overlong=True)
        times = [when for _character, when in self._keys]
        begin = _begin_of_last(times)
        last = self._line(text[begin:], fast=self._is_fast(times[begin:], at))
        return self._parted(begin, last)

    def _line(self, typed: str, *, fast: bool) -> Typed:
        """What was typed in one go: the code in it, where a scanner typed it."""
        marked = self.wedge.marked(typed)
        meant = Typed(self.wedge.code(typed), fast=fast, marked=marked)
        return meant if (fast or marked) and meant.is_scan() else Typed(typed, fast=fast)

    def _parted(self, begin: int, last: Typed) -> Typed:
        """The line that has ended: the code alone where it came into something that is still being typed.

        Args:
            begin: where what came last begins.
            last: what came last.
        """
        before = self._keys[:begin]
        text = self.text
        self.clear()
        if not begin:
            return last
        if text[begin - 1] == "*":
            return Typed(text[:begin] + last.text)
        if last.is_scan(SHORTEST_BARCODE):
            self._keys = before
            return last
        return Typed(text)

    def _is_fast(self, times: Sequence[float], end: float) -> bool:
        """Whether a scanner sent keys at these times and an end: by the median, since one key may be held up."""
        if len(times) < SHORTEST_SCAN:
            return False
        gaps = [after - before for before, after in zip(times, [*times[1:], end], strict=True)]
        return sorted(gaps)[len(gaps) // 2] <= self.wedge.gap


def _begin_of_last(times: Sequence[float]) -> int:
    """Where the keys after the last pause begin."""
    return next((n for n in range(len(times) - 1, 0, -1) if times[n] - times[n - 1] > PAUSE), 0)

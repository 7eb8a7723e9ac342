"""What a driver may be told besides its address: options of a device, read with care."""

from __future__ import annotations

import re
from typing import TypeVar

from devices.configuration import DeviceConfig
from devices.errors import BadDevice, n_

T = TypeVar("T")

YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


class Options:
    """Reads the options of one device; an option that nobody reads is a mistake, told by `end`.

    Every method raises `BadDevice` for a value that it does not take.
    """

    def __init__(self, config: DeviceConfig) -> None:
        self._name = config.name
        self._given = dict(config.options)
        self._known: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        """Any words."""
        self._known.append(name)
        return self._given.pop(name, default)

    def choice(self, name: str, values: dict[str, T], default: T) -> T:
        """One of several words, without regard to capitals."""
        given = self.text(name)
        if not given:
            return default
        if given.lower() not in values:
            raise self._bad(
                n_("the option {option} is one of {values}"), option=name, values=", ".join(values)
            )
        return values[given.lower()]

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        return self.choice(name, dict.fromkeys(YES, True) | dict.fromkeys(NO, False), default)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number between two."""
        given = self.text(name)
        if not given:
            return default
        if not (given.isascii() and given.isdecimal() and least <= int(given[:9]) <= most):
            raise self._bad(
                n_("the option {option} is a number from {least} to {most}"),
                option=name,
                least=least,
                most=most,
            )
        return int(given)

    def words(self, name: str, most: int) -> tuple[int, ...]:
        """At most so many numbers of sixteen bits, as four hexadecimal digits each, with commas between."""
        given = [part.strip() for part in self.text(name).split(",") if part.strip()]
        if len(given) > most or not all(re.fullmatch("[0-9A-Fa-f]{4}", part) for part in given):
            raise self._bad(
                n_("the option {option} is four hexadecimal digits, {most} times at most"),
                option=name,
                most=most,
            )
        return tuple(int(part, 16) for part in given)

    def end(self) -> None:
        """Refuse what nobody has asked for: a word that is misspelt would go unheard."""
        if self._given:
            known = ", ".join(self._known) or "none"
            unknown = ", ".join(self._given)
            raise self._bad(
                n_("there is no option {option}; its options: {known}"), option=unknown, known=known
            )

    def _bad(self, reason: str, **values: object) -> BadDevice:
        return BadDevice(device=self._name, reason=reason, **values)

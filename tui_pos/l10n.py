"""The language of the screen and of paper: messages from gettext catalogues, formats from Babel.

One language for one process, chosen once at start. What Babel's data say of it is read once, or written down here;
formatting an amount is then string work, since the basket does it for each line it paints.
"""

from __future__ import annotations

import gettext
import os
import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

LANGUAGES = ("fr", "en")
_LOCALES = Path(__file__).parent / "locale"


def n_(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


class Formats(Struct, frozen=True):
    """How a language writes numbers, read from Babel's data."""

    decimal: str
    group: str
    amount: str
    """With `{}` where the number goes: `"{} €"`."""


EUROS = {
    "fr": Formats(",", "\N{NO-BREAK SPACE}", "{}\N{NO-BREAK SPACE}€"),
    "en": Formats(".", ",", "€{}"),
}
"""What Babel says of the euro, written down: a till would wait 15 ms for it before its first frame."""


_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
"""A time as a program says it."""
SYSTEM_WORDS = (
    n_("Permission denied"),
    n_("No such file or directory"),
    n_("File exists"),
    n_("Is a directory"),
    n_("Not a directory"),
    n_("File name too long"),
    n_("Read-only file system"),
    n_("No space left on device"),
    n_("Disk quota exceeded"),
    n_("Input/output error"),
    n_("Connection refused"),
    n_("Connection reset by peer"),
    n_("Connection timed out"),
    n_("No route to host"),
    n_("Network is unreachable"),
    n_("Name or service not known"),
    n_("Temporary failure in name resolution"),
    n_("self-signed certificate"),
    n_("self-signed certificate in certificate chain"),
    n_("unable to get local issuer certificate"),
    n_("certificate has expired"),
    n_("certificate is not yet valid"),
)
"""What the system and OpenSSL say of files, connections and certificates: these have their words in every language."""


class _Chosen:
    """The language of this process."""

    language = "fr"
    said = False
    """Somebody has named it: no setting changes it."""
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(language: str | None) -> str:
    """Choose the language: the one given, else that of the environment, else French. Gives the one chosen."""
    wanted = (
        language or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    )
    _Chosen.said = language is not None
    chosen = wanted[:2].lower()
    _Chosen.language = chosen if chosen in LANGUAGES else "fr"
    _Chosen.catalogue = gettext.translation("tui_pos", _LOCALES, [_Chosen.language], fallback=True)
    return _Chosen.language


def prefer_language(language: str) -> str:
    """The language of a till's settings, unless the command line has named one; gives the one in use."""
    if language and not _Chosen.said:
        use_language(language)
        _Chosen.said = False
    return _Chosen.language


def language() -> str:
    """The language in use: `fr` or `en`."""
    return _Chosen.language


def _(message: str) -> str:
    """The message in the chosen language; for an empty one, nothing: gettext would give the catalogue's header."""
    return _Chosen.catalogue.gettext(message) if message else ""


def in_language(reason: str) -> str:
    """A cause in the chosen language, with its values where it has some: phrases among them are causes themselves."""
    template, values = getattr(reason, "template", reason), getattr(reason, "values", {})
    words = {name: _in_language(value) for name, value in values.items()}
    return _(template).format(**words) if words else _(template)


def _in_language(value: object) -> object:
    if isinstance(value, str) and _TIME.fullmatch(value):
        return moment(datetime.fromisoformat(value))
    # a single word is a name or a code, also where it happens to be a message too
    return in_language(value) if isinstance(value, str) and " " in value else value


def plural(one: str, many: str, count: int) -> str:
    """The message for a count, in the chosen language."""
    return _Chosen.catalogue.ngettext(one, many, count)


def _formats(language: str, currency: str) -> Formats:
    return EUROS[language] if currency == "EUR" else read_formats(language, currency)


@lru_cache(maxsize=8)
def read_formats(language: str, currency: str) -> Formats:
    """How a language writes amounts of a currency, from Babel's data."""
    from babel import Locale  # noqa: PLC0415 - only where it is not written down
    from babel.numbers import get_currency_symbol  # noqa: PLC0415

    locale = Locale.parse("fr_FR" if language == "fr" else "en_IE")
    symbols = locale.number_symbols["latn"]
    pattern = locale.currency_formats["standard"].pattern
    symbol = get_currency_symbol(currency, locale)
    amount = "{}\N{NO-BREAK SPACE}" + symbol if pattern.rstrip().endswith("¤") else symbol + "{}"
    return Formats(symbols["decimal"], symbols["group"].replace("\u202f", "\N{NO-BREAK SPACE}"), amount)


def number(minor: int, currency: str = "EUR") -> str:
    """Minor units as the language writes them, without the currency: `1 234,50`."""
    formats = _formats(_Chosen.language, currency)
    units, cents = divmod(abs(minor), 100)
    sign = "-" if minor < 0 else ""
    return f"{sign}{units:,}".replace(",", formats.group) + f"{formats.decimal}{cents:02d}"


def amount(minor: int, currency: str = "EUR") -> str:
    """Minor units as the language writes money: `1 234,50 €`."""
    text = _formats(_Chosen.language, currency).amount.format(number(abs(minor), currency))
    return f"-{text}" if minor < 0 else text


def quantity(value: Decimal) -> str:
    """A quantity without useless zeros: `3`, `0,35`."""
    text = format(value.normalize(), "f")
    return text.replace(".", _formats(_Chosen.language, "EUR").decimal)


def kilograms(value: Decimal) -> str:
    """A weight to the gram: `0,350 kg`."""
    decimal = _formats(_Chosen.language, "EUR").decimal
    return f"{value:.3f}".replace(".", decimal) + "\N{NO-BREAK SPACE}kg"


def percent(rate: Decimal | str) -> str:
    """A rate in percent: `5,5 %`."""
    space = "\N{NO-BREAK SPACE}" if _Chosen.language == "fr" else ""
    return f"{quantity(Decimal(rate))}{space}%"


def day(at: date) -> str:
    """A date: `22/11/2026`."""
    return f"{at:%d/%m/%Y}"


def moment(at: datetime) -> str:
    """A date and time to the second, in local time: `22/11/2026 14:05:09`."""
    return at.astimezone().strftime("%d/%m/%Y %H:%M:%S")

"""How codes and names are brought to one form, so that what is typed finds what was loaded."""

from __future__ import annotations

import re
import unicodedata

GTIN_LENGTHS = frozenset({8, 12, 13, 14})

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_WORD = re.compile(r"\w+")


def code_key(code: str) -> str:
    """The form under which a code is looked up.

    A GTIN of any length is one number (GS1 General Specifications, 1.4.2: filled with zeros to 14 digits); any other
    code has no case.
    """
    stripped = code.strip()
    if len(stripped) in GTIN_LENGTHS and stripped.isascii() and stripped.isdigit():
        return stripped.zfill(14)
    return stripped.upper()


def fold(text: str) -> str:
    """A text without case, accents or ligatures."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in plain.translate(_LIGATURES) if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order: letters and digits; everything else separates them."""
    return _WORD.findall(fold(text).replace("_", " "))


def prefix_query(text: str) -> str | None:
    """The full-text query that wants every word of a text as a prefix; None: the text has no word.

    Words are quoted, so that nothing typed is read as the query language of FTS5.
    """
    words = words_of(text)
    return " ".join(f'"{word}"*' for word in dict.fromkeys(words)) or None

"""Keeps the catalogues in step with the code: `python -m tui_pos.locale.catalogues`.

Reads every message of the packages, adds the new ones to the French catalogue without a translation, drops those
that are gone, and compiles. English is the language of the messages themselves. A test refuses a catalogue that is
out of step or has a message without its French.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FRENCH = ROOT / "tui_pos" / "locale" / "fr" / "LC_MESSAGES" / "tui_pos.po"
SOURCES = ("tui_pos", "sync", "devices", "backoffice")
KEYWORDS = {"_": None, "n_": None, "plural": (1, 2), "refuse": (2,)}
_NO_DATE = datetime.fromtimestamp(0, UTC)


def messages() -> Iterator[str | tuple[str, ...]]:
    """Every message of the code, in the order of its files."""
    for source in SOURCES:
        for found in extract_from_dir(ROOT / source, [("**.py", "python")], keywords=KEYWORDS):
            yield found[2]


def in_step(catalogue: Catalog) -> Catalog:
    """The catalogue with the messages of the code and no others, its translations kept."""
    fresh = Catalog(locale="fr", charset="utf-8", fuzzy=False, header_comment="")
    for message in messages():
        old = catalogue.get(message if isinstance(message, str) else message[0])
        # a message that has become plural, or is so no more, needs its French anew
        fresh.add(message, old.string if old and isinstance(old.id, str) == isinstance(message, str) else "")
    return fresh


def missing(catalogue: Catalog) -> list[str]:
    """The messages that lack their French, or a form of it; a plural one by its singular."""
    lacking = []
    for message in catalogue:
        forms = (message.string,) if isinstance(message.string, str) else message.string or ()
        if message.id and not (forms and all(forms)):
            lacking.append(message.id if isinstance(message.id, str) else message.id[0])
    return lacking


def read() -> Catalog:
    """The French catalogue as it is kept."""
    if not FRENCH.exists():
        return Catalog(locale="fr")
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def written(catalogue: Catalog) -> bytes:
    """The text of a catalogue: sorted, without dates and places, so that it changes only when messages do."""
    file = io.BytesIO()
    write_po(file, catalogue, width=110, no_location=True, omit_header=True, sort_output=True)
    return b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n' + (
        b'"Language: fr\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n' + file.getvalue()
    )


def compiled(catalogue: Catalog) -> bytes:
    """What gettext reads. Its header bears no date, so that it changes only when messages do."""
    file = io.BytesIO()
    catalogue.creation_date = _NO_DATE
    write_mo(file, catalogue)
    return file.getvalue()


def main() -> None:
    """Bring the files in step."""
    catalogue = in_step(read())
    FRENCH.parent.mkdir(parents=True, exist_ok=True)
    FRENCH.write_bytes(written(catalogue))
    FRENCH.with_suffix(".mo").write_bytes(compiled(read()))
    without = missing(catalogue)
    print(f"{len(catalogue)} messages, {len(without)} without French")  # noqa: T201 - a developer's command
    for message in without:
        print(f"  {message}")  # noqa: T201


if __name__ == "__main__":
    main()

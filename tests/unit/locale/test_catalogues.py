"""The French catalogue: in step with the code, whole, and written as French is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from tui_pos.actions import Keyboard, Place, key_name
from tui_pos.l10n import _, use_language
from tui_pos.locale import catalogues
from tui_pos.sale.prompt import Context

ORDINARY_BEFORE = re.compile(r" [:;!?%€»]|« |\w[;!?](\s|$)|\w:\s")
"""An ordinary space, or none, where French has one that does not break."""


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    return catalogues.read()


def forms(message: Message) -> tuple[str, ...]:
    """The singular alone, or with its plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def french(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def translated(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def placeholders(text: str) -> list[str]:
    return sorted(name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None)


def marked() -> Iterator[tuple[str, str, ast.Call]]:
    """The place, the name and the call of each function that marks a message: read without what extracts them."""
    for source in catalogues.SOURCES:
        for path in sorted((catalogues.ROOT / source).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
                if isinstance(node, ast.Call) and name in ("_", "n_", "plural"):
                    yield f"{path.relative_to(catalogues.ROOT)}:{node.lineno}", name, node


def test_the_catalogue_is_in_step_with_the_code(catalogue: Catalog) -> None:
    assert catalogues.written(catalogues.in_step(catalogue)) == catalogues.FRENCH.read_bytes(), (
        "run: python -m tui_pos.locale.catalogues"
    )


def test_the_compiled_catalogue_is_the_one_that_is_written(catalogue: Catalog) -> None:
    assert catalogues.compiled(catalogue) == catalogues.FRENCH.with_suffix(".mo").read_bytes()


def test_every_message_has_its_french(catalogue: Catalog) -> None:
    assert catalogues.missing(catalogue) == []


def test_a_message_without_its_french_or_a_form_of_it_is_found() -> None:
    lacking = Catalog(locale="fr")
    lacking.add("Sale", "Vente")
    lacking.add("Line", "")
    lacking.add(("{count} line", "{count} lines"), ("{count} ligne", ""))

    assert catalogues.missing(lacking) == ["Line", "{count} line"]


def test_a_message_that_became_plural_needs_its_french_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Catalog(locale="fr")
    before.add("{count} line", "{count} ligne")
    monkeypatch.setattr(catalogues, "messages", lambda: iter([("{count} line", "{count} lines")]))

    assert catalogues.missing(catalogues.in_step(before)) == ["{count} line"]


def test_what_is_marked_as_a_message_is_a_literal_and_is_in_the_catalogue(catalogue: Catalog) -> None:
    given = [(place, name, call.args[0]) for place, name, call in marked()]
    literals = [(place, str(first.value)) for place, _name, first in given if isinstance(first, ast.Constant)]

    # Babel does not look into an f-string before Python 3.12: a mark in there is lost
    assert [place for place, message in literals if catalogue.get(message) is None] == []
    assert [place for place, _name, first in given if isinstance(first, ast.JoinedStr)] == []
    # what `_` is given may be a variable, marked where it was made; `n_` is what marks it
    assert [p for p, name, first in given if name != "_" and not isinstance(first, ast.Constant)] == []


def test_each_translation_has_the_placeholders_of_its_message(catalogue: Catalog) -> None:
    for message in translated(catalogue):
        for said in filter(None, french(message)):
            assert placeholders(said) == placeholders(forms(message)[-1]), message.id


def test_spaces_and_apostrophes_are_those_of_french_print(catalogue: Catalog) -> None:
    said = [text for message in translated(catalogue) for text in french(message)]

    assert [text for text in said if ORDINARY_BEFORE.search(text)] == []
    assert [text for text in said if "'" in text] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_labels_of_the_shortcut_keys_fit_eighty_columns(language: str) -> None:
    use_language(language)
    shown = [
        f" {key_name(action.key)} {_(action.label)}"
        for action in Keyboard().at(Place.SHORTCUTS, Context.ITEM)
    ]

    assert [text for text in shown if len(text) > 80 // 6] == []

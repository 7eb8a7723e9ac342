"""Why something is refused: a code both sides know, its values, and words in the language of whoever reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec
import pytest

from sync.errors import Unreachable, Unreadable
from sync.protocol.reasons import (
    REASONS,
    Cause,
    Spelled,
    cause,
    heard,
    recognised,
    spelled,
    unreadable,
)
from sync.protocol.wire import Hello, Push
from tui_pos.l10n import in_language, use_language

ROOT = Path(__file__).resolve().parents[3]

OTHER_TOTAL = cause("other_total", said="1.00", held="2.00")


def named(code: str) -> set[str]:
    """The values that the words of a code name."""
    return {name for _, name, _, _ in Formatter().parse(REASONS[code]) if name}


def sample(code: str) -> Cause:
    return cause(code, **{name: f"<{name}>" for name in named(code)})


@pytest.fixture
def french() -> Iterator[None]:
    use_language("fr")
    yield
    use_language("en")


@pytest.mark.parametrize("code", REASONS)
def test_what_went_over_the_wire_is_what_was_said(code: str) -> None:
    said = sample(code)
    wire = msgspec.json.encode(spelled(said))

    got = heard(str(said), msgspec.json.decode(wire, type=Spelled))

    assert isinstance(got, Cause)
    assert (got, got.code, got.values) == (said, code, said.values)


@pytest.mark.parametrize("code", sorted({*REASONS} - {"differs_and"}))
def test_words_that_were_kept_are_recognised(code: str) -> None:
    got = recognised(str(sample(code)))

    assert isinstance(got, Cause)
    assert (got.code, got) == (code, sample(code))


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_said_in_french(code: str, french: None) -> None:
    said = in_language(sample(code))

    assert said != sample(code)
    assert all(f"<{name}>" in said for name in named(code))


def test_a_reason_within_a_reason_is_said_in_french_too(french: None) -> None:
    kept = str(cause("other_content", reason=cause("missing_field", field="total", place="$")))

    assert (
        in_language(recognised(kept))
        == "son contenu n’est pas celui de son genre\N{NO-BREAK SPACE}: le champ total manque dans $"
    )


def test_a_reason_that_begins_with_a_value_is_told_apart_within_another(french: None) -> None:
    within = cause("wrong_type", wanted="int", found="float", place="$.total")
    kept = str(cause("entry_waits", seq=7, kind="ticket", reason=cause("other_content", reason=within)))

    assert in_language(recognised(kept)) == (
        "écriture 7 (ticket)\N{NO-BREAK SPACE}: son contenu n’est pas celui de son genre\N{NO-BREAK SPACE}: "
        "il faut int et il y a float dans $.total"
    )


def test_what_a_closing_says_differently_is_said_in_french_too(french: None) -> None:
    more = cause("differs_and", first=cause("other_tickets", said=2, held=3), others=OTHER_TOTAL)
    kept = str(cause("closing_differs", kind="z", number=4, differences=str(more)))

    assert kept == "closing z 4 does not say what was sold: tickets 2, entries 3; total 1.00, entries 2.00"
    said = in_language(recognised(kept))
    assert "tickets 2, d’après les écritures 3" in said
    assert "total 1.00, d’après les écritures 2.00" in said


def test_a_code_of_a_newer_server_is_passed_over_for_its_words() -> None:
    for told in (Spelled("of_next_year"), Spelled("expired_code"), Spelled("epoch", {"other": 1})):
        assert heard("So it is.", told) == "So it is."
    assert heard("So it is.", None) == "So it is."


@pytest.mark.parametrize(
    ("body", "kind", "code", "values"),
    [
        (b'{"entries":', Push, "cut_json", {}),
        (b'{"entries":[}', Push, "malformed_json", {"byte": "12"}),
        (b"{}", Push, "missing_field", {"field": "entries", "place": "$"}),
        (
            b'{"entries":[{"seq":"1"}]}',
            Push,
            "wrong_type",
            {"wanted": "int", "found": "str", "place": "$.entries[0].seq"},
        ),
        (b'{"entries":7}', Push, "wrong_type", {"wanted": "array", "found": "int", "place": "$.entries"}),
        (b"[]", Push, "wrong_type", {"wanted": "object", "found": "array", "place": "$"}),
        (b'{"epoch":-1}', Hello, "wrong_value", {"place": "$.epoch", "detail": "Expected `int` >= 0"}),
        (b'{"x":' + b"[" * 100_000, Push, "nested_too_deep", {}),
    ],
)
def test_json_that_is_not_what_it_has_to_be_is_told_by_codes(
    body: bytes, kind: type[Any], code: str, values: dict[str, str]
) -> None:
    with pytest.raises((msgspec.MsgspecError, RecursionError)) as found:
        msgspec.json.decode(body, type=kind)

    told = unreadable(found.value)

    assert (told.code, dict(told.values)) == (code, values)


def said_in_the_code() -> Iterator[tuple[str, str, set[str]]]:
    """Every code that is raised or made anywhere, with its place and the values that it is given."""
    for package in ("backoffice", "sync"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if not isinstance(node, ast.Call) or any(word.arg is None for word in node.keywords):
                    continue
                name = ast.unparse(node.func)
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and (name == "cause" or name.startswith("refusals.")):
                    yield (
                        str(first.value),
                        f"{file.name}:{node.lineno}",
                        {str(word.arg) for word in node.keywords},
                    )


def test_every_reason_that_is_given_is_known_with_its_values() -> None:
    given = list(said_in_the_code())

    assert len(given) > 60
    for code, place, values in given:
        assert code in REASONS, place
        assert named(code) <= values, place


def test_an_error_that_was_kept_in_english_is_said_in_french_too(french: None) -> None:
    kept = str(Unreadable(reason="ftp://nas/index.json: timed out"))

    assert in_language(recognised(kept)) == (
        "Les exports du serveur ne peuvent pas être lus\N{NO-BREAK SPACE}: ftp://nas/index.json: timed out. "
        "Ce qui est ici reste tel quel."
    )


def test_the_cause_of_an_error_that_was_kept_is_said_in_french_too(french: None) -> None:
    kept = str(Unreachable(reason="the connection was cut"))

    said = in_language(recognised(kept))
    assert said.startswith("Le serveur est injoignable\N{NO-BREAK SPACE}: la connexion a été coupée.")


def test_a_sentence_that_has_a_semicolon_is_not_taken_for_two_causes() -> None:
    sentence = "no connection can be made; check the address, the port, the proxy and the network"

    assert not isinstance(recognised(sentence), Cause)

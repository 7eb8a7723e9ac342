from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.store.words import code_key, fold, prefix_query, words_of


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("3017620422003", "03017620422003"),
        ("03017620422003", "03017620422003"),
        ("00018166", "00000000018166"),
        ("614141000036", "00614141000036"),
        ("421", "421"),
        ("0421", "0421"),
        (" c-12a ", "C-12A"),
        ("٣٣٣٣٣٣٣٣", "٣٣٣٣٣٣٣٣"),
        ("²2345678", "²2345678"),
    ],
)
def test_a_gtin_is_one_number_and_other_codes_have_no_case(code: str, key: str) -> None:
    assert code_key(code) == key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Crème BRÛLÉE", "creme brulee"),
        ("Œufs de plein air", "oeufs de plein air"),
        ("cæcum", "caecum"),
        ("Straße", "strasse"),
        ("ﬁlet", "filet"),
        ("PLAIN", "plain"),
        ("e\u0301te\u0301", "ete"),
    ],
)
def test_case_accents_and_ligatures_do_not_matter(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_words_are_letters_and_digits() -> None:
    assert words_of("L'eau_de-vie, 70 cl (x6)!") == ["l", "eau", "de", "vie", "70", "cl", "x6"]


def test_what_is_typed_is_never_query_language() -> None:
    assert prefix_query('" OR * NEAR(a b) -c ^d label:e') == (
        '"or"* "near"* "a"* "b"* "c"* "d"* "label"* "e"*'
    )
    assert prefix_query('"*"') is None


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words_of(fold(text)) == words_of(text)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.pins import check_pin, hash_pin


def test_the_pin_that_was_hashed_is_taken_and_no_other() -> None:
    stored = hash_pin("1111")

    assert check_pin("1111", stored)
    assert not check_pin("1112", stored)
    assert not check_pin("", stored)


def test_one_pin_has_another_hash_each_time() -> None:
    assert hash_pin("1111") != hash_pin("1111")


def test_the_hash_names_how_it_was_made() -> None:
    name, cost, block, lanes, salt, digest = hash_pin("2222").split("$")

    assert (name, int(block), int(lanes)) == ("scrypt", 8, 1)
    assert int(cost) >= 8192
    assert len(bytes.fromhex(salt)) == 16
    assert len(bytes.fromhex(digest)) == 32


def test_a_hash_made_at_another_cost_is_still_checked() -> None:
    # RFC 7914, section 12: the second vector
    stored = (
        "scrypt$1024$8$16$"
        + b"NaCl".hex()
        + "$fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )

    assert check_pin("password", stored)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "1111",
        "scrypt$8192$8$1$00$",
        "scrypt$8192$8$1$zz$00",
        "scrypt$0$8$1$00$00",
        "scrypt$8191$8$1$00$00",
        "scrypt$-2$8$1$00$00",
        "scrypt$1073741824$8$1$00$00",
        "argon2$8192$8$1$00$00",
    ],
)
def test_what_is_no_hash_fits_no_pin(stored: str) -> None:
    assert not check_pin("1111", stored)


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_nothing_that_is_stored_breaks_the_check(stored: str) -> None:
    assert not check_pin("1111", stored)


def test_a_pin_may_hold_any_character() -> None:
    assert check_pin("é€ ", hash_pin("é€ "))

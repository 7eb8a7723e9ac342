"""What is said of an input that the rules refuse."""

from __future__ import annotations

import pytest

from tui_pos.sale import errors
from tui_pos.sale.errors import Amount, BadAmount, SaleError, shown


@pytest.mark.parametrize(("minor", "text"), [(0, "0.00"), (5, "0.05"), (-1, "-0.01"), (123456, "1234.56")])
def test_an_amount_in_a_message_reads_as_money(minor: int, text: str) -> None:
    assert f"{Amount(minor)}" == text
    assert "{}".format(Amount(minor)) == text  # noqa: UP032 - as the templates do
    assert Amount(minor) == minor
    assert str(BadAmount(given=Amount(minor))).startswith(f"“{text}” is not")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("abc", "abc"),
        ("é€", "é€"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\u202eabc", "\\u202eabc"),
        ("\ud800", "\\ud800"),
        ("x" * 32, "x" * 32),
        ("x" * 33, "x" * 31 + "…"),
        ("\x00" * 10, "\\x00" * 7 + "\\x0…"),
    ],
)
def test_what_was_given_is_shown_short_and_without_what_a_terminal_obeys(text: str, safe: str) -> None:
    assert shown(text) == safe
    assert len(shown(text)) <= 32


def test_every_error_of_a_sale_has_a_slug_and_says_something() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SaleError)]
    assert len(kinds) > 15
    for kind in kinds:
        if kind is not SaleError:
            assert kind.slug != "internal"
            assert kind.template
            assert kind.__name__ in (errors.__doc__ or "")

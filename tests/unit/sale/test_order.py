"""What the kitchen has to be told: the difference between what it knows and what is wanted, to the piece."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui_pos.sale.order import Changes, Dish, changes

SOUP = Dish(1, "Soupe", Decimal(2))
PIE = Dish(2, "Tarte", Decimal(1))

DISHES = st.dictionaries(
    st.integers(1, 5), st.tuples(st.sampled_from("ab"), st.decimals("0.001", 20, places=3)), max_size=5
).map(lambda lines: tuple(Dish(n, label, quantity) for n, (label, quantity) in lines.items()))


def test_more_of_a_dish_is_only_the_rest() -> None:
    more = replace(SOUP, quantity=Decimal(5))
    assert changes([SOUP, PIE], [more, PIE]) == Changes((replace(SOUP, quantity=Decimal(3)),), ())


def test_less_of_a_dish_is_called_off_by_the_difference() -> None:
    less = replace(SOUP, quantity=Decimal("0.5"))
    assert changes([SOUP], [less]) == Changes((), (replace(SOUP, quantity=Decimal("1.5")),))


def test_a_new_dish_is_told_whole_and_one_that_is_gone_is_called_off_whole() -> None:
    assert changes([SOUP], [PIE]) == Changes((PIE,), (SOUP,))


def test_another_dish_on_the_same_line_takes_the_place_of_the_first() -> None:
    other = replace(SOUP, label="Salade")
    assert changes([SOUP], [other]) == Changes((other,), (SOUP,))


@given(DISHES, DISHES)
def test_what_is_known_and_added_and_not_called_off_is_what_is_wanted(
    before: tuple[Dish, ...], after: tuple[Dish, ...]
) -> None:
    told = changes(before, after)
    sums = {(dish.n, dish.label): Decimal(0) for dish in (*before, *after)}
    for sign, dishes in ((1, before), (1, told.added), (-1, told.cancelled)):
        for dish in dishes:
            sums[dish.n, dish.label] += sign * dish.quantity
    assert {key: quantity for key, quantity in sums.items() if quantity} == {
        (dish.n, dish.label): dish.quantity for dish in after
    }
    assert all(dish.quantity > 0 for dish in (*told.added, *told.cancelled))

"""The budget of a household: what is left, until when, and of what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tui_pos.sale.basket import add, discount_line, new_ticket
from tui_pos.sale.budget import Budget, Quota, Taken, check_access, check_budget, taken_by
from tui_pos.sale.errors import BudgetExceeded, OutOfPeriod, QuotaExceeded
from tui_pos.sale.pricing import totals
from tui_pos.sale.tariff import Tariff, priced
from tui_pos.sale.ticket import Product, Reduction, Ticket

RICE = Product("1", "Riz", 200, Decimal("5.5"), "GRAINS")
MILK = Product("2", "Lait", 100, Decimal("5.5"), "LAIT")
FIFTH = Tariff("QF1", "", Decimal(20))
MAY = Budget("C1", "2026-05", 15_000, 3_000)
NONE = Taken()


def basket(*goods: tuple[Product, int]) -> Ticket:
    ticket = new_ticket("u", datetime(2026, 5, 4, tzinfo=UTC), "1")
    for product, quantity in goods:
        ticket = add(ticket, priced(product, FIFTH), Decimal(quantity))
    return ticket


def takes(ticket: Ticket, basis: str = "value") -> Taken:
    return taken_by(ticket, totals(ticket), "paid" if basis == "paid" else "value")


def test_a_basket_of_30_euros_at_a_fifth_costs_6_and_takes_30_from_the_budget() -> None:
    ticket = basket((RICE, 15))
    assert totals(ticket).total == 600
    assert takes(ticket).amount == 3_000
    assert takes(ticket, "paid").amount == 600


def test_the_budget_may_be_used_to_the_last_cent_and_no_further() -> None:
    check_budget(MAY, NONE, takes(basket((RICE, 15))))
    with pytest.raises(BudgetExceeded):
        check_budget(MAY, NONE, takes(basket((RICE, 15), (MILK, 1))))


def test_what_was_sold_here_since_the_server_spoke_is_taken_off() -> None:
    with pytest.raises(BudgetExceeded):
        check_budget(MAY, takes(basket((RICE, 10))), takes(basket((RICE, 6))))


def test_goods_that_come_back_give_back_what_they_took() -> None:
    back = takes(basket((RICE, -10)))
    assert MAY.left(takes(basket((RICE, 15))) + back) == 2_000


def test_an_overspent_budget_takes_nothing_but_free_goods() -> None:
    overspent = replace(MAY, balance=-500)
    check_budget(overspent, NONE, NONE)
    with pytest.raises(BudgetExceeded):
        check_budget(overspent, NONE, takes(basket((MILK, 1))))


def test_a_new_month_that_the_server_has_not_told_of_starts_as_granted() -> None:
    assert MAY.in_month("2026-05").balance == 3_000
    june = MAY.in_month("2026-06")
    assert (june.month, june.balance) == ("2026-06", 15_000)


def test_a_changed_rule_counts_from_the_1st_without_the_server() -> None:
    june = replace(MAY, monthly=20_000).in_month("2026-06")
    assert (june.amount, june.balance) == (20_000, 20_000)


def test_what_is_left_is_carried_over_without_the_server() -> None:
    carries = replace(MAY, monthly=10_000, carries_over=True)
    sold = {"2026-05": Taken(1_000), "2026-06": Taken(4_000)}
    assert carries.in_month("2026-06", sold).balance == 12_000
    assert carries.in_month("2026-07", sold).balance == 18_000
    overspent = replace(carries, balance=-500)
    assert overspent.in_month("2026-06").balance == 9_500
    december = replace(carries, month="2026-12").in_month("2027-01")
    assert (december.month, december.balance) == ("2027-01", 13_000)


def test_what_was_sold_here_last_month_is_taken_off_where_the_rest_of_that_is_carried() -> None:
    sold = {"2026-04": Taken(700, {"LAIT": Decimal(1)}), "2026-05": Taken(200, {"LAIT": Decimal(2)})}
    assert MAY.left(MAY.since(sold)) == 2_800
    carrying = replace(MAY, carries_over=True, carrying_since="2026-04")
    since = carrying.since({**sold, "2026-03": Taken(50)})
    assert (carrying.left(since), since.quantities) == (2_100, {"LAIT": Decimal(2)})


def test_what_was_taken_at_two_times_adds_up_by_family() -> None:
    morning = Taken(300, {"LAIT": Decimal(1)}, {"LAIT": 200, "GRAINS": 100})
    evening = Taken(70, {"LAIT": Decimal("0.5"), "PAIN": Decimal(2)}, {"LAIT": 50, "PAIN": 20})
    assert morning + evening == Taken(
        370, {"LAIT": Decimal("1.5"), "PAIN": Decimal(2)}, {"LAIT": 250, "GRAINS": 100, "PAIN": 20}
    )
    assert morning + NONE == NONE + morning == morning


@pytest.mark.parametrize(("day", "allowed"), [(1, False), (2, True), (20, True), (21, False)])
def test_access_holds_from_its_first_to_its_last_day(day: int, allowed: bool) -> None:
    budget = replace(MAY, starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 20))
    if allowed:
        check_access(budget, date(2026, 5, day))
    else:
        with pytest.raises(OutOfPeriod):
            check_access(budget, date(2026, 5, day))


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 5, 2), None, "Access from 2026-05-02 on only."),
        (None, date(2026, 4, 30), "Access until 2026-04-30 only."),
        (date(2026, 4, 1), date(2026, 4, 30), "Access from 2026-04-01 to 2026-04-30 only."),
    ],
)
def test_an_access_that_is_refused_is_said_by_the_ends_that_it_has(
    start: date | None, end: date | None, said: str
) -> None:
    with pytest.raises(OutOfPeriod, match=said):
        check_access(replace(MAY, starts_on=start, ends_on=end), date(2026, 5, 1))


def test_a_quota_counts_what_was_taken_this_month_and_here_since() -> None:
    milk = replace(MAY, quotas=(Quota("LAIT", Decimal(6)),), taken=Taken(quantities={"LAIT": Decimal(2)}))
    check_budget(milk, takes(basket((MILK, 2))), takes(basket((MILK, 2), (RICE, 1))))
    with pytest.raises(QuotaExceeded):
        check_budget(milk, takes(basket((MILK, 2))), takes(basket((MILK, 3))))


def test_a_quota_may_be_in_euros() -> None:
    milk = replace(MAY, quotas=(Quota("LAIT", amount=300),))
    check_budget(milk, NONE, takes(basket((MILK, 3))))
    with pytest.raises(QuotaExceeded):
        check_budget(milk, NONE, takes(basket((MILK, 4))))


def test_a_quota_holds_for_the_families_nested_in_its_own() -> None:
    fresh = Quota("FRAIS", Decimal(4), within=frozenset({"LAIT"}))
    milk = replace(MAY, quotas=(fresh,), taken=Taken(quantities={"FRAIS": Decimal(1)}))
    check_budget(milk, takes(basket((MILK, 1))), takes(basket((MILK, 2), (RICE, 9))))
    with pytest.raises(QuotaExceeded):
        check_budget(milk, takes(basket((MILK, 1))), takes(basket((MILK, 3))))


def test_goods_without_a_tariff_count_as_what_was_asked_for_them() -> None:
    ticket = new_ticket("u", datetime(2026, 5, 4, tzinfo=UTC), "1")
    ticket = discount_line(add(ticket, RICE, Decimal(2)), None, Reduction(percent=Decimal(50)), "1")
    assert takes(ticket).amount == 200
    assert takes(ticket, "paid").amount == 200

"""Rights and roles: who may do what. An action declares the right that it needs where it is defined."""

from __future__ import annotations

from enum import StrEnum

from tui_pos.l10n import n_


class Right(StrEnum):
    """Something that not everybody may do."""

    SELL = "sell"
    SESSION = "session"
    CASH = "cash"
    VOID = "void"
    REPRINT = "reprint"
    DISCOUNT = "discount"
    PRICE = "price"
    RETURN = "return"
    DRAWER = "drawer"
    WEIGHT = "weight"
    CREDIT = "credit"
    BUDGET = "budget"
    TARIFF = "tariff"
    PERIOD = "period"
    SETTINGS = "settings"


LABELS = {
    Right.SELL: n_("sell"),
    Right.SESSION: n_("open and close sessions"),
    Right.CASH: n_("move cash in and out"),
    Right.VOID: n_("void lines and tickets"),
    Right.REPRINT: n_("reprint"),
    Right.DISCOUNT: n_("give discounts"),
    Right.PRICE: n_("change prices"),
    Right.RETURN: n_("take goods back"),
    Right.DRAWER: n_("open the drawer without a sale"),
    Right.WEIGHT: n_("type a weight"),
    Right.CREDIT: n_("sell on account"),
    Right.BUDGET: n_("sell beyond a budget or an access period"),
    Right.TARIFF: n_("give customers tariffs and groups"),
    Right.PERIOD: n_("close days, months and years"),
    Right.SETTINGS: n_("change settings"),
}

_CASHIER = frozenset({Right.SELL, Right.SESSION, Right.CASH, Right.VOID, Right.REPRINT, Right.WEIGHT})
_SUPERVISOR = _CASHIER | {
    Right.DISCOUNT,
    Right.PRICE,
    Right.RETURN,
    Right.DRAWER,
    Right.CREDIT,
    Right.BUDGET,
    Right.TARIFF,
    Right.PERIOD,
}
ROLE_NAMES = {"cashier": n_("cashier"), "supervisor": n_("supervisor"), "manager": n_("manager")}
"""The roles as people read them."""
ROLES: dict[str, frozenset[Right]] = {
    "cashier": _CASHIER,
    "supervisor": _SUPERVISOR,
    "manager": frozenset(Right),
}


def rights_of(role: str, extra: tuple[str, ...] = ()) -> frozenset[Right]:
    """The rights of a role, and those given beyond it; names that this version does not know lend nothing."""
    known = {right.value for right in Right}
    return ROLES.get(role, frozenset()) | {Right(name) for name in extra if name in known}

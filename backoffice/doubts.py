"""What a record names that is not there: it is taken, since that may come yet, and said, since it may be mistyped.

An offer for a code that nothing has gives nothing, and a customer of a tariff that is not there pays the full price:
both in silence, if nobody says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from sqlalchemy import Connection

from backoffice.families import parents_of
from backoffice.feed.publishing import find, find_all
from backoffice.settings import DEFAULTS
from sync.protocol import CustomerRecord, ProductRecord
from sync.protocol.terms import BudgetRecord, OfferRecord, SettingRecord, TariffRecord
from tui_pos.l10n import _, n_, plural

_KNOWN_SETTINGS = frozenset({*DEFAULTS, "ping_interval", "feed_interval", "message_wait"})

_MEANT = {"family or product": ("family", "product")}
"""The kinds that a word stands for, where it is not the name of one."""


def doubts(connection: Connection, shop: int, record: Struct) -> list[str]:
    """What a record names that the shop does not have, in words."""
    text = _("There is no {kind} {code} yet: see that it is written as it is meant.")
    return [
        text.format(kind=_(kind), code=code)
        for kind, code in _named(record)
        if not any(_is_there(connection, shop, one, code) for one in _MEANT.get(kind, (kind,)))
    ]


def doubts_about_removing(connection: Connection, shop: int, kind: str, code: str) -> list[str]:
    """What names a record that was taken away, in words."""
    if kind == "tariff":
        count = sum(customer.tariff == code for customer in find_all(connection, shop, "customer"))
        text = plural(
            "{count} customer had this tariff, and pays full prices now.",
            "{count} customers had this tariff, and pay full prices now.",
            count,
        )
    elif kind == "family":
        count = sum(parent == code for parent in parents_of(connection, shop).values())
        text = plural(
            "{count} family was held by this one, and stands alone now.",
            "{count} families were held by this one, and stand alone now.",
            count,
        )
    else:
        return []
    return [text.format(count=count)] if count else []


def _is_there(connection: Connection, shop: int, kind: str, code: str) -> bool:
    if kind == "setting":
        return code in _KNOWN_SETTINGS
    return find(connection, shop, kind, code) is not None


def _named(record: Struct) -> Iterator[tuple[str, str]]:
    """The kind and the code of each record that this one names."""
    match record:
        case CustomerRecord(tariff=str() as tariff):
            yield n_("tariff"), tariff
        case ProductRecord(family=family) if family:
            yield n_("family"), family
        case OfferRecord(scope=scope, target=target, customer=customer):
            if scope != "ticket":
                yield scope, target
            if customer is not None:
                yield n_("customer"), customer
        case TariffRecord(families=families, prices=prices):
            yield from _each("family", families)
            yield from _each("product", prices)
        case BudgetRecord(quotas=quotas):
            yield from _each(n_("family or product"), (quota.family for quota in quotas))
        case SettingRecord(code=code):
            yield n_("setting"), code


def _each(kind: str, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((kind, code) for code in codes)

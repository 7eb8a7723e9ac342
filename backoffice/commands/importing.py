"""`tui-pos-server import WHAT FILE`: from CSV. Every line is checked before anything is written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from msgspec import Struct
from sqlalchemy import Connection, select

from backoffice import schema
from backoffice.arguments import fill_beneficiary
from backoffice.commands.beneficiary import set_budget
from backoffice.commands.common import print_row, say, with_server
from backoffice.csv_records import Plan, Problem, read_records
from backoffice.doubts import doubts
from backoffice.errors import BadFile, BadValue, ServerError
from backoffice.feed.kinds import code_of
from backoffice.feed.publishing import Change, find, publish
from backoffice.record_options import RECORD_KINDS, RecordKind
from backoffice.records import cards_of, changed_record
from backoffice.server import Server
from backoffice.shops import find_shop, publish_records
from backoffice.tills import find_till
from backoffice.wording import in_words
from sync.protocol import CustomerRecord, ProductRecord, stamp
from tui_pos.importing.errors import ImportingError
from tui_pos.importing.plan import ImportPlan
from tui_pos.importing.products import read_products
from tui_pos.importing.report import not_without_end, report_plan
from tui_pos.l10n import _, n_

_CHUNK = 5_000
BENEFICIARIES = "beneficiaries"
MANY = {
    "families": "family",
    "customers": "customer",
    "users": "user",
    "methods": "method",
    "offers": "offer",
    "tariffs": "tariff",
    "settings": "setting",
}
"""What is imported besides products and beneficiaries, and of which kind its records are."""
_KINDS = {kind.name: kind for kind in RECORD_KINDS}


def run(options: argparse.Namespace) -> int:
    """Import; nothing is written when a line is bad, unless bad ones are skipped."""
    try:
        names = dict(map(_pair, options.map))
        if options.what == "products":
            return _import_products(options, names)
        fill = fill_beneficiary if options.what == BENEFICIARIES else _KINDS[MANY[options.what]].fill
        plan = read_records(options.file, fill, names)
    except ImportingError as error:
        raise BadFile(reason=error) from error
    return with_server(options, lambda server: _write_records(server, options, plan))


def _pair(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not (column and equals and field):
        raise BadValue(what=n_("The option"), value=text, reason=n_("COLUMN=FIELD is wanted"))
    return column, field


def _say(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        print(sentence, file=sys.stderr)


def _stop_at_problems(options: argparse.Namespace, problems: int) -> None:
    if problems and not options.skip_bad:
        reason = n_("bad lines; mend them, or leave them out with --skip-bad")
        raise BadValue(what=n_("The file"), value=options.file, reason=reason)


# --- products, whose columns have names of their own


def _import_products(options: argparse.Namespace, names: Mapping[str, str]) -> int:
    plan = _read_products(options, names)
    _say(report_plan(plan))
    _stop_at_problems(options, len(plan.problems))
    return with_server(options, lambda server: _write_products(server, options, plan))


def _read_products(options: argparse.Namespace, names: Mapping[str, str]) -> ImportPlan:
    try:
        return read_products(options.file, names, default_vat=Decimal(options.vat))
    except InvalidOperation as error:
        reason = n_("a rate in percent is wanted")
        raise BadValue(what=n_("The VAT"), value=options.vat, reason=reason) from error


async def _write_products(server: Server, options: argparse.Namespace, plan: ImportPlan) -> int:
    shop = await server.database.read(lambda connection: find_shop(connection, options.shop).id)
    known = 0
    for chunk in _chunks(plan.records):
        known += await server.database.read(_known, shop, [record.code for record in chunk])
        await server.database.write(publish_records, shop, chunk, server.stamp())
    left_out = plan.bad_lines
    print_row(options, {"added": len(plan.records) - known, "updated": known, "left_out": left_out})
    return 0


def _chunks(records: Sequence[ProductRecord]) -> Iterator[Sequence[ProductRecord]]:
    for start in range(0, len(records), _CHUNK):
        yield records[start : start + _CHUNK]


def _known(connection: Connection, shop: int, codes: list[str]) -> int:
    feed = schema.feed.c
    mine = (feed.shop == shop) & (feed.kind == "product") & feed.data.is_not(None) & feed.code.in_(codes)
    return len(connection.execute(select(feed.code).where(mine)).all())


# --- everything else, whose columns are the options of its command


async def _write_records(server: Server, options: argparse.Namespace, plan: Plan) -> int:
    def write(connection: Connection) -> dict[str, int]:
        shop = find_shop(connection, options.shop).id
        kind = _KINDS.get(MANY.get(options.what, ""))
        write_one = _Writing(connection, shop, kind, server.now())
        problems = list(plan.problems)
        for line, given in _holders_first(plan.lines) if options.what == "families" else plan.lines:
            try:
                write_one(given)
            except ServerError as error:
                problems.append(Problem(line, in_words(error)))
        write_one.say_doubts()
        text = _("line {line}: {what}")
        ordered = sorted(problems, key=lambda problem: problem.line)
        said = (text.format(line=problem.line, what=problem.what) for problem in ordered)
        _say(not_without_end(said))
        _stop_at_problems(options, len(problems))
        write_one.end()
        return {"added": write_one.added, "updated": write_one.updated, "left_out": len(problems)}

    print_row(options, await server.database.write(write))
    return 0


def _holders_first(lines: Sequence[tuple[int, argparse.Namespace]]) -> list[tuple[int, argparse.Namespace]]:
    """The families of a file, none before the one that holds it; those in a circle last, where each is refused."""
    ordered, waiting = list[tuple[int, argparse.Namespace]](), list(lines)
    while waiting:
        codes = {given.code for _line, given in waiting}
        ready = [one for one in waiting if one[1].parent not in codes]
        ordered += ready or waiting
        waiting = [one for one in waiting if one not in ready] if ready else []
    return ordered


class _Writing:
    """The lines of one file, in one transaction: what fails takes all back."""

    def __init__(self, connection: Connection, shop: int, kind: RecordKind | None, now: datetime) -> None:
        self.added = self.updated = 0
        self._connection = connection
        self._shop = shop
        self._kind = kind
        self._now = now
        self._changes: list[Change] = []
        self._records: list[Struct] = []
        self._cards = cards_of(connection, shop) if kind is not None and kind.name == "customer" else {}
        self._held: dict[str, set[str]] = {}
        for card, holder in self._cards.items():
            self._held.setdefault(holder, set()).add(card)

    def __call__(self, given: argparse.Namespace) -> None:
        """Write one line.

        Raises:
            ServerError: it makes no good record.
        """
        kind = self._kind.name if self._kind is not None else "budget"
        known = find(self._connection, self._shop, kind, given.code) is not None
        if self._kind is None:
            self._records.append(set_budget(self._connection, self._shop, given, self._now))
        else:
            values = {"code": given.code, **self._kind.values(given)}
            record = changed_record(self._connection, self._shop, kind, values, cards=self._cards)
            if isinstance(record, CustomerRecord):
                self._give_cards(record)
            tills = getattr(given, "till", None)
            scope = tuple(find_till(self._connection, name).id for name in tills) if tills else None
            self._records.append(record)
            change = Change(kind, code_of(record), record, scope)
            if kind == "family":
                # the next line may be held by it
                publish(self._connection, self._shop, [change], stamp(self._now))
            else:
                self._changes.append(change)
        self.added += not known
        self.updated += known

    def _give_cards(self, customer: CustomerRecord) -> None:
        """The cards are this customer's from now on; those that went are free for the lines that follow."""
        for card in self._held.get(customer.code, ()):
            del self._cards[card]
        self._held[customer.code] = {customer.code, *customer.cards}
        self._cards |= dict.fromkeys(self._held[customer.code], customer.code)

    def say_doubts(self) -> None:
        """Say what the lines name that is not there, once all of them are taken."""
        said = (text for record in self._records for text in doubts(self._connection, self._shop, record))
        say(dict.fromkeys(said))

    def end(self) -> None:
        """What came of all lines."""
        if self._changes:
            publish(self._connection, self._shop, self._changes, stamp(self._now))

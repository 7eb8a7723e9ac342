"""The report of an import, line by line, in the language of the till."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from tui_pos.importing.plan import ImportPlan, ImportReport, Problem
from tui_pos.l10n import _, percent, plural

MOST_SAID = 100
"""Sentences about single lines of a file."""


def not_without_end(sentences: Iterable[str]) -> Iterator[str]:
    """The first of them, and how many there are besides: in the wrong file all lines are bad."""
    told = iter(sentences)
    yield from islice(told, MOST_SAID)
    if left := sum(1 for _more in told):
        yield _("… and {count} more like these").format(count=left)


def report_plan(plan: ImportPlan) -> Iterator[str]:
    """What was found in the file: every problem and note in its order, then what was taken for granted."""
    bad = set(plan.problems)
    ordered = sorted(chain(plan.problems, plan.notes), key=lambda each: each.line)
    yield from not_without_end(_sentence(problem, refused=problem in bad) for problem in ordered)
    if plan.encoding == "cp1252":
        yield _("The file is not in UTF-8: it was read as Windows text (cp1252).")
    if plan.without_vat:
        text = plural(
            "{count} line gives no VAT rate: {rate} was taken.",
            "{count} lines give no VAT rate: {rate} was taken.",
            plan.without_vat,
        )
        yield text.format(count=plan.without_vat, rate=percent(plan.default_vat))
    if plan.without_price:
        text = plural(
            "{count} product has no price: the till will ask for it.",
            "{count} products have no price: the till will ask for it.",
            plan.without_price,
        )
        yield text.format(count=plan.without_price)


def report_refusal(plan: ImportPlan) -> str:
    """Why nothing was written, and what to do."""
    text = plural(
        "{bad} line of {lines} is bad: nothing was imported. Mend it, or leave it out with --skip-bad.",
        "{bad} lines of {lines} are bad: nothing was imported. Mend them, or leave them out with --skip-bad.",
        plan.bad_lines,
    )
    return text.format(bad=plan.bad_lines, lines=plan.lines)


def report_done(plan: ImportPlan, report: ImportReport) -> str:
    """What was written."""
    text = _("Products added: {added}; updated: {updated}; lines left out: {bad}.")
    return text.format(added=report.added, updated=report.updated, bad=plan.bad_lines)


def _sentence(problem: Problem, *, refused: bool) -> str:
    where = (_("Bad line {line}") if refused else _("Line {line}")).format(line=problem.line)
    if problem.column:
        where += _(", column {column}").format(column=problem.column)
    what = _(problem.what)
    if problem.value:
        what = _("{what} “{value}”").format(what=what, value=problem.value)
    return _("{where}: {what}").format(where=where, what=what)

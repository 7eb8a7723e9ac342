"""Records from CSV: a column is an option of the `set` command by its name, and a line is one use of it.

`code;name;card` with `C7;Zoé;2900|2901` does what `customer set C7 --name Zoé --card 2900 --card 2901` does. Several
values are separated by `|`; a switch takes yes or no; an empty cell says nothing. Every line is looked at before
anything is written.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from backoffice.errors import BadValue
from tui_pos.importing.reading import Row, read_text, rows
from tui_pos.l10n import _, n_

SEPARATOR = "|"
_YES = frozenset({"yes", "y", "1", "true", "oui", "o", "vrai", "x"})
_NO = frozenset({"no", "n", "0", "false", "non", "faux"})
_CODE = "code"


class Problem(Struct, frozen=True):
    """Why a line is not taken."""

    line: int
    what: str


class Plan(Struct, frozen=True):
    """What a file says, line by line."""

    lines: tuple[tuple[int, argparse.Namespace], ...]
    problems: tuple[Problem, ...]


class _BadLine(Exception):
    """A line is no use of the command."""


class _LineParser(argparse.ArgumentParser):
    """The `set` command for one line: what is wrong is said, and ends nothing."""

    def error(self, message: str) -> NoReturn:
        raise _BadLine(message)


def read_records(
    file: Path, fill: Callable[[argparse.ArgumentParser], None], names: Mapping[str, str]
) -> Plan:
    """Read a file of records.

    Args:
        fill: adds the options of the kind's `set` command.
        names: what columns are called in the file: by its name, the option's.

    Raises:
        ImportingError: the file cannot be read.
        BadValue: it has no line, no column `code`, or columns that mean nothing.
    """
    parser = _LineParser(prog="", add_help=False, allow_abbrev=False)
    fill(parser)
    parser.add_argument(_CODE)
    actions = _actions(parser)
    found = rows(read_text(file).content, lambda name: _option(name, names) in actions)
    head = next(found, None)
    columns = [_option(name, names) for name in head.cells] if head is not None else []
    _check_columns(file, columns, actions)
    lines: dict[str, tuple[int, argparse.Namespace]] = {}
    problems = []
    for row in found:
        try:
            options = _line(parser, actions, columns, row)
        except _BadLine as error:
            problems.append(Problem(row.line, str(error)))
            continue
        if options.code in lines:
            text = _("{code} stands in line {line} already")
            problems.append(Problem(row.line, text.format(code=options.code, line=lines[options.code][0])))
            continue
        lines[options.code] = row.line, options
    return Plan(tuple(lines.values()), tuple(problems))


def _option(name: str, names: Mapping[str, str]) -> str:
    """The option that a column stands for."""
    plain = name.strip()
    return names.get(plain, plain).lower().replace("_", "-").replace(" ", "-")


def _actions(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """The options by the names of their columns."""
    found: dict[str, argparse.Action] = {}
    for action in parser._actions:  # noqa: SLF001 - argparse has no other list of them
        name = action.option_strings[0] if action.option_strings else action.dest
        found[name.lstrip("-")] = action
    return found


def _check_columns(file: Path, columns: Sequence[str], actions: Mapping[str, argparse.Action]) -> None:
    if _CODE not in columns:
        raise BadValue(
            what=n_("The file"), value=file, reason=n_("no column gives the code: name it with --map")
        )
    twice = sorted(name for name in set(columns) if name and columns.count(name) > 1)
    if twice:
        reason = _("the column {column} stands there twice").format(column=twice[0])
        raise BadValue(what=n_("The file"), value=file, reason=reason)
    unknown = sorted(name for name in columns if name and name not in actions)
    if unknown:
        known = ", ".join(actions)
        reason = _("the column {column} means nothing; those that do are {known}")
        raise BadValue(what=n_("The file"), value=file, reason=reason.format(column=unknown[0], known=known))


def _line(
    parser: argparse.ArgumentParser, actions: Mapping[str, argparse.Action], columns: Sequence[str], row: Row
) -> argparse.Namespace:
    if len(row.cells) > len(columns):
        raise _BadLine(_("it has more cells than there are columns"))
    said: list[str] = []
    code = ""
    for column, cell in zip(columns, row.cells, strict=False):
        text = cell.strip()
        if column == _CODE:
            code = text
        elif text and column:
            said += _words(actions[column], text)
    if not code:
        raise _BadLine(_("the code is empty"))
    return parser.parse_args([*said, "--", code])


def _words(action: argparse.Action, text: str) -> Iterator[str]:
    """A cell as the words of the command line."""
    name = action.option_strings[0]
    if action.nargs == 0:
        if text.lower() not in _YES | _NO:
            raise _BadLine(_("{name}: yes or no is wanted, not {text}").format(name=name[2:], text=text))
        if text.lower() in _YES:
            yield name
        elif len(action.option_strings) > 1:
            yield action.option_strings[1]
        return
    several = isinstance(action, argparse._AppendAction)  # noqa: SLF001 - likewise
    for part in text.split(SEPARATOR) if several else [text]:
        yield f"{name}={part.strip()}"

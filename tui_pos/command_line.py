"""Command lines in the language that they themselves ask for: what is said of usage is a message like any other.

argparse takes its own words from gettext's global domain, by the environment; here they come from the catalogues of
this program, in the language that `--lang` names wherever it stands on the line.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tui_pos.l10n import _, n_, plural, use_language

DEBUG = "TUI_POS_DEBUG"
"""Set in the environment: an error that nobody had thought of is shown with its traceback."""
_LANG = "--lang"
_USAGE = (
    n_("usage: "),
    n_("options"),
    n_("positional arguments"),
    n_("show this help message and exit"),
    n_("argument %(argument_name)s: %(message)s"),
    n_("the following arguments are required: %s"),
    n_("one of the arguments %s is required"),
    n_("not allowed with argument %s"),
    n_("unrecognized arguments: %s"),
    n_("expected one argument"),
    n_("expected at least one argument"),
    n_("invalid choice: %(value)r (choose from %(choices)s)"),
    n_("invalid %(type)s value: %(value)r"),
    n_("ignored explicit argument %r"),
)
"""argparse's own words, those that a person may meet here."""


class CommandLine(argparse.ArgumentParser):
    """A command line whose errors are one line, like those of its commands."""

    def error(self, message: str) -> NoReturn:
        """End with status 2: what is wrong, and where it stands how it is used."""
        text = _("{program}: {problem}; see {program} --help")
        self.exit(2, text.format(program=self.prog, problem=_in_a_line(message)) + "\n")


def speak(arguments: Sequence[str] | None) -> None:
    """Choose the language of a command line before it is read.

    Args:
        arguments: None: those of the process.
    """
    use_language(said_language(sys.argv[1:] if arguments is None else arguments))
    words = vars(argparse)
    words["_"], words["ngettext"] = _, plural


def said_language(arguments: Sequence[str]) -> str | None:
    """The language that a command line names, the last one as argparse has it; None: none."""
    said = None
    for place, word in enumerate(arguments):
        if word == "--":
            break
        if word.startswith(f"{_LANG}="):
            said = word.partition("=")[2]
        elif word == _LANG and place + 1 < len(arguments):
            said = arguments[place + 1]
    return said


def add_language(parser: argparse.ArgumentParser) -> None:
    """`--lang`, which every command takes."""
    text = _("language; default: that of the environment")
    parser.add_argument(_LANG, choices=("fr", "en"), help=text)


def add_version(parser: argparse.ArgumentParser, name: str, version: str) -> None:
    """`--version`."""
    text = _("show the version and exit")
    parser.add_argument("--version", action="version", version=f"{name} {version}", help=text)


def unforeseen(program: str, error: Exception) -> int:
    """Say in one line what nobody had thought of; gives the exit status."""
    if logging.getLogger().handlers:
        logging.getLogger(__name__).exception("unforeseen")
    try:
        sys.stdout.flush()
    except OSError:
        give_up_output()
    what = (isinstance(error, OSError) and error.strerror) or f"{type(error).__name__}: {error}"
    text = _(
        "Something unforeseen happened: {what}. What was confirmed before is kept. {debug}=1 tells where."
    )
    sys.stderr.write(f"{program}: {_in_a_line(text.format(what=what, debug=DEBUG))}\n")
    return 1


def _in_a_line(text: str) -> str:
    return " ".join(text.splitlines())


def give_up_output() -> None:
    """Whoever read standard output has left: nothing more can be said there, and nothing is."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

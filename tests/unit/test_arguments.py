"""What the help of a command says: something of each word, and only what is true."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import pytest

from backoffice import cli as server
from devices import configuration
from tui_pos import arguments
from tui_pos.l10n import use_language

HIDDEN = ("rehearse",)
"""Commands that a program gives and nobody types."""


def described(parser: argparse.ArgumentParser, *path: str) -> Iterator[tuple[str, str | None]]:
    """Each argument of each command, by all the words before it, and what the help says of it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                if name not in HIDDEN:
                    yield from described(command, *path, name)
        else:
            yield " ".join((*path, *action.option_strings) or (action.dest,)), action.help


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("parser", "known"),
    [(arguments.parser, "journal export --after"), (server.parser, "product set --price")],
)
def test_the_help_says_something_of_every_word_that_a_command_takes(
    parser: Callable[[], argparse.ArgumentParser], known: str, lang: str
) -> None:
    use_language(lang)
    said = dict(described(parser()))
    assert known in said
    assert [word for word, text in said.items() if not text] == []


def test_the_help_names_the_kinds_the_documents_and_the_drivers_that_there_are() -> None:
    drivers: dict[str, list[str]] = {}
    for kind, driver in configuration.ADDRESSES:
        drivers.setdefault(kind, []).append(driver)
    said = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in drivers.items())
    assert said == arguments.DRIVERS
    assert (arguments.KINDS, arguments.DOCUMENTS) == (configuration.KINDS, configuration.DOCUMENTS)


@pytest.mark.parametrize(
    ("command", "lists"),
    [
        (["journal", "verify"], ["--archive", "--audit"]),
        (["journal", "export"], ["--to", "--after", "--audit"]),
        (["journal", "archive"], ["--to"]),
        (["journal", "purge"], []),
    ],
)
def test_a_command_of_the_journal_lists_what_it_heeds_and_refuses_the_rest(
    command: list[str], lists: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments.parser().parse_args([*command, "--help"])
    told = capsys.readouterr().out
    for option in ("--archive", "--to", "--after", "--audit"):
        assert (option in told) is (option in lists)
        if option not in lists:
            with pytest.raises(SystemExit) as ended:
                arguments.parser().parse_args([*command, option, "1"])
            assert ended.value.code == 2

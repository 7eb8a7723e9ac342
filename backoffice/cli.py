"""The command `tui-pos-server`: reads the command line, runs one command, and turns its failure into one line.

Exit status: 0 success, 1 failed, 2 bad usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from backoffice.arguments import add_groups, one_shop
from backoffice.errors import ServerError
from backoffice.option_types import minutes, port, products, readable_name
from backoffice.version import VERSION
from tui_pos.command_line import (
    DEBUG,
    CommandLine,
    add_language,
    add_version,
    give_up_output,
    speak,
    unforeseen,
)
from tui_pos.l10n import _

DATABASE_VARIABLE = "TUI_POS_DB"
PORT_VARIABLE = "TUI_POS_PORT"
FIRST_PORT = 8470
IMPORTED = (
    "products",
    "families",
    "customers",
    "users",
    "methods",
    "offers",
    "tariffs",
    "beneficiaries",
    "settings",
)
"""What a file may hold."""


def _common() -> argparse.ArgumentParser:
    # a language that was named before the command goes on behind it
    language = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    add_language(language)
    common = argparse.ArgumentParser(add_help=False, parents=[language])
    common.add_argument(
        "--db",
        default=os.environ.get(DATABASE_VARIABLE, "sqlite:///tui-pos-server.db"),
        metavar="URL",
        help=_("sqlite:///PATH or postgresql://USER@HOST:PORT/NAME"),
    )
    common.add_argument("--json", action="store_true", help=_("answer in JSON"))
    return common


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = _common()
    root: argparse.ArgumentParser = CommandLine(
        prog="tui-pos-server", description=_("The server of tui-pos.")
    )
    add_language(root)
    add_version(root, "tui-pos-server", VERSION)
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, text: str, module: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)
        made.set_defaults(module=module)
        return made

    _init(command("init", _("make the database, a shop and an administrator"), "init"))
    _serve(command("serve", _("answer tills"), "serve"))
    for name, text in (
        ("journal", _("each till's journal in figures")),
        ("tickets", _("closed tickets as they were received, one a line")),
    ):
        command(name, text, "reading").add_argument("--till", metavar="TILL", help=_("only this one"))
    command("status", _("the server in figures"), "reading")
    files = _("write the feed to a folder, as signed files that tills load from")
    _export(command("export", files, "export"))
    _import(command("import", _("bring data in from a file"), "importing"))
    add_groups(commands, common)
    return root


def _init(init: argparse.ArgumentParser) -> None:
    init.add_argument("--demo", choices=("retail", "solidarity"), help=_("fill it with a demo shop"))
    many = _("fill the catalogue up to N")
    init.add_argument("--products", type=products, default=0, metavar="N", help=many)
    init.add_argument("--name", type=readable_name, metavar="NAME", help=_("the name of the shop"))


def _serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", default="127.0.0.1", help=_("address to listen on"))
    # a text: what the environment says is checked as what is typed
    first = os.environ.get(PORT_VARIABLE, str(FIRST_PORT))
    serve.add_argument("--port", type=port, default=first, help=_("port to listen on; 0: any free one"))
    ends = _("end with whoever holds the other end of standard input")
    serve.add_argument("--until-input-ends", action="store_true", help=ends)
    serve.add_argument("--export", type=Path, metavar="FOLDER", help=_("write exports of the feed there"))
    every = _("the whole at first, then increments")
    serve.add_argument("--export-every", type=minutes, default=15, metavar="MINUTES", help=every)
    updates = _("a repository of updates that tills may have")
    serve.add_argument("--updates", type=Path, metavar="FOLDER", help=updates)
    serve.add_argument("--certificate", metavar="FILE", help=_("TLS certificate, PEM"))
    serve.add_argument("--certificate-key", metavar="FILE", help=_("its key, PEM"))


def _export(export: argparse.ArgumentParser) -> None:
    export.add_argument("folder", type=Path, metavar="FOLDER", help=_("where the files go"))
    export.add_argument("--whole", action="store_true", help=_("all of it, even where an increment would do"))
    one_shop(export)


def _import(imports: argparse.ArgumentParser) -> None:
    what = _("columns are the options of “set”; of products also what shops and programs call them")
    imports.add_argument("what", choices=IMPORTED, help=what)
    file = _("a CSV file, its columns named in its first line")
    imports.add_argument("file", type=Path, metavar="FILE", help=file)
    column = _("a column and what it is, where its name does not tell: PVP=price")
    imports.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", help=column)
    rate = _("the rate of lines that give none")
    imports.add_argument("--vat", default="5.5", metavar="PERCENT", help=rate)
    imports.add_argument("--skip-bad", action="store_true", help=_("leave bad lines out"))
    one_shop(imports)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit status."""
    speak(arguments)
    options = parser().parse_args(arguments)
    module = import_module(f"backoffice.commands.{options.module}")
    try:
        status: int = module.run(options)
        sys.stdout.flush()
    except ServerError as error:
        from backoffice.wording import in_words  # noqa: PLC0415 - a command that succeeds needs none of it

        print("tui-pos-server:", in_words(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # whoever read our output has left: nothing more can be said
        give_up_output()
        return 1
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return unforeseen("tui-pos-server", error)
    return status

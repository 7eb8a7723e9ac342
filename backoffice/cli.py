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

from backoffice.arguments import add_groups
from backoffice.errors import ServerError
from backoffice.version import VERSION

DATABASE_VARIABLE = "TUI_POS_DB"
PORT_VARIABLE = "TUI_POS_PORT"
FIRST_PORT = 8470


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--db",
        default=os.environ.get(DATABASE_VARIABLE, "sqlite:///tui-pos-server.db"),
        metavar="URL",
        help="sqlite:///PATH or postgresql://USER@HOST:PORT/NAME",
    )
    common.add_argument("--json", action="store_true", help="answer in JSON")
    return common


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = _common()
    root = argparse.ArgumentParser(prog="tui-pos-server", description="The server of tui-pos.")
    root.add_argument("--version", action="version", version=f"tui-pos-server {VERSION}")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, text: str, module: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)
        made.set_defaults(module=module)
        return made

    init = command("init", "make the database, a shop and an administrator", "init")
    init.add_argument("--demo", choices=("retail", "solidarity"), help="fill it with a demo shop")
    init.add_argument("--products", type=int, default=0, metavar="N", help="fill the catalogue up to N")
    init.add_argument("--name", metavar="NAME", help="the name of the shop")

    serve = command("serve", "answer tills", "serve")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    port = int(os.environ.get(PORT_VARIABLE, FIRST_PORT))
    serve.add_argument("--port", type=int, default=port, help="port to listen on; 0: any free one")
    serve.add_argument(
        "--until-input-ends",
        action="store_true",
        help="end with whoever holds the other end of standard input",
    )
    serve.add_argument("--export", type=Path, metavar="FOLDER", help="write exports of the feed there")
    serve.add_argument(
        "--export-every",
        type=float,
        default=15,
        metavar="MINUTES",
        help="the whole at first, then increments",
    )
    serve.add_argument("--certificate", metavar="FILE", help="TLS certificate, PEM")
    serve.add_argument("--certificate-key", metavar="FILE", help="its key, PEM")

    for name, text in (
        ("journal", "each till's journal in figures"),
        ("tickets", "closed tickets as they were received, one a line"),
    ):
        command(name, text, "reading").add_argument("--till", metavar="TILL", help="only this one")
    command("status", "the server in figures", "reading")

    export = command("export", "write the feed to a folder, as signed files that tills load from", "export")
    export.add_argument("folder", type=Path, metavar="FOLDER")
    export.add_argument("--whole", action="store_true", help="all of it, even where an increment would do")
    export.add_argument("--shop", metavar="SHOP", help="not needed where there is one")

    imports = command("import", "bring data in from a file", "importing")
    imports.add_argument("what", choices=("products",))
    imports.add_argument("file", type=Path, metavar="FILE")
    imports.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD")
    imports.add_argument("--vat", default="5.5", metavar="PERCENT", help="the rate of lines that give none")
    imports.add_argument("--skip-bad", action="store_true", help="leave bad lines out")
    imports.add_argument("--shop", metavar="SHOP", help="not needed where there is one")
    add_groups(commands, common)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit status."""
    options = parser().parse_args(arguments)
    module = import_module(f"backoffice.commands.{options.module}")
    try:
        status: int = module.run(options)
    except ServerError as error:
        # one line, whatever it quotes
        print("tui-pos-server:", " ".join(str(error).split()), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # whoever read our output has left: nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status

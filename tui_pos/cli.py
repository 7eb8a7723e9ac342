"""The command `tui-pos`: reads the command line, runs one command, and turns its failure into one line.

Exit status: 0 success, 1 failed, 2 bad usage. Each command is imported only when it runs, so that a start costs
what it needs and no more.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tui_pos import __version__
from tui_pos.command_line import (
    DEBUG,
    CommandLine,
    add_language,
    add_version,
    give_up_output,
    speak,
    unforeseen,
)
from tui_pos.l10n import _, use_language

if TYPE_CHECKING:
    from tui_pos.fleet.faults import Plan


def _position(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise argparse.ArgumentTypeError(_("a position in the journal is wanted: 0 or more"))
    return int(text)


def _products(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 5_000_000:
        raise argparse.ArgumentTypeError(_("between 0 and 5,000,000 products"))
    return int(text)


def _common(*, below: bool = False) -> argparse.ArgumentParser:
    """What every command takes; `below`: what was said before a command counts unless it is said again behind it."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS if below else None)
    common.add_argument("--profile", type=Path, metavar="DIR", help=_("the folder with the till's data"))
    add_language(common)
    return common


def _journal(journal: argparse.ArgumentParser) -> None:
    journal.add_argument("what", choices=("verify", "export", "archive", "purge"))
    journal.add_argument(
        "--to",
        type=Path,
        metavar="PLACE",
        help=_(
            "the file of an export, default: standard output; the folder of archives, default: the till's own"
        ),
    )
    journal.add_argument(
        "--archive",
        type=Path,
        nargs="+",
        metavar="FILE",
        help=_("with verify: these archives instead of the till's journal; no till is needed"),
    )
    journal.add_argument(
        "--audit",
        action="store_true",
        help=_("with verify and export: for the tax office, which the journal tells"),
    )
    journal.add_argument(
        "--after", type=_position, default=0, metavar="SEQ", help=_("only entries after this position")
    )


def _load(load: argparse.ArgumentParser) -> None:
    load.add_argument("what", choices=("full", "changes"))
    load.add_argument(
        "--from",
        dest="place",
        nargs="?",
        const="",
        metavar="PLACE",
        help=_(
            "from the server's exports instead: a folder, a stick, ftp://, sftp://, s3://…; without PLACE, "
            "from the place of the settings"
        ),
    )


def _settings(settings: argparse.ArgumentParser) -> None:
    settings.add_argument("name", nargs="?", metavar="NAME", help=_("one setting; keys.ACTION is a key"))
    settings.add_argument(
        "value",
        nargs="?",
        metavar="VALUE",
        help=_("what it is set to from now on; - asks for it unseen; default takes it back"),
    )
    way = settings.add_mutually_exclusive_group()
    way.add_argument(
        "--save",
        type=Path,
        metavar="FILE",
        help=_("write all settings and devices to a file, for other tills"),
    )
    way.add_argument("--load", type=Path, metavar="FILE", help=_("set this till as such a file says"))


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    below = _common(below=True)
    root: argparse.ArgumentParser = CommandLine(
        prog="tui-pos", description=_("A keyboard-driven till."), parents=[_common()]
    )
    add_version(root, "tui-pos", __version__)
    commands = root.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, text: str, module: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, parents=[below], allow_abbrev=False)
        made.set_defaults(module=module)
        return made

    command("run", _("the till"), "run")

    demo = command("demo", _("a complete demo, with virtual devices"), "run")
    demo.add_argument("--shop", choices=("retail", "solidarity"), default="retail")
    demo.add_argument(
        "--ready", action="store_true", help=_("start on the selling screen, signed in, session open")
    )
    demo.add_argument(
        "--products", type=_products, default=0, metavar="N", help=_("fill the catalogue up to N products")
    )
    demo.add_argument("--fresh", action="store_true", help=_("forget the demo's data first"))
    demo.add_argument(
        "--paper", type=Path, metavar="FILE", help=_("what the virtual printer gets goes to this file too")
    )

    headless = command("headless", _("JSON lines in, JSON lines out"), "headless")
    headless.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help=_("requests; - is standard input")
    )
    headless.add_argument("--demo", nargs="?", choices=("retail", "solidarity"), const="retail")
    headless.add_argument(
        "--products", type=_products, default=0, metavar="N", help=_("fill the catalogue up to N products")
    )
    headless.add_argument(
        "--paper", type=Path, metavar="FILE", help=_("what the virtual printer gets goes to this file too")
    )
    headless.add_argument("--stop-on-error", action="store_true")

    setup = command("setup", _("make a till"), "setup")
    how = setup.add_mutually_exclusive_group(required=True)
    how.add_argument("--config", type=Path, metavar="FILE", help=_("the server's configuration file"))
    how.add_argument("--server", metavar="URL", help=_("the server's address, typed"))
    how.add_argument("--standalone", action="store_true", help=_("a till without a server"))
    setup.add_argument("--code", metavar="CODE", help=_("with --server: the one-time code"))
    setup.add_argument(
        "--ca", type=Path, metavar="FILE", help=_("with --server: its own certificate authority")
    )
    setup.add_argument("--proxy", metavar="URL", help=_("the proxy on the way to the server"))
    setup.add_argument("--shop", metavar="NAME", help=_("the name of the shop"))
    setup.add_argument("--user", metavar="CODE", help=_("the code of the first user, a manager"))
    setup.add_argument("--name", metavar="NAME", help=_("the name of the first user"))

    _load(command("load", _("bring data from the server"), "load"))

    sync = command("sync", _("the exchange with the server alone, as a service"), "sync")
    sync.add_argument(
        "--once", action="store_true", help=_("send what is unsent, bring what has changed, and end")
    )

    sync.add_argument(
        "--wait",
        action="store_true",
        help=_("wait while a till uses the profile, and go on once it has ended"),
    )

    imports = command("import", _("bring data in from a file"), "import_")
    imports.add_argument("what", choices=("products",))
    imports.add_argument("file", type=Path, metavar="FILE")
    imports.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD")
    imports.add_argument(
        "--vat", default="5.5", metavar="PERCENT", help=_("the VAT rate of lines that give none")
    )
    imports.add_argument(
        "--skip-bad", action="store_true", help=_("leave bad lines out instead of refusing the file")
    )

    for name, text, module in (
        ("status", _("where the till stands"), "status"),
        ("doctor", _("check everything, and say how to mend it"), "doctor"),
    ):
        command(name, text, module).add_argument("--json", action="store_true")

    _journal(command("journal", _("the journal's integrity and its entries"), "journal"))
    _devices(command("devices", _("the devices of this till"), "devices"))
    _labels(command("labels", _("labels for shelves and products"), "labels"))
    _settings(command("settings", _("what this till is set to"), "settings"))
    _update(command("update", _("newer versions of this program"), "update"))
    _fleet(command("fleet", _("simulated tills, to try a server out under load and faults"), "fleet"))
    return root


def _update(update: argparse.ArgumentParser) -> None:
    common = _common(below=True)
    what = update.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, text in (
        ("check", _("whether the server has a newer version")),
        ("apply", _("bring it, try it on a copy of the data, and install it")),
        ("rollback", _("go back to the version before, with all that was sold since")),
    ):
        made = what.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)
        if name == "check":
            made.add_argument("--json", action="store_true")
    # how a version that is being installed is tried by the one that installs it: nobody types it
    what.add_parser("rehearse", parents=[common], allow_abbrev=False)


def _fleet(fleet: argparse.ArgumentParser) -> None:
    fleet.epilog = _(
        "Never against the server of a shop that works: what a fleet sells goes into its books. Make codes with "
        "tui-pos-server till add --name Fleet --count N --codes FILE. The tills stay in the folder of --profile, and "
        "go on from there the next time, without codes. PLAN is rough, terrible, a file, or a text such as "
        "lost-request=3,lost-reply=3,doubled=3,cut=3,delay=5:2,503=2,offline=1:20: of a hundred exchanges so many, and "
        "for so many seconds."
    )
    fleet.add_argument(
        "--tills", type=_from_one(2_000), default=20, metavar="N", help=_("default: %(default)s")
    )
    fleet.add_argument(
        "--minutes", type=_positive, default=1.0, metavar="M", help=_("for how long they sell")
    )
    fleet.add_argument(
        "--server", default="http://127.0.0.1:8470", metavar="URL", help=_("default: %(default)s")
    )
    fleet.add_argument(
        "--faults", type=_plan, default="", metavar="PLAN", help=_("what goes wrong on the way")
    )
    fleet.add_argument("--seed", type=int, default=1, help=_("of what is sold and of what goes wrong"))
    every = _("seconds between two tickets of a till, on average; default: %(default)g")
    fleet.add_argument("--every", type=_positive, default=30.0, metavar="S", help=every)
    codes = _("their one-time codes, one a line; default: %(default)s")
    fleet.add_argument("--codes", type=Path, default=Path("fleet.codes"), metavar="FILE", help=codes)
    fleet.add_argument("--ca", type=Path, metavar="FILE", help=_("the server's own certificate authority"))
    fleet.add_argument(
        "--user", default="1", metavar="CODE", help=_("who signs in; default: the demo's cashier")
    )
    fleet.add_argument("--pin", default="1111", metavar="PIN", help=_("of a shop that is for trying out"))
    fleet.add_argument("--json", action="store_true")


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < 1_000_000:
        raise argparse.ArgumentTypeError(_("more than nothing is wanted"))
    return number


def _from_one(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(_("between 1 and {most}").format(most=most))
        return int(text)

    return read


def _plan(text: str) -> Plan:
    from tui_pos.fleet.faults import BadPlan, Plan, read_plan  # noqa: PLC0415 - for this option only

    try:
        return read_plan(text) if text else Plan()
    except BadPlan as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _labels(labels: argparse.ArgumentParser) -> None:
    labels.add_argument("codes", nargs="+", metavar="CODE", help=_("products, by a code of theirs"))
    labels.add_argument("--copies", type=int, default=1, metavar="N", help=_("of each label"))
    labels.add_argument(
        "--to", metavar="NAME", help=_("the label printer; default: the one that is assigned")
    )
    labels.add_argument(
        "--file", type=Path, metavar="FILE", help=_("write the labels there instead of printing")
    )
    labels.add_argument("--language", choices=("zpl", "epl"), default="zpl", help=_("with --file"))


def _devices(devices: argparse.ArgumentParser) -> None:
    common = _common(below=True)
    what = devices.add_subparsers(dest="what", metavar="WHAT", required=True)

    def does(name: str, text: str) -> argparse.ArgumentParser:
        return what.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)

    does("list", _("the devices that are set up")).add_argument("--json", action="store_true")
    does("test", _("try a device out")).add_argument("name", metavar="NAME")
    add = does("add", _("set a device up, or set it up anew"))
    add.add_argument("name", metavar="NAME")
    kinds = ("printer", "drawer", "display", "terminal", "scale", "scanner", "label")
    add.add_argument("--kind", required=True, choices=kinds)
    add.add_argument("--driver", required=True, metavar="DRIVER")
    add.add_argument(
        "--address", required=True, metavar="ADDRESS", help=_("tcp://HOST:PORT, serial:PATH, ...")
    )
    add.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    assign = does("assign", _("send a kind of document to a printer"))
    assign.add_argument("document", choices=("receipt", "duplicate", "report", "kitchen", "label"))
    assign.add_argument("name", metavar="NAME")
    does("remove", _("forget a device")).add_argument("name", metavar="NAME")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit status."""
    # A repaint waits for the next frame: at Textual's own 60 frames a second that alone is up to 17 ms of a scan.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    _open_streams()
    speak(arguments)
    if arguments is None and (done := _handed_over()) is not None:
        return done
    options = parser().parse_args(arguments)
    module = import_module(f"tui_pos.commands.{getattr(options, 'module', 'run')}")
    from tui_pos.errors import Refused  # noqa: PLC0415 - a usage error needs none of this

    use_language(options.lang)
    try:
        status: int = module.run(options)
        sys.stdout.flush()
    except Refused as refused:
        print(f"tui-pos: {refused.message}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # Whoever read our output has left: nothing more can be said.
        give_up_output()
        return 1
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        return unforeseen("tui-pos", error)
    return status


def _handed_over() -> int | None:
    """The exit status of another version, where the profile was brought up to one and it has just been tried out."""
    from tui_pos.updating.handover import hand_over  # noqa: PLC0415 - it needs the language

    return hand_over()


def _open_streams() -> None:
    """A program that is started without its standard streams reads nothing and says nothing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for as long as it runs

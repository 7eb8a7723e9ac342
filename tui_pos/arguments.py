"""What each command of `tui-pos` takes: its words, its options, and what its help says of them.

The module that runs a command is named here and imported when it runs.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tui_pos import __version__
from tui_pos.command_line import CommandLine, add_language, add_version
from tui_pos.l10n import _
from tui_pos.option_types import position, positive, products, whole

if TYPE_CHECKING:
    from tui_pos.fleet.faults import Plan

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives its type no other name

SHOPS = ("retail", "solidarity")
KINDS = ("printer", "drawer", "display", "terminal", "scale", "scanner", "label")
DOCUMENTS = ("receipt", "duplicate", "report", "kitchen", "label")
DRIVERS = (
    "printer: escpos; drawer: escpos, serial; display: vfd-escpos, vfd-cd5220, screen; "
    "terminal: concert, caisse-ap, zvt, manual; scale: toledo-8217, mt-sics, dialog-06; "
    "scanner: wedge, serial, evdev; label: zpl, epl"
)
"""Said by the help without loading a driver; a test holds it against the drivers that there are."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root: argparse.ArgumentParser = CommandLine(
        prog="tui-pos", description=_("A keyboard-driven till."), parents=[_common()]
    )
    add_version(root, "tui-pos", __version__)
    commands = root.add_subparsers(dest="command", metavar="COMMAND")

    def command(name: str, text: str, module: str) -> argparse.ArgumentParser:
        made = _below(commands, name, text)
        made.set_defaults(module=module)
        return made

    command("run", _("the till"), "run")
    _demo(command("demo", _("a complete demo, with virtual devices"), "run"))
    _headless(command("headless", _("JSON lines in, JSON lines out"), "headless"))
    _setup(command("setup", _("make a till"), "setup"))
    _load(command("load", _("bring data from the server"), "load"))
    _sync(command("sync", _("the exchange with the server alone, as a service"), "sync"))
    _import(command("import", _("bring data in from a file"), "import_"))
    _in_json(command("status", _("where the till stands"), "status"))
    _in_json(command("doctor", _("check everything, and say how to mend it"), "doctor"))
    _journal(command("journal", _("the journal's integrity and its entries"), "journal"))
    _devices(command("devices", _("the devices of this till"), "devices"))
    _labels(command("labels", _("labels for shelves and products"), "labels"))
    _settings(command("settings", _("what this till is set to"), "settings"))
    _update(command("update", _("newer versions of this program"), "update"))
    _fleet(command("fleet", _("simulated tills, to try a server out under load and faults"), "fleet"))
    return root


# --- what several take


def _common(*, below: bool = False) -> argparse.ArgumentParser:
    """What every command takes; `below`: what was said before a command counts unless it is said again behind it."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS if below else None)
    common.add_argument("--profile", type=Path, metavar="DIR", help=_("the folder with the till's data"))
    add_language(common)
    return common


def _below(commands: Commands[argparse.ArgumentParser], name: str, text: str) -> argparse.ArgumentParser:
    """A command, of the program or of a command that has some of its own."""
    return commands.add_parser(
        name, help=text, description=text, parents=[_common(below=True)], allow_abbrev=False
    )


def _whats(parser: argparse.ArgumentParser) -> Commands[argparse.ArgumentParser]:
    return parser.add_subparsers(dest="what", metavar="WHAT", required=True)


def _in_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))


def _simulated(parser: argparse.ArgumentParser) -> None:
    """What the demo takes, on the screen and by JSON lines."""
    many = _("fill the catalogue up to N products")
    parser.add_argument("--products", type=products, default=0, metavar="N", help=many)
    paper = _("what the virtual printer gets goes to this file too")
    parser.add_argument("--paper", type=Path, metavar="FILE", help=paper)


# --- the till


def _demo(demo: argparse.ArgumentParser) -> None:
    shop = _("which shop; default: %(default)s")
    demo.add_argument("--shop", choices=SHOPS, default=SHOPS[0], help=shop)
    ready = _("start on the selling screen, signed in, session open")
    demo.add_argument("--ready", action="store_true", help=ready)
    demo.add_argument("--fresh", action="store_true", help=_("forget the demo's data first"))
    _simulated(demo)


def _headless(headless: argparse.ArgumentParser) -> None:
    file = _("requests; - is standard input")
    headless.add_argument("file", nargs="?", default="-", metavar="FILE", help=file)
    shop = _("a demo shop, with virtual devices; default: retail")
    headless.add_argument("--demo", nargs="?", choices=SHOPS, const=SHOPS[0], help=shop)
    _simulated(headless)
    stop = _("end with the first request that is refused, with exit status 1")
    headless.add_argument("--stop-on-error", action="store_true", help=stop)


def _setup(setup: argparse.ArgumentParser) -> None:
    how = setup.add_mutually_exclusive_group(required=True)
    how.add_argument("--config", type=Path, metavar="FILE", help=_("the server's configuration file"))
    how.add_argument("--server", metavar="URL", help=_("the server's address, typed"))
    how.add_argument("--standalone", action="store_true", help=_("a till without a server"))
    setup.add_argument("--code", metavar="CODE", help=_("with --server: the one-time code"))
    authority = _("with --server: its own certificate authority")
    setup.add_argument("--ca", type=Path, metavar="FILE", help=authority)
    setup.add_argument("--proxy", metavar="URL", help=_("the proxy on the way to the server"))
    setup.add_argument("--shop", metavar="NAME", help=_("the name of the shop"))
    setup.add_argument("--user", metavar="CODE", help=_("the code of the first user, a manager"))
    setup.add_argument("--name", metavar="NAME", help=_("the name of the first user"))


def _settings(settings: argparse.ArgumentParser) -> None:
    name = _("one setting; keys.ACTION is a key")
    settings.add_argument("name", nargs="?", metavar="NAME", help=name)
    value = _("what it is set to from now on; - asks for it unseen; default takes it back")
    settings.add_argument("value", nargs="?", metavar="VALUE", help=value)
    way = settings.add_mutually_exclusive_group()
    save = _("write all settings and devices to a file, for other tills")
    way.add_argument("--save", type=Path, metavar="FILE", help=save)
    way.add_argument("--load", type=Path, metavar="FILE", help=_("set this till as such a file says"))


def _update(update: argparse.ArgumentParser) -> None:
    what = _whats(update)
    _in_json(_below(what, "check", _("whether the server has a newer version")))
    _below(what, "apply", _("bring it, try it on a copy of the data, and install it"))
    _below(what, "rollback", _("go back to the version before, with all that was sold since"))
    # how a version that is being installed is tried by the one that installs it: nobody types it
    what.add_parser("rehearse", parents=[_common(below=True)], allow_abbrev=False)


# --- data that come, and entries that go


def _load(load: argparse.ArgumentParser) -> None:
    what = _("all data, or what has changed since the last load")
    load.add_argument("what", choices=("full", "changes"), help=what)
    place = _(
        "from the server's exports instead: a folder, a stick, ftp://, sftp://, s3://…; without PLACE, "
        "from the place of the settings"
    )
    load.add_argument("--from", dest="place", nargs="?", const="", metavar="PLACE", help=place)


def _sync(sync: argparse.ArgumentParser) -> None:
    once = _("send what is unsent, bring what has changed, and end")
    sync.add_argument("--once", action="store_true", help=once)
    wait = _("wait while a till uses the profile, and go on once it has ended")
    sync.add_argument("--wait", action="store_true", help=wait)


def _import(imports: argparse.ArgumentParser) -> None:
    imports.add_argument("what", choices=("products",), help=_("what the file holds"))
    imports.add_argument(
        "file", type=Path, metavar="FILE", help=_("a CSV file, its columns named in its first line")
    )
    column = _("a column and what it is, where its name does not tell: PVP=price")
    imports.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD", help=column)
    rate = _("the VAT rate of lines that give none")
    imports.add_argument("--vat", default="5.5", metavar="PERCENT", help=rate)
    skip = _("leave bad lines out instead of refusing the file")
    imports.add_argument("--skip-bad", action="store_true", help=skip)


def _journal(journal: argparse.ArgumentParser) -> None:
    what = _whats(journal)
    verify = _below(what, "verify", _("check every entry, its place in the chain and its signature"))
    files = _("these archives instead of the till's journal; no till is needed")
    verify.add_argument("--archive", type=Path, nargs="+", metavar="FILE", help=files)
    export = _below(what, "export", _("write the entries as they were signed, one a line"))
    to = _("the file, which must be a new one; default: standard output")
    export.add_argument("--to", type=Path, metavar="FILE", help=to)
    after = _("only entries after this position")
    export.add_argument("--after", type=position, default=0, metavar="SEQ", help=after)
    for parser in (verify, export):
        audit = _("for the tax office, which the journal tells")
        parser.add_argument("--audit", action="store_true", help=audit)
    archive = _below(
        what, "archive", _("put what no archive holds yet into one, signed, of a year at the most")
    )
    folder = _("the folder of the archives; default: the till's own")
    archive.add_argument("--to", type=Path, metavar="FOLDER", help=folder)
    _below(what, "purge", _("let go what is old enough, archived, closed and in the server's books"))


# --- devices


def _devices(devices: argparse.ArgumentParser) -> None:
    what = _whats(devices)
    _in_json(_below(what, "list", _("the devices that are set up")))
    test = _below(what, "test", _("try a device out"))
    add = _below(what, "add", _("set a device up, or set it up anew"))
    assign = _below(what, "assign", _("send a kind of document to a printer"))
    remove = _below(what, "remove", _("forget a device"))
    add.add_argument("--kind", required=True, choices=KINDS, help=_("what it is"))
    add.add_argument("--driver", required=True, metavar="DRIVER", help=DRIVERS)
    address = _(
        "tcp://HOST:PORT, serial:PATH?baud=9600&mode=8n1, usb:VID:PID, file:PATH, cups:QUEUE, via:NAME of the printer "
        "that a drawer hangs on, virtual: for its twin"
    )
    add.add_argument("--address", required=True, metavar="ADDRESS", help=address)
    option = _("what this driver may be told besides: a wrong name is refused with those that there are")
    add.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help=option)
    assign.add_argument("document", choices=DOCUMENTS, help=_("the kind of document"))
    for parser in (test, add, assign, remove):
        parser.add_argument("name", metavar="NAME", help=_("what the device is called on this till"))


def _labels(labels: argparse.ArgumentParser) -> None:
    labels.add_argument("codes", nargs="+", metavar="CODE", help=_("products, by a code of theirs"))
    labels.add_argument("--copies", type=int, default=1, metavar="N", help=_("of each label"))
    to = _("the label printer; default: the one that is assigned")
    labels.add_argument("--to", metavar="NAME", help=to)
    file = _("write the labels there instead of printing")
    labels.add_argument("--file", type=Path, metavar="FILE", help=file)
    labels.add_argument("--language", choices=("zpl", "epl"), default="zpl", help=_("with --file"))


# --- tills that are simulated


def _fleet(fleet: argparse.ArgumentParser) -> None:
    fleet.epilog = _(
        "Never against the server of a shop that works: what a fleet sells goes into its books. Make codes with "
        "tui-pos-server till add --name Fleet --count N --codes FILE. The tills stay in the folder of --profile, and "
        "go on from there the next time, without codes. PLAN is rough, terrible, a file, or a text such as "
        "lost-request=3,lost-reply=3,doubled=3,cut=3,delay=5:2,503=2,offline=1:20: of a hundred exchanges so many, and "
        "for so many seconds."
    )
    default = _("default: %(default)s")
    fleet.add_argument("--tills", type=whole(1, 2_000), default=20, metavar="N", help=default)
    minutes = _("for how long they sell")
    fleet.add_argument("--minutes", type=positive, default=1.0, metavar="M", help=minutes)
    fleet.add_argument("--server", default="http://127.0.0.1:8470", metavar="URL", help=default)
    faults = _("what goes wrong on the way")
    fleet.add_argument("--faults", type=_plan, default="", metavar="PLAN", help=faults)
    fleet.add_argument("--seed", type=int, default=1, help=_("of what is sold and of what goes wrong"))
    every = _("seconds between two tickets of a till, on average; default: %(default)g")
    fleet.add_argument("--every", type=positive, default=30.0, metavar="S", help=every)
    codes = _("their one-time codes, one a line; default: %(default)s")
    fleet.add_argument("--codes", type=Path, default=Path("fleet.codes"), metavar="FILE", help=codes)
    fleet.add_argument("--ca", type=Path, metavar="FILE", help=_("the server's own certificate authority"))
    user = _("who signs in; default: the demo's cashier")
    fleet.add_argument("--user", default="1", metavar="CODE", help=user)
    fleet.add_argument("--pin", default="1111", metavar="PIN", help=_("of a shop that is for trying out"))
    _in_json(fleet)


def _plan(text: str) -> Plan:
    """A plan of faults, by its name, its file or its text."""
    from tui_pos.fleet.faults import BadPlan, Plan, read_plan  # noqa: PLC0415 - for this option only

    try:
        return read_plan(text) if text else Plan()
    except BadPlan as error:
        raise argparse.ArgumentTypeError(str(error)) from error

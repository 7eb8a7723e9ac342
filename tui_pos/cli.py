"""The command `tui-pos`: reads the command line, runs one command, and turns its failure into one line.

Exit status: 0 success, 1 failed, 2 bad usage. Each command is imported only when it runs, so that a start costs
what it needs and no more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from tui_pos.arguments import parser
from tui_pos.command_line import DEBUG, give_up_output, speak, unforeseen
from tui_pos.l10n import use_language


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

"""The terminal's keys: bytes that are no text end nothing.

Textual reads keys in a thread that dies of the first byte that is not UTF-8, and takes the program with it. A
scanner on the wrong keyboard table, or a line that picks up noise, sends such bytes.
"""

from __future__ import annotations

import logging

from textual.drivers.linux_driver import LinuxDriver

AGAIN_AFTER = 0.05
"""Seconds before the keys are read again: a fault that comes back at once must not take a processor for itself."""

_log = logging.getLogger(__name__)


class SturdyDriver(LinuxDriver):
    """Reads on after what cannot be read; the app is told, once for each time."""

    def _run_input_thread(self) -> None:
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except OSError:
                # the terminal is gone: there is nobody to read from any more
                _log.exception("the terminal cannot be read")
                self._app.call_later(self._app.exit, return_code=1)
                return
            except Exception:  # noqa: BLE001 - whatever it was, the next key counts
                _log.warning("keys that cannot be read", exc_info=True)
                self._app.call_later(self._unreadable)
                self.exit_event.wait(AGAIN_AFTER)

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal up again, if it was given up before.

        Textual does so at any SIGCONT. A terminal that is closed sends one behind its SIGHUP, and systemd one behind
        its SIGTERM: the threads that were started then were ended by nobody, and the program stayed for ever.
        """
        if self._must_signal_resume:
            super()._sigcont_application()

    def _unreadable(self) -> None:
        told = getattr(self._app, "unreadable", None)
        if callable(told):
            told()

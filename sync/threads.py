"""Threads for calls that may never come back: a share that is mounted and gone, a stick that hangs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from threading import Lock, Thread
from typing import Any, TypeVar

from sync.errors import Unreadable, n_

MOST = 8
"""Calls at a time: where so many hang, no more are made."""
T = TypeVar("T")


class Threads(Executor):
    """Gives each call a thread of its own, which the end of the program does not wait for."""

    def __init__(self) -> None:
        self._under_way = 0
        self._turn = Lock()

    def submit(self, call: Callable[..., T], /, *args: Any, **named: Any) -> Future[T]:
        """See `Executor`.

        Raises:
            Unreadable: all calls that may be made are under way.
        """
        future = Future[T]()

        def work() -> None:
            try:
                if future.set_running_or_notify_cancel():
                    future.set_result(call(*args, **named))
            except BaseException as error:  # noqa: BLE001 - it is whoever waits for the call that it is given to
                future.set_exception(error)
            finally:
                self._count(-1)

        self._count(+1)
        Thread(target=work, name="a call that may hang", daemon=True).start()
        return future

    def _count(self, by: int) -> None:
        with self._turn:
            if by > 0 and self._under_way >= MOST:
                raise Unreadable(reason=n_("what was asked for before still hangs"))
            self._under_way += by

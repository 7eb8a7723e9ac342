"""Asking an ESC/POS printer how it is, and finding out how long that takes and what it does not answer."""

from __future__ import annotations

from math import ceil
from time import monotonic

from devices.errors import NO_ANSWER, DeviceDown
from devices.printers.line import LOST, PrinterLine
from devices.printers.patience import Patience
from devices.printers.status import Question, trouble
from devices.transports import TransportError

GROWTH = 4
"""How much longer an answer is waited for, once none has come."""


class Inquiry:
    """The questions of status to one printer.

    An answer is waited for longer each time that none comes, since a printer behind a slow line answers, but late; and
    for half as long again as the last one took, where that was more than usual.
    """

    def __init__(self, name: str, line: PrinterLine, patience: Patience) -> None:
        self._name = name
        self._line = line
        self._patience = patience
        self._longest = max(patience.status, patience.late)
        self._wait = patience.status
        self._silent: set[Question] = set()
        """Questions that this printer does not answer; the first it must."""
        self._heard_nothing = True
        """So far."""
        self.tardy = False
        """Its last answer took longer than usual: it is asked nothing that need not be."""
        self._was_tardy = False
        self.wordless = False
        """It has never answered, however long it was waited for."""

    async def first(self) -> int | None:
        """Its answer to the question that every printer answers, which is put again where it may have been lost.

        Raises:
            DeviceDown: the line is broken.
        """
        began, wait = monotonic(), self._wait
        step = wait if self.tardy else min(wait, LOST)
        for _ in range(ceil(wait / step)):
            answer = await self._ask(Question.PRINTER, step)
            if answer is not None:
                self._answered(monotonic() - min(began, self._line.asked))
                return answer
        return None

    async def whole(self, first: int) -> dict[Question, int]:
        """All that it answers; one that is slow to answer tells only why it cannot print.

        Raises:
            DeviceDown: it has fallen silent.
        """
        answers = {Question.PRINTER: first}
        if self.tardy and trouble(self._name, answers) is None:
            return answers
        for question in Question:
            if question in self._silent or question in answers:
                continue
            answer = await self._ask(question, self._wait)
            if answer is not None:
                answers[question] = answer
            elif await self._ask(Question.PRINTER, self._wait) is None:
                raise DeviceDown(device=self._name, reason=NO_ANSWER)  # it is gone, rather than ignorant
            else:
                self._silent.add(question)
        return answers

    def unanswered(self) -> None:
        """It did not answer, and its line is given up. One that used to answer at once is gone rather than slow."""
        longest = self._longest
        if not (self._heard_nothing or self._was_tardy):
            longest = min(longest, max(LOST, self._patience.status))
        self.tardy = False
        self.wordless = self._heard_nothing and self._wait == self._longest
        self._wait = min(longest, GROWTH * self._wait)

    def _answered(self, after: float) -> None:
        self._heard_nothing = self.wordless = False
        self.tardy = after > self._patience.status
        self._was_tardy |= self.tardy
        self._wait = min(self._longest, 1.5 * after) if self.tardy else self._patience.status

    async def _ask(self, question: Question, within: float) -> int | None:
        try:
            return await self._line.status(question, within)
        except TransportError as error:
            raise DeviceDown(device=self._name, reason=error.reason) from error

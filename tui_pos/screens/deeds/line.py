"""What the actions on a line and on the amounts of a ticket do: choose, count, weigh, price, discount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_pos.errors import refuse
from tui_pos.inputs import Select, VoidLine
from tui_pos.l10n import n_
from tui_pos.screens import questions
from tui_pos.screens.deeds.giving import gives

if TYPE_CHECKING:
    from tui_pos.sale.ticket import Line
    from tui_pos.screens.conduct import Conduct, Deed


class LineDeeds:
    """The deeds on lines, by the ids of their actions."""

    def __init__(self, conduct: Conduct) -> None:
        self._conduct = conduct
        self._basket = conduct.stage.selling.basket
        self.deeds: dict[str, Deed] = {
            "line.up": self._up,
            "line.down": self._down,
            "line.quantity": self._quantity,
            "line.price": self._price,
            "line.discount": self._discount,
            "line.void": gives(conduct, VoidLine()),
            "ticket.discount": self._ticket_discount,
            "sale.tare": self._tare,
        }

    def _line(self) -> Line:
        line = self._basket.selected
        if line is None:
            raise refuse("empty_ticket", n_("There is no line yet: scan a product first."))
        return line

    async def _up(self, _text: str) -> None:
        await self._select(-1)

    async def _down(self, _text: str) -> None:
        await self._select(1)

    async def _select(self, step: int) -> None:
        line = self._basket.neighbour(step)
        if line is not None:
            await self._conduct.accept(Select(line.n))

    async def _question(self, question: questions.Question, text: str) -> None:
        """Ask in place; what was typed before the key is the answer already."""
        if text.strip():
            await self._conduct.accept(question.read(text))
        else:
            self._conduct.question = question
            self._conduct.say("")

    async def _quantity(self, text: str) -> None:
        await self._question(questions.quantity_of(self._line()), text)

    async def _price(self, text: str) -> None:
        await self._question(questions.price_of(self._line()), text)

    async def _discount(self, text: str) -> None:
        await self._question(questions.discount_on(self._line()), text)

    async def _ticket_discount(self, text: str) -> None:
        self._line()
        await self._question(questions.discount_on(None), text)

    async def _tare(self, text: str) -> None:
        await self._question(questions.packaging(), text)

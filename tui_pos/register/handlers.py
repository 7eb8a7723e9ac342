"""The table of what the register takes: each input's handler, and what must be so before it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from tui_pos.inputs import Input
from tui_pos.outcomes import Outcome
from tui_pos.register.desk import Desk
from tui_pos.rights import Right

Handle: TypeAlias = Callable[[Desk, Any], Awaitable[Outcome]]
Given = TypeVar("Given", bound=Input)


class Handler(Struct, frozen=True):
    """How one kind of input is taken."""

    handle: Handle
    right: Right | None
    user: bool
    session: bool
    while_paying: bool


HANDLERS: dict[type[Input], Handler] = {}


def takes(
    given: type[Given],
    *,
    right: Right | None = None,
    user: bool = True,
    session: bool = True,
    while_paying: bool = False,
) -> Callable[[Callable[[Desk, Given], Awaitable[Outcome]]], Callable[[Desk, Given], Awaitable[Outcome]]]:
    """Register a handler for one kind of input.

    Args:
        given: the kind of input.
        right: the right that it needs whatever its values are.
        user: somebody must be signed in.
        session: a cash session must be open.
        while_paying: taken even while a card payment is under way or its end is unknown.
    """

    def keep(
        handle: Callable[[Desk, Given], Awaitable[Outcome]],
    ) -> Callable[[Desk, Given], Awaitable[Outcome]]:
        HANDLERS[given] = Handler(handle, right, user, session, while_paying)
        return handle

    return keep

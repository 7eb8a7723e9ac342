"""The terminal's total beside the till's."""

from __future__ import annotations

import pytest

from tests.small_shop import LENTILS, Till
from tui_pos.inputs import CloseSession, Input, XReport


@pytest.mark.parametrize("given", [XReport(), CloseSession()])
@pytest.mark.parametrize(("added_up", "slug"), [(None, None), (249, None), (498, "terminal_differs")])
async def test_a_total_that_differs_is_told_and_closes_all_the_same(
    supervisor: Till, given: Input, added_up: int | None, slug: str | None
) -> None:
    await supervisor.sell(LENTILS, by="CARD")
    await supervisor.sell(LENTILS)
    supervisor.twin("terminal").set(added_up=added_up)
    outcome = await supervisor.give(given)
    assert outcome.report is not None
    assert (outcome.notice.slug if outcome.notice else None) == slug


async def test_a_terminal_that_is_away_does_not_hold_up_a_closing(supervisor: Till) -> None:
    supervisor.twin("terminal").set(added_up=498, fault="offline")
    assert (await supervisor.give(CloseSession())).notice is None

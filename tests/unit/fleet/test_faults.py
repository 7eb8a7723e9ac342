"""Plans of faults: read from a text, a name or a file, and drawn from a seed."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from tui_pos.fleet.faults import NAMED, BadPlan, Fault, Plan, Trouble, read_plan


def test_a_text_gives_what_goes_wrong_how_often_and_for_how_long() -> None:
    assert read_plan("lost-reply=5, delay=2.5:0.5,503=1").troubles == (
        Trouble(Fault.LOST_REPLY, 5),
        Trouble(Fault.DELAY, 2.5, 0.5),
        Trouble(Fault.BUSY, 1),
    )


def test_what_lasts_has_a_length_of_its_own_where_none_is_given() -> None:
    assert read_plan("offline=1").troubles[0].seconds > 0


def test_a_file_holds_a_line_for_each_and_comments(tmp_path: Path) -> None:
    file = tmp_path / "plan"
    file.write_text("# a bad evening\ncut=10\n\noffline=1:30  # the router\n")

    assert read_plan(str(file)) == read_plan("cut=10,offline=1:30")


@pytest.mark.parametrize("name", NAMED)
def test_every_plan_with_a_name_can_be_read(name: str) -> None:
    assert read_plan(name).troubles


@pytest.mark.parametrize(
    "text",
    [
        "thunder=5",
        "cut=",
        "cut=x",
        "cut=-1",
        "cut=101",
        "cut=60,doubled=50",
        "delay=1:x",
        "cut=nan",
        "absent",
    ],
)
def test_what_is_no_plan_is_refused_with_the_part_that_is_wrong(text: str) -> None:
    with pytest.raises(BadPlan, match=text.partition(",")[0] if "," not in text else "hundred"):
        read_plan(text)


def test_faults_are_drawn_as_often_as_the_plan_says_and_the_same_ones_for_a_seed() -> None:
    plan = read_plan("lost-reply=20,cut=5")

    def drawn(seed: int) -> list[Fault | None]:
        chance = random.Random(seed)
        return [trouble.fault if (trouble := plan.draw(chance)) else None for _ in range(10_000)]

    assert drawn(1) == drawn(1) != drawn(2)
    counted = Counter(drawn(1))
    assert 1_800 < counted[Fault.LOST_REPLY] < 2_200
    assert 400 < counted[Fault.CUT] < 600
    assert counted[None] + counted[Fault.LOST_REPLY] + counted[Fault.CUT] == 10_000


def test_without_a_plan_nothing_goes_wrong() -> None:
    chance = random.Random(1)
    assert {Plan().draw(chance) for _ in range(1_000)} == {None}

"""What is typed at the server's commands: refused where it makes no sense, and said where it may be mistyped."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pytest

from backoffice.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.backoffice.conftest import Run

LONG = "x" * 121

Said: TypeAlias = "Callable[..., str]"


@pytest.fixture
def said(server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """Run a command that is done; gives what it says beside its result."""

    def call(*command: str) -> str:
        assert main([*command, "--db", f"sqlite:///{tmp_path}/server.db"]) == 0
        return capsys.readouterr().err

    return call


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (("customer", "set", "C", "--name", "Zed", "--tariff", "QFX"), "QFX"),
        (("offer", "set", "O", "--label", "Sale", "--percent", "5", "--product", "nothing"), "nothing"),
        (("offer", "set", "O", "--label", "Sale", "--percent", "5", "--family", "NOFAM"), "NOFAM"),
        (("offer", "set", "O", "--label", "Sale", "--percent", "5", "--ticket", "--customer", "Y"), "Y"),
        (("tariff", "set", "T", "--label", "T", "--family", "NOFAM=10"), "NOFAM"),
        (("tariff", "set", "T", "--label", "T", "--price", "nothing=1"), "nothing"),
        (
            ("product", "set", "P", "--label", "P", "--price", "1", "--vat", "20", "--family", "NOFAM"),
            "NOFAM",
        ),
        (("setting", "set", "ticket_intervall", "--value", "5"), "ticket_intervall"),
    ],
)
def test_what_is_named_and_not_there_is_taken_and_said(
    said: Said, command: tuple[str, ...], named: str
) -> None:
    doubt = said(*command)

    assert f"{named} yet" in doubt
    assert doubt.count("\n") == 1


def test_a_quota_of_a_family_that_is_not_there_is_said(said: Said) -> None:
    said("customer", "set", "F1", "--name", "Household 1")
    doubt = said("beneficiary", "set", "F1", "--monthly", "90", "--quota", "NOFAM=3")

    assert "There is no family or product NOFAM yet" in doubt


def test_what_is_there_raises_no_doubt(said: Said) -> None:
    offer = ("--label", "Sale", "--percent", "5", "--family", "TEA", "--customer", "C")
    for command in (
        ("family", "set", "TEA", "--label", "Tea"),
        ("tariff", "set", "T", "--label", "T", "--percent", "20", "--family", "TEA=10"),
        ("customer", "set", "C", "--name", "Zed", "--tariff", "T"),
        ("offer", "set", "O", *offer),
    ):
        assert said(*command) == ""


def test_whoever_loses_a_tariff_or_a_family_by_a_removal_is_counted(server: Run, said: Said) -> None:
    server("tariff", "set", "T", "--label", "T", "--percent", "20")
    server("customer", "set", "A", "--name", "A", "--tariff", "T")
    server("customer", "set", "B", "--name", "B", "--tariff", "T")
    assert "2 customers had this tariff" in said("tariff", "remove", "T")

    server("family", "set", "HOT", "--label", "Hot drinks")
    server("family", "set", "TEA", "--label", "Tea", "--parent", "HOT")
    assert "1 family was held by this one" in said("family", "remove", "HOT")


@pytest.mark.parametrize(
    "wrong",
    [
        ("offer", "set", "O", "--label", "", "--percent", "5", "--ticket"),
        ("offer", "set", "O", "--label", LONG, "--percent", "5", "--ticket"),
        ("customer", "set", "C9", "--name", "a\x07b"),
        ("customer", "set", "C9", "--name", LONG),
        ("customer", "set", "C9", "--name", "Zed", "--card", "a\nb"),
        ("customer", "set", "C9", "--name", "Zed", "--card", "2900"),
        ("customer", "set", "C9", "--name", "Zed", "--card", "C1"),
        ("customer", "set", "2900", "--name", "Zed"),
        ("customer", "set", "C9", "--name", "Zed", "--card", "P1"),
        ("customer", "set", "P1", "--name", "Zed"),
        ("tariff", "set", "T", "--label", " ", "--percent", "5"),
        ("user", "set", "9", "--name", "", "--role", "cashier", "--pin", "1234"),
        ("beneficiary", "set", "C1", "--from", "2026-05-01", "--until", "2026-04-30"),
        ("beneficiary", "set", "C1", "--quota", "TEA=0.0001"),
        ("beneficiary", "set", "C1", "--clear", "month"),
        ("message", "send", "  "),
        ("message", "send", "x" * 1001),
    ],
)
def test_what_makes_no_sense_changes_nothing(server: Run, wrong: tuple[str, ...]) -> None:
    server("product", "set", "P1", "--label", "P", "--price", "1", "--vat", "20")
    server("customer", "set", "C1", "--name", "Ada", "--card", "2900")
    before = server("status")["feed"]

    assert "Nothing was changed" in server(*wrong, status=1)
    assert server("status")["feed"] == before


def test_a_customer_keeps_the_card_that_is_set_again(server: Run) -> None:
    server("customer", "set", "C1", "--name", "Ada", "--card", "2900")
    changed = server("customer", "set", "C1", "--card", "2900", "--card", "2901")
    assert changed["cards"] == ["2900", "2901"]


def test_percentages_may_have_the_comma_of_the_french(server: Run) -> None:
    product = server("product", "set", "P1", "--label", "P", "--price", "1,20", "--vat", "5,5")
    offer = server("offer", "set", "O", "--label", "Sale", "--percent", "12,5", "--ticket")
    tariff = server("tariff", "set", "T", "--label", "T", "--percent", "7,5", "--family", "TEA=2,5")

    assert (product["vat_rate"], offer["value"]) == ("5.5", "12.5")
    assert (tariff["percent"], tariff["families"]) == ("7.5", {"TEA": "2.5"})


def test_quotas_and_the_access_period_are_taken_away(server: Run) -> None:
    server("customer", "set", "F1", "--name", "Household 1")
    server("beneficiary", "set", "F1", "--monthly", "90", "--quota", "TEA=3", "--until", "2030-06-30")

    budget = server("beneficiary", "set", "F1", "--clear", "quotas", "--clear", "ends_on")

    assert (budget["quotas"], budget["ends_on"], budget["monthly"]) == ([], None, 9_000)


def test_a_card_that_a_line_takes_off_is_free_for_the_next(server: Run, tmp_path: Path) -> None:
    server("customer", "set", "K1", "--name", "Ada", "--card", "2999")
    file = tmp_path / "customers.csv"
    file.write_text("code;name;card\nK1;Ada;2998\nK2;Bea;2999\n")

    assert server("import", "customers", str(file)) == {"added": 1, "updated": 1, "left_out": 0}


def test_families_of_a_file_may_stand_before_those_that_hold_them(server: Run, tmp_path: Path) -> None:
    file = tmp_path / "families.csv"
    file.write_text("code;label;parent\nGREEN;Green tea;TEA\nTEA;Tea;HOT\nHOT;Hot drinks;\n")
    assert server("import", "families", str(file))["added"] == 3
    assert server("family", "list", "GREEN")["parent"] == "TEA"


def test_families_of_a_file_that_hold_each_other_are_refused(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "families.csv"
    file.write_text("code;label;parent\nA;A;B\nB;B;A\n")

    assert main(["import", "families", str(file), "--db", f"sqlite:///{tmp_path}/server.db"]) == 1
    assert "line 2: " in capsys.readouterr().err
    assert server("family", "list", "A") == []


def test_a_column_that_stands_twice_is_refused(server: Run, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("code;name;name\nK1;Ada;Bea\n")
    assert "name stands there twice" in server("import", "customers", str(file), status=1)


def test_one_card_in_two_lines_of_a_file_is_refused_with_its_line(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("code;name;card;tariff\nK1;Ada;2999;QFX\nK2;Bea;2999;QFX\n")

    assert main(["import", "customers", str(file), "--db", f"sqlite:///{tmp_path}/server.db"]) == 1

    lines = capsys.readouterr().err.splitlines()
    assert sum("QFX" in line for line in lines) == 1
    assert any(line.startswith("line 3: ") and "K1" in line for line in lines)
    assert server("customer", "list", "K1") == []

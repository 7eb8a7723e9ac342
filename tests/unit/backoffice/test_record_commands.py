"""What tills consume, made and changed by command and from CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backoffice.cli import main

if TYPE_CHECKING:
    from tests.unit.backoffice.conftest import Run


def test_a_budgets_rule_keeps_what_is_not_named(run: Run) -> None:
    run("init", "--demo", "solidarity")
    run("customer", "set", "F1", "--name", "Household")
    run("beneficiary", "set", "F1", "--monthly", "150", "--carry-over", "--until", "2030-01-31")

    run("beneficiary", "set", "F1", "--basis", "paid")
    (rule,) = [row for row in run("beneficiary", "list") if row["customer"] == "F1"]
    assert (rule["monthly"], rule["carries_over"], rule["basis"]) == (15_000, True, "paid")
    assert rule["ends_on"] == "2030-01-31"

    run("beneficiary", "set", "F1", "--no-carry-over", "--quota", "PATES=3", "--quota-amount", "HYGIENE=5")
    (rule,) = [row for row in run("beneficiary", "list") if row["customer"] == "F1"]
    assert (rule["monthly"], rule["carries_over"]) == (15_000, False)
    for wrong in ("PATES", "PATES=many", "PATES=-1"):
        assert "cannot be taken" in run("beneficiary", "set", "F1", "--quota", wrong, status=1)


def test_families_nest_and_never_in_a_circle(server: Run) -> None:
    server("family", "set", "SHOP", "--label", "The shop")
    server("family", "set", "TOYS", "--label", "Toys", "--parent", "SHOP")

    assert server("family", "list", "TOYS") == {"code": "TOYS", "label": "Toys", "parent": "SHOP"}
    assert "held by this one" in server("family", "set", "SHOP", "--parent", "TOYS", status=1)
    assert "held by this one" in server("family", "set", "SHOP", "--parent", "SHOP", status=1)
    assert "not there" in server("family", "set", "DOLLS", "--label", "Dolls", "--parent", "NONE", status=1)
    server("family", "set", "TOYS", "--clear", "parent")
    assert server("family", "list", "TOYS")["parent"] is None


def test_a_payment_method_is_made_and_changed(server: Run) -> None:
    server(
        *(
            "method",
            "set",
            "CHECKS",
            "--label",
            "Holiday vouchers",
            "--ceiling",
            "50",
            "--reference-required",
        ),
        *("--family", "PATES", "--family", "HYGIENE", "--order", "7"),
    )

    made = server("method", "set", "CHECKS", "--no-reference-required", "--opens-drawer")

    assert (made["ceiling"], made["families"], made["order"]) == (5_000, ["PATES", "HYGIENE"], 7)
    assert (made["reference_required"], made["opens_drawer"], made["gives_change"]) == (False, True, False)
    assert "out of range" in server("method", "set", "CHECKS", "--ceiling", "0", status=1)


def test_a_new_payment_method_comes_last_and_is_not_what_a_bare_amount_is_taken_as(server: Run) -> None:
    last = max(method["order"] for method in server("method", "list"))

    assert server("method", "set", "TOKEN", "--label", "Token")["order"] == last + 1
    assert server("method", "set", "TOKEN", "--label", "Tokens")["order"] == last + 1


def test_the_shop_is_changed_and_keeps_its_tills(server: Run) -> None:
    server("till", "add", "--name", "front", "--url", "https://pos.example")
    name = server("shop", "show")["name"]

    changed = server(
        *(
            "shop",
            "set",
            "--name",
            "New name",
            "--siret",
            "12345678901234",
            "--time-zone",
            "America/Martinique",
        ),
        *(
            "--address",
            "1 rue Haute",
            "--address",
            "97200 Fort-de-France",
            "--barcode-pattern",
            "21IIIIIWWWWWC",
        ),
    )

    assert changed == server("shop", "show", "--shop", "New name")
    assert changed["address"] == ["1 rue Haute", "97200 Fort-de-France"]
    (row,) = server("shop", "list")
    assert (row["name"], row["tills"]) == ("New name", 1)
    assert server("till", "list")[0]["shop"] == "New name"
    assert server("shop", "set", "--clear", "time_zone")["time_zone"] == "Europe/Paris"
    assert f"no shop “{name}”" in server("shop", "show", "--shop", name, status=1)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--time-zone", "Europe/Nowhere"),
        ("--time-zone", "../../etc/passwd"),
        ("--currency", "euro"),
        ("--siret", "123"),
        ("--barcode-pattern", "21"),
        ("--name", " "),
        ("--clear", "name"),
        ("--clear", "nothing"),
    ],
)
def test_a_shop_that_makes_no_sense_changes_nothing(server: Run, wrong: tuple[str, ...]) -> None:
    before = server("shop", "show")

    server("shop", "set", *wrong, status=1)

    assert server("shop", "show") == before


def test_a_server_has_several_shops_each_with_its_name(server: Run) -> None:
    server("shop", "add", "--name", "Second", "--currency", "CHF")

    assert server("shop", "show", "--shop", "Second")["currency"] == "CHF"
    assert "another shop has it" in server("shop", "add", "--name", "Second", status=1)
    assert "--shop is needed" in server("product", "list", status=1)


def test_a_delay_is_a_number_of_seconds(server: Run) -> None:
    assert "a number of seconds" in server("setting", "set", "ping_timeout", "--value", "soon", status=1)
    assert server("setting", "set", "ping_timeout", "--value", "3")["value"] == "3"


def test_tills_are_told_where_the_exports_are_and_when_to_look_but_no_password(server: Run) -> None:
    place = ("setting", "set", "place", "--value")
    said = server(*place, "ftp://till:secret@nas/shop", status=1)
    assert "set its password on the till" in said
    assert "secret" not in said
    assert server(*place, "ftp://till@nas/shop")["value"] == "ftp://till@nas/shop"

    assert "a time such as 04:30" in server("setting", "set", "place_when", "--value", "noon", status=1)
    assert server("setting", "set", "place_when", "--value", "04:30")["value"] == "04:30"


def test_a_day_of_an_offer_begins_at_midnight_at_the_shop(server: Run) -> None:
    made = server("offer", "set", "X", "--label", "X", "--percent", "5", "--ticket", "--until", "2026-12-01")

    assert made["ends_at"] == "2026-11-30T23:00:00.000Z"
    cleared = server("offer", "set", "X", "--clear", "ends_at", "--from", "2026-07-01")
    assert (cleared["starts_at"], cleared["ends_at"]) == ("2026-06-30T22:00:00.000Z", None)


def test_a_message_is_withdrawn(server: Run) -> None:
    number = server("message", "send", "Bread is late")["id"]

    assert server("message", "withdraw", str(number))["withdrawn"] is True
    assert "no message" in server("message", "withdraw", "999", status=1)


FILES = {
    "families": "code;label;parent\nDRINKS;Drinks;\nTEA;Tea;DRINKS\n",
    "customers": "code;name;card;group;consent\nC7;Zoé;2900|2901;CLUB;oui\nC8;Ada;;;\n",
    "users": "code;name;role;pin\n7;Lou;cashier;7777\n8;Max;supervisor;8888\n",
    "methods": "code,label,ceiling,needs customer\nTAB,On account,100,yes\nTOKEN,Gift card,,no\n",
    "offers": "code;label;percent;product;group;until\nO7;Week;10;4011;CLUB;2030-01-01\nO8;Day;5;4011;;\n",
    "tariffs": "code;label;percent;price\nQF7;Band 7;20;4011=0.50|4012=0.60\nQF8;Band 8;30;\n",
    "settings": "code;value\nticket_interval;20\nping_timeout;3\n",
}


@pytest.mark.parametrize("what", FILES)
def test_every_kind_is_imported_from_a_file(server: Run, tmp_path: Path, what: str) -> None:
    file = tmp_path / f"{what}.csv"
    file.write_text(FILES[what])
    kind = {"families": "family"}.get(what, what[:-1])

    assert server("import", what, str(file)) == {"added": 2, "updated": 0, "left_out": 0}
    assert server("import", what, str(file)) == {"added": 0, "updated": 2, "left_out": 0}

    code = FILES[what].split("\n")[1].replace(",", ";").split(";")[0]
    made = server(kind, "list", code)
    known = {
        "families": ("label", "Drinks"),
        "customers": ("cards", ["2900", "2901"]),
        "users": ("role", "cashier"),
        "methods": ("ceiling", 10_000),
        "offers": ("ends_at", "2029-12-31T23:00:00.000Z"),
        "tariffs": ("prices", {"4011": 50, "4012": 60}),
        "settings": ("value", "20"),
    }
    assert made[known[what][0]] == known[what][1]


def test_budgets_are_imported_from_a_file(server: Run, tmp_path: Path) -> None:
    server("customer", "set", "F1", "--name", "Household 1")
    server("customer", "set", "F2", "--name", "Household 2")
    file = tmp_path / "budgets.csv"
    file.write_text(
        "foyer;monthly;carry-over;quota;until\nF1;150;oui;PATES=3|HYGIENE=2;2030-06-30\nF2;90;non;;\n"
    )

    done = server("import", "beneficiaries", str(file), "--map", "foyer=code")

    assert done == {"added": 2, "updated": 0, "left_out": 0}
    rows = server("beneficiary", "list")
    assert [(row["customer"], row["monthly"], row["carries_over"]) for row in rows] == [
        ("F1", 15_000, True),
        ("F2", 9_000, False),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("C9;Zoé;maybe", "consent: yes or no is wanted, not maybe"),
        (";Nobody;", "the code is empty"),
        ("C7;Again;", "C7 stands in line 2 already"),
        ("C9;A;;B", "more cells"),
        ("C9;;", "name has to be given"),
    ],
)
def test_a_bad_line_of_records_is_said_and_nothing_is_imported(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, why: str
) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(f"code;name;consent\nC7;Zoé;\n{line}\n")
    address = ["--db", f"sqlite:///{tmp_path}/server.db"]

    assert main(["import", "customers", str(file), *address]) == 1

    said = capsys.readouterr().err
    assert "line 3: " in said
    assert why in said
    assert server("customer", "list", "C7") == []
    assert server("import", "customers", str(file), "--skip-bad")["added"] == 1


def test_a_file_whose_columns_mean_nothing_is_refused(server: Run, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("code;shoe size\nC7;42\n")
    assert "the column shoe-size means nothing" in server("import", "customers", str(file), status=1)
    file.write_text("name\nZoé\n")
    assert "no column gives the code" in server("import", "customers", str(file), status=1)
    assert "cannot be read" in server("import", "customers", str(tmp_path / "none.csv"), status=1)

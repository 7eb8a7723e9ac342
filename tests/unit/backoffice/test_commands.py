"""The commands of the server, as a person or a program calls them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from backoffice.cli import main
from backoffice.commands import reading
from sync.pins import check_pin
from sync.protocol.configuration import read_configuration
from sync.protocol.reasons import cause
from tui_pos.command_line import DEBUG

if TYPE_CHECKING:
    from tests.unit.backoffice.conftest import Run


def test_init_makes_a_shop_and_an_administrator_whose_password_is_told_once(run: Run) -> None:
    made = run("init", "--demo", "retail")

    assert made["user"] == "admin"
    assert len(made["password"]) == 19
    status = run("status")
    assert (status["shops"], status["tills"], status["entries"]) == (1, 0, 0)
    assert status["feed"]["product"] > 1000


def test_init_leaves_a_server_that_is_there_alone(server: Run) -> None:
    assert "already" in server("init", status=1)


def test_a_shop_of_ones_own_starts_with_payment_methods(run: Run) -> None:
    run("init", "--name", "My shop")

    assert run("status")["feed"] == {"method": 3, "shop": 1}


def test_the_catalogue_is_filled_up(run: Run) -> None:
    run("init", "--demo", "retail", "--products", "2500")

    assert run("status")["feed"]["product"] == 2500


def test_without_a_server_every_command_says_how_to_make_one(run: Run) -> None:
    for command in (("status",), ("journal",), ("tickets",), ("till", "list"), ("product", "list")):
        assert "init" in run(*command, status=1)


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://x/y", "sqlite://", "postgresql://nobody@127.0.0.1:1/none"]
)
def test_an_address_that_leads_nowhere_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--db", url]) == 1

    assert capsys.readouterr().err.count("\n") == 1


def test_a_till_comes_with_its_configuration_file(server: Run, tmp_path: Path) -> None:
    file = tmp_path / "till.config"

    made = server("till", "add", "--name", "front", "--url", "http://127.0.0.1:8470", "--config", str(file))

    configuration = read_configuration(file.read_bytes())
    assert (configuration.code, configuration.till_name) == (made["code"], "front")
    assert file.stat().st_mode & 0o077 == 0
    listed = server("till", "list")
    assert [(row["number"], row["name"], row["epoch"]) for row in listed] == [("1", "front", 0)]


def test_many_tills_come_with_their_codes_in_one_file(server: Run, tmp_path: Path) -> None:
    file = tmp_path / "codes"

    made = server("till", "add", "--name", "Fleet", "--count", "3", "--codes", str(file))

    assert file.read_text().split() == [till["code"] for till in made]
    assert len({till["code"] for till in made}) == 3
    assert file.stat().st_mode & 0o077 == 0
    assert [row["name"] for row in server("till", "list")] == ["Fleet 1", "Fleet 2", "Fleet 3"]


@pytest.mark.parametrize(
    "wanted",
    [
        ("--url", "http://127.0.0.1:1", "--config", "none/till.config"),
        ("--count", "3", "--codes", "none/codes"),
    ],
)
def test_a_till_whose_file_cannot_be_written_is_not_made(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], wanted: tuple[str, ...]
) -> None:
    *options, file = wanted
    address = ["--db", f"sqlite:///{tmp_path}/server.db"]

    assert main(["till", "add", "--name", "Bar", *options, str(tmp_path / file), *address]) == 1

    assert "Nothing was changed" in capsys.readouterr().err
    assert server("status")["tills"] == 0


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x1b[31m"])
def test_a_till_has_a_name_that_people_can_read(server: Run, name: str) -> None:
    with pytest.raises(SystemExit):
        main(["till", "add", "--name", name, "--url", "http://127.0.0.1:8470"])
    assert server("status")["tills"] == 0


def test_a_till_needs_the_address_of_its_server(server: Run) -> None:
    assert "--url" in server("till", "add", "--name", "front", status=1)


@pytest.mark.parametrize(
    "url", ["http://shop.example", "ftp://127.0.0.1", "shop.example", "http://", "http://[::1"]
)
def test_a_till_does_not_go_to_such_an_address(server: Run, url: str) -> None:
    assert "address" in server("till", "add", "--name", "x", "--url", url, status=1)


def test_a_till_is_revoked_by_its_name(server: Run) -> None:
    server("till", "add", "--name", "front", "--url", "https://shop.example")
    server("till", "revoke", "front")

    assert server("till", "list")[0]["revoked_at"]
    assert "no till" in server("till", "revoke", "back", status=1)


def test_a_product_is_made_changed_and_removed(server: Run) -> None:
    server("product", "add", "X1", "--label", "Coffee", "--price", "3.50", "--vat", "5.5")
    changed = server("product", "price", "X1", "3.20")

    assert (changed["label"], changed["unit_price"]) == ("Coffee", 320)
    assert server("product", "list", "X1")["unit_price"] == 320
    server("product", "remove", "X1")
    assert "no product" in server("product", "remove", "X1", status=1)
    assert "no product" in server("product", "price", "X1", "1", status=1)


def test_a_deposit_that_is_given_back_has_a_price_below_zero(server: Run) -> None:
    server("product", "set", "D1", "--label", "Bottle back", "--price", "-0.25", "--vat", "0")
    assert server("product", "set", "D1", "--label", "Glass bottle back")["unit_price"] == -25
    assert server("product", "set", "D1", "--price=-0,30")["unit_price"] == -30
    assert server("product", "price", "D1", "-0.20")["unit_price"] == -20


@pytest.mark.parametrize(
    "wrong",
    [
        ("product", "set", "X", "--label", "x"),
        ("offer", "set", "O", "--label", "x", "--percent", "10", "--ticket", "--minimum", "900000000"),
        ("product", "set", "X", "--label", "x", "--vat", "120"),
        ("product", "set", "X", "--label", " ", "--vat", "20", "--price", "1"),
        ("product", "set", " ", "--label", "x", "--vat", "20", "--price", "1"),
        ("product", "set", "a\nb", "--label", "x", "--vat", "20", "--price", "1"),
        ("user", "set", "9", "--name", "x", "--role", "cashier"),
        ("user", "set", "9", "--name", "x", "--role", "cashier", "--pin", "abc"),
        ("offer", "set", "O", "--label", "x", "--percent", "120", "--ticket"),
        ("offer", "set", "O", "--label", "x", "--percent", "10"),
        (
            "offer",
            "set",
            "O",
            "--label",
            "x",
            "--percent",
            "10",
            "--ticket",
            "--from",
            "2026-02-02",
            "--until",
            "2026-02-01",
        ),
        ("tariff", "set", "T", "--label", "x", "--percent", "-5"),
        ("tariff", "set", "T", "--label", "x", "--family", "nothing"),
        ("customer", "set", "C", "--name", ""),
        ("beneficiary", "set", "nobody", "--monthly", "150"),
    ],
)
def test_a_record_that_makes_no_sense_changes_nothing(server: Run, wrong: tuple[str, ...]) -> None:
    before = server("status")["feed"]

    assert "Nothing was changed" in server(*wrong, status=1)
    assert server("status")["feed"] == before


def test_a_users_pin_is_never_shown(server: Run) -> None:
    made = server("user", "add", "9", "--name", "Zoé", "--role", "cashier", "--pin", "987654")

    assert "pin_hash" not in made
    assert all("pin_hash" not in user for user in server("user", "list"))


def test_a_beneficiary_has_a_budget_by_a_rule(run: Run) -> None:
    run("init", "--demo", "solidarity")
    run("customer", "set", "F1", "--name", "Household 1", "--tariff", "QF1")

    made = run("beneficiary", "set", "F1", "--monthly", "150", "--quota", "TEA=3", "--until", "2027-01-31")

    assert (made["amount"], made["balance"], made["ends_on"]) == (15_000, 15_000, "2027-01-31")
    assert made["quotas"][0]["family"] == "TEA"
    run("beneficiary", "set", "F1", "--monthly", "200")
    assert run("beneficiary", "recalculate", "F1")[0]["amount"] == 20_000
    run("beneficiary", "remove", "F1")


def test_messages_are_sent_and_listed(server: Run) -> None:
    assert server("message", "send", "Bread is late", "--must-ack") == {"id": 1}

    assert [row["text"] for row in server("message", "list")] == ["Bread is late"]


def test_products_are_imported_from_a_file(server: Run, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("code;nom;prix;tva\n3017620422003;Pâte à tartiner;3,50;5,5\n4011;Bananes;2,00;5,5\n")

    assert server("import", "products", str(file)) == {"added": 1, "updated": 1, "left_out": 0}
    assert server("product", "list", "3017620422003")["unit_price"] == 350


def test_a_file_with_a_bad_line_is_not_imported(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init", "--name", "My shop")
    file = tmp_path / "products.csv"
    file.write_text("code;nom\n3017620422004;Bad check digit\n3017620422003;Good\n")
    address = ["--db", f"sqlite:///{tmp_path}/server.db"]

    assert main(["import", "products", str(file), *address]) == 1
    assert "line 2" in capsys.readouterr().err
    assert main(["import", "products", str(file), "--skip-bad", *address]) == 0
    said = capsys.readouterr()
    assert "added: 1" in said.out
    assert "1 line gives no VAT rate: 5.5% was taken." in said.err
    assert run("status")["feed"]["product"] == 1


@pytest.mark.parametrize(
    ("kind", "head", "left"), [("products", "code;nom", 400), ("customers", "code;name", 150)]
)
def test_of_a_wrong_file_a_hundred_sentences_are_said(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, head: str, left: int
) -> None:
    run("init", "--name", "My shop")
    file = tmp_path / "wrong.csv"
    file.write_text(head + "\n" + "3017620422004;x;y;too many\n" * 250)
    capsys.readouterr()

    assert main(["import", kind, str(file), "--db", f"sqlite:///{tmp_path}/server.db"]) == 1

    *lines, more, refused = capsys.readouterr().err.splitlines()
    assert len(lines) == 100
    assert more == f"… and {left} more like these"
    assert "Nothing was changed" in refused


def test_the_unicode_text_of_a_spreadsheet_is_imported(server: Run, tmp_path: Path) -> None:
    file = tmp_path / "products.txt"
    file.write_text("Code\tLibellé\tPrix TTC\n77\tPâté d’œuf\t3,50\n", encoding="utf-16")

    assert server("import", "products", str(file))["added"] == 1
    assert server("product", "list", "77")["label"] == "Pâté d’œuf"


def test_the_feed_is_exported(server: Run, tmp_path: Path) -> None:
    done = server("export", str(tmp_path / "out"))

    assert done["file"] == "manifest.json"
    assert (tmp_path / "out" / "index.json").exists()


def test_nothing_waits_in_quarantine_at_first(server: Run) -> None:
    assert server("quarantine", "list") == []
    assert server("quarantine", "retry") == []
    assert server("tickets") == []


def test_a_server_without_its_key_says_so(server: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "secrets").iterdir():
        path.unlink()

    assert "key" in server("status", status=1)


def test_the_server_speaks_french_where_it_is_asked_to(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = ["--db", f"sqlite:///{tmp_path}/server.db"]

    for words in (["--lang", "fr", "product", "remove", "9"], ["product", "remove", "9", "--lang=fr"]):
        assert main([*words, *address]) == 1
        said = capsys.readouterr().err.replace("\N{NO-BREAK SPACE}", " ")
        assert said == "tui-pos-server: Introuvable : produit « 9 ». Rien n’a été modifié.\n"
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "fr", "beneficiary", "set", "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "donner un budget à un client" in said
    assert "afficher cette aide" in said
    with pytest.raises(SystemExit) as ended:
        main(["status", "--lang", "fr", "--nothing"])
    assert ended.value.code == 2
    assert "arguments inconnus" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--port", "99999"),
        ("serve", "--port", "-1"),
        ("serve", "--export-every", "0"),
        ("serve", "--export-every", "nan"),
        ("init", "--products", "-5"),
        ("init", "--products", "9" * 5000),
        ("beneficiary", "set", "C1", "--monthly", "much"),
        ("offer", "set", "O1", "--from", "2026-13-01"),
    ],
)
def test_a_number_that_cannot_be_is_wrong_usage(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--lang", "en"])
    assert ended.value.code == 2
    assert " is no " in capsys.readouterr().err


def test_a_port_in_the_environment_is_checked_likewise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_POS_PORT", "high")
    with pytest.raises(SystemExit) as ended:
        main(["serve"])
    assert ended.value.code == 2


def test_rows_are_written_for_a_person(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = ("--address", "1 rue Haute", "--address", "Grenoble")
    server("shop", "set", *address, "--clear", "barcode_patterns")

    assert main(["shop", "show", "--db", f"sqlite:///{tmp_path}/server.db"]) == 0

    shown = capsys.readouterr().out.splitlines()
    assert "address: 1 rue Haute, Grenoble" in shown
    assert "barcode_patterns: -" in shown
    assert "solidarity: no" in shown


@pytest.mark.parametrize(
    "arguments",
    [("serve", "--host", "no..host", "--port", "0"), ("status", "--db", "postgresql://tui@no..host/books")],
)
def test_a_name_that_no_host_can_have_is_told_in_a_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setenv("TUI_POS_SECRET_DIR", str(tmp_path / "secrets"))
    assert main(["init", "--db", f"sqlite:///{tmp_path}/server.db"]) == 0
    named = () if "--db" in arguments else ("--db", f"sqlite:///{tmp_path}/server.db")
    assert main([*arguments, *named, "--lang", "en"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("tui-pos-server: The address")
    assert told.count("\n") == 1


def test_what_nobody_had_thought_of_is_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stumble(_options: object) -> int:
        raise ZeroDivisionError("oops\nand more")

    monkeypatch.delenv(DEBUG, raising=False)
    monkeypatch.setattr(reading, "run", stumble)
    assert main(["status", "--lang", "en"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("tui-pos-server: Something unforeseen happened: ZeroDivisionError: oops and more.")
    assert told.count("\n") == 1


def test_usage_that_is_wrong_gives_two() -> None:
    for arguments in ([], ["nonsense"], ["till"], ["product", "set", "X", "--price", "abc"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2


def test_alarms_are_said_in_the_language_of_who_reads_them(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = str(cause("entry_waits", seq=7, kind="ticket", reason=cause("not_its_total")))
    database = sqlite3.connect(tmp_path / "server.db")
    with database:
        database.execute(
            "INSERT INTO alarm (shop, till, at, kind, text) VALUES (1, NULL, 'x', 'quarantine', ?)", (text,)
        )
    database.close()

    assert main(["--lang", "fr", "status", "--db", f"sqlite:///{tmp_path}/server.db"]) == 0
    french = capsys.readouterr().out

    assert "ses lignes ne font pas son total" in french
    assert "écriture 7 (ticket)" in french
    assert server("status")["alarms"][0]["text"] == "entry 7 (ticket): its lines do not add up to its total"


def test_each_alarm_has_a_line_of_its_own_and_names_its_till(
    server: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "alarms: -" in said_of_status(tmp_path, capsys)
    server("till", "add", "--name", "Bar", "--url", "http://127.0.0.1:1")
    database = sqlite3.connect(tmp_path / "server.db")
    with database:
        for text in ("one", "two"):
            values = (str(cause("entry_in_part", seq=7, reason=text)),)
            database.execute(
                "INSERT INTO alarm (shop, till, at, kind, text) VALUES (1, 1, 'x', 'customer', ?)", values
            )
    database.close()

    assert said_of_status(tmp_path, capsys)[-3:] == [
        "alarms:",
        "  at x  till 1  kind customer  text entry 7: two",
        "  at x  till 1  kind customer  text entry 7: one",
    ]


def said_of_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main(["--lang", "en", "status", "--db", f"sqlite:///{folder}/server.db"]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_pin_that_is_given_again_as_it_was_signs_nobody_out(server: Run, tmp_path: Path) -> None:
    def kept() -> str:
        with closing(sqlite3.connect(tmp_path / "server.db")) as database:
            (data,) = database.execute("SELECT data FROM feed WHERE kind = 'user' AND code = '9'").fetchone()
        return str(msgspec.json.decode(data)["pin_hash"])

    server("user", "add", "9", "--name", "Zoé", "--role", "cashier", "--pin", "987654")
    first = kept()
    server("user", "set", "9", "--name", "Zoé B.", "--pin", "987654")
    assert kept() == first

    server("user", "set", "9", "--pin", "123456")
    assert kept() != first
    assert check_pin("123456", kept())

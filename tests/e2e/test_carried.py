"""A till whose server is out of reach, by command line: its data come on a stick and from a share."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.command_till import CommandTill, enrolled
from tests.ftp import served
from tests.json_lines import Process
from tests.server_process import ServerProcess
from tests.waiting import until

PRODUCT = "9520340700008"


@pytest.fixture
def till(server: ServerProcess, tmp_path: Path) -> CommandTill:
    """A till that is enrolled and has its data; its server does not serve any more."""
    made = enrolled(server, tmp_path)
    server.end()
    return made


def test_data_come_on_a_stick_and_from_a_share_while_the_server_is_out_of_reach(
    server: ServerProcess, till: CommandTill, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    before = shutil.copytree(till.profile, tmp_path / "before")
    server.run("export", str(stick))
    for price in ("3.01", "3.02"):
        server.run("product", "price", PRODUCT, price)
        server.run("export", str(stick))

    assert "cannot be reached" in till.run("load", "changes", status=1)
    assert "2 records are in." in till.run("load", "changes", "--from", str(stick))
    assert till.price(PRODUCT) == 302
    assert "0 records are in." in till.run("load", "changes", "--from", str(stick))

    server.run("product", "price", PRODUCT, "3.03")
    server.run("export", str(stick))
    with served(tmp_path) as share, Process(till.profile, demo=False) as process:
        loaded = process.ok("sync", what="load_changes", **{"from": f"{share}/stick"})
    assert (loaded["count"], loaded["note"]) == (1, None)
    assert till.price(PRODUCT) == 303

    server.run("product", "price", PRODUCT, "3.04")
    server.run("export", str(stick), "--whole")
    min(stick.glob("changes-*.json")).unlink()
    late = CommandTill(shutil.copytree(before, tmp_path / "late"))
    said = late.run("load", "changes", "--from", str(stick))
    assert "do not go on from the data of this till" in said
    assert late.price(PRODUCT) == 304


def test_a_till_fetches_by_itself_what_was_published_for_it_while_the_server_is_out_of_reach(
    server: ServerProcess, till: CommandTill, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    server.run("export", str(stick))
    server.run("product", "price", PRODUCT, "3.05")
    server.run("export", str(stick))
    with served(tmp_path) as share:
        till.run("settings", "place", f"{share}/stick")
        till.run("settings", "place_when", "15")
        with Process(till.profile, demo=False) as process:
            process.ok("sign_in", user="1", pin="1111")
            until(lambda: process.ok("search", text=PRODUCT)["found"][0]["unit_price"] == 305)
            assert "secret" not in str(process.ok("status"))
            # the round is noted just after what it loaded can be sold
            until(lambda: json.loads(till.run("status", "--json"))["exports"] is not None)
    status = json.loads(till.run("status", "--json"))
    assert (status["exports"]["place"].startswith("ftp://till@"), status["exports"]["error"]) == (True, "")
    latest = status["loads"][0]
    assert (latest["full"], latest["records"]) == (False, 1)


def test_what_is_not_the_servers_is_refused_in_one_line_and_changes_nothing(
    server: ServerProcess, till: CommandTill, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    server.run("product", "price", PRODUCT, "3.01")
    server.run("export", str(stick))
    manifest = stick / "manifest.json"
    fields: dict[str, Any] = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**fields, "rows": 1}))
    before = till.price(PRODUCT)

    for what in ("full", "changes"):
        said = till.run("load", what, "--from", str(stick), status=1)
        assert "not signed by this till's server" in said
        assert said.count("\n") == 1
    assert "There is no index.json" in till.run("load", "full", "--from", str(tmp_path), status=1)
    assert "No place is set" in till.run("load", "full", "--from", status=1)

    assert till.price(PRODUCT) == before

"""What is changed at the server about whoever works at a running till, in processes of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.command_till import enrolled
from tests.json_lines import Process
from tests.server_process import ServerProcess
from tests.waiting import until

PRODUCT = "9520340700008"


def code(reply: dict[str, Any]) -> str:
    """What was refused; empty: nothing."""
    return "" if reply["ok"] else str(reply["error"]["code"])


def test_rights_reach_a_ticket_that_is_open_and_who_was_removed_finishes_it_and_is_signed_out(
    server: ServerProcess, tmp_path: Path
) -> None:
    till = enrolled(server, tmp_path)
    with Process(till.profile, demo=False) as headless:
        headless.ok("sign_in", user="1", pin="1111")
        headless.ok("open_session", float=0)
        headless.ok("scan", code=PRODUCT)
        assert code(headless.ask("discount", percent="10")) == "right_needed"

        server.run("user", "set", "1", "--role", "supervisor")
        until(lambda: headless.ask("discount", percent="10")["ok"])
        server.run("user", "remove", "1")
        until(lambda: code(headless.ask("x_report")) == "right_needed")

        headless.ok("scan", code=PRODUCT)
        reply = headless.ok("tender", method="CASH")
        assert reply["closed"]["count"] == 2
        assert reply["state"]["user"] is None
        refusal = headless.ask("scan", code=PRODUCT)["error"]
        assert refusal["code"] == "not_signed_in"
        assert "no longer works here" in refusal["message"]
        headless.ok("sign_in", user="2", pin="2222")
        headless.ok("scan", code=PRODUCT)

"""Each pitfall of the protocol, and each lesson of the wire, has the test that is named here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SIMULATED = "simulation/test_pitfalls_"

PITFALLS = {
    "lost reply": "simulation/test_lessons.py::test_odoo_40567_a_reply_that_is_lost_at_any_point",
    "doubled request": "simulation/test_wire_faults.py::test_whatever_goes_wrong_once_a_ticket_is_stored",
    "reordered requests": f"{SIMULATED}on_the_way.py::test_a_hello_that_arrives_after_what_was_said_later",
    "reordered batches": "contract/server/test_journal.py::test_batches_may_come_in_any_order",
    "cut body": "simulation/test_wire_faults.py::test_whatever_goes_wrong_once_a_ticket_is_stored",
    "cut page": "simulation/test_feed.py::test_a_page_of_changes_that_is_cut_shows_nothing_of_itself",
    "poison entry in a batch": f"{SIMULATED}of_entries.py::test_a_poison_entry_in_a_batch_stands_alone",
    "out-of-order parents": f"{SIMULATED}of_entries.py::test_a_refund_before_its_sale",
    "till restored from a backup": f"{SIMULATED}of_backups.py::test_a_till_restored_from_a_backup_gets",
    "cloned till": f"{SIMULATED}of_backups.py::test_of_a_till_and_its_clone_only_one_writes",
    "server restored from a backup": f"{SIMULATED}of_backups.py::test_a_server_restored_from_a_backup_gets",
    "cursor below the floor": f"{SIMULATED}of_the_feed.py::test_a_cursor_below_the_floor_is_answered_with",
    "scope change": f"{SIMULATED}of_the_feed.py::test_what_leaves_the_scope_of_a_till_is_removed",
    "schema change: newer records": f"{SIMULATED}of_the_feed.py::test_fields_and_kinds_that_this_program",
    "schema change: an old till": f"{SIMULATED}of_the_feed.py::test_a_till_whose_records_are_too_old",
    "schema change: a newer till": f"{SIMULATED}of_the_feed.py::test_a_program_that_knows_more_records",
    "clock an hour or a year wrong": f"{SIMULATED}of_clocks.py::test_a_till_whose_clock_is_wrong",
    "captive portal": f"{SIMULATED}on_the_way.py::test_a_captive_portal_that_answers_200",
    "a byte a second": "unit/sync_engine/test_http.py::test_a_server_that_sends_a_byte_at_a_time",
    "TLS error": "unit/sync_engine/test_http.py::test_a_server_is_trusted_by_its_own_authority",
    "disk full at the till": "simulation/test_feed.py::test_a_disk_that_is_full_while_a_catalogue_comes",
    "disk full at the server": "contract/server/test_bad_input.py::test_a_full_disk_of_the_server",
    "30 days offline": f"{SIMULATED}of_entries.py::test_after_30_days_offline_all_entries",
    "replayed at another process": "contract/server/test_nonces.py::test_a_hello_that_one_process_has_heard",
}

LESSONS = {
    "odoo/odoo#40567": "simulation/test_lessons.py::test_odoo_40567",
    "odoo/odoo#152259": "e2e/test_power.py::test_a_second_process_on_the_same_profile_is_refused",
    "odoo/odoo#203431": "simulation/test_lessons.py::test_odoo_203431",
    "odoo/odoo PR 288974": "simulation/test_lessons.py::test_odoo_288974",
    "odoo/odoo PR 261096": "simulation/test_lessons.py::test_odoo_261096",
    "frappe/erpnext#13388": "contract/server/test_journal.py::test_one_bad_entry_waits_and_the_others",
    "frappe/erpnext#12971": "simulation/test_days.py::test_whatever_happens_in_two_days",
    "POSpire PR 41": "simulation/test_lessons.py::test_pospire_41",
    "Dolibarr/dolibarr#18613": "simulation/test_lessons.py::test_dolibarr_18613",
}


@pytest.mark.parametrize("name", [*PITFALLS, *LESSONS])
def test_each_has_its_test(name: str) -> None:
    file, _, function = {**PITFALLS, **LESSONS}[name].partition("::")
    source = (TESTS / file).read_text(encoding="utf-8")

    assert re.search(rf"^(async )?def {function}\w*\(", source, re.MULTILINE)

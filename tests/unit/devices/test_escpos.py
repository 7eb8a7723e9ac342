"""Documents as the bytes of an ESC/POS printer, read back by the virtual one."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.document import Barcode, Blank, Block, Columns, Cut, Document, Qr, Rule, Table, Text, as_text
from devices.printers.escpos import encode
from devices.printers.likeness import likeness
from devices.printers.profile import CodePage, Profile
from devices.virtual.roll import Roll

FRENCH = "aàâäbcçdeéèêëfghiîïjklmnoôöœpqrstuùûüvwxyÿzÀÂÇÉÈÊËÎÏÔŒÙÛÜŸ €’…–«»°²½ 0123456789,.;:!?()+-*/=%&@#"
INITIALISE, CP1252, CP858, CUT = b"\x1b@", b"\x1bt\x10", b"\x1bt\x13", b"\x1dVB\x00"


def paper_of(document: Document, profile: Profile) -> tuple[str, ...]:
    (paper,) = Roll(profile.columns).feed(encode(document, profile))
    return paper.lines


def test_a_euro_is_a_euro_on_both_code_pages() -> None:
    document = Document((Text("2,70 €"), Cut()))

    assert encode(document, Profile(code_page="CP1252")).startswith(INITIALISE + CP1252)
    assert b"2,70 \x80\n" in encode(document, Profile(code_page="CP1252"))
    assert encode(document, Profile(code_page="CP858")).startswith(INITIALISE + CP858)
    assert b"2,70 \xd5\n" in encode(document, Profile(code_page="CP858"))


def test_a_job_ends_with_its_cut_and_holds_no_drawer_kick_and_no_status_request() -> None:
    job = encode(Document((Text("Merci"), Barcode("1-000418"), Cut())), Profile())

    assert job.endswith(CUT)
    assert not any(command in job for command in (b"\x1bp", b"\x10\x14", b"\x10\x04", b"\x1dr", b"\x1da"))


def test_a_printer_without_a_cutter_feeds_to_where_paper_is_torn() -> None:
    job = encode(Document((Text("Merci"), Cut())), Profile(cuts=False))

    assert CUT not in job
    assert job.endswith(b"Merci\n\x1bd\x06")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(
            st.builds(
                Text,
                st.text(FRENCH),
                st.sampled_from(["left", "center", "right"]),
                st.booleans(),
                st.booleans(),
            ),
            st.builds(Columns, st.text(FRENCH), st.text(FRENCH, max_size=12), st.booleans(), st.booleans()),
            st.builds(Table, st.lists(st.tuples(*[st.text(FRENCH, max_size=9)] * 4), max_size=3).map(tuple)),
            st.builds(Barcode, st.text("0123456789-", min_size=1, max_size=20)),
            st.builds(Qr, st.text(FRENCH, max_size=40)),
            st.just(Rule()),
            st.just(Blank()),
        ),
        max_size=8,
    ),
    st.sampled_from([32, 42, 48]),
)
def test_paper_says_what_the_text_says_in_french(blocks: list[Block], columns: int) -> None:
    document = Document((*blocks, Cut()))

    assert paper_of(document, Profile(columns=columns)) == as_text(document, columns)


def test_what_a_code_page_lacks_is_printed_as_what_looks_like_it() -> None:
    assert likeness("Œufs d’oie “bio”…", "CP858") == 'OEufs d\'oie "bio"...'
    assert likeness("Œufs d’oie “bio”…", "CP1252") == "Œufs d’oie “bio”…"
    assert likeness("Tőkés Łódź ﬁn", "CP1252") == "Tokés ?ódz fin"
    assert likeness("愛 🍎\N{VARIATION SELECTOR-16}", "CP1252") == "? ?"
    assert likeness("Cre\N{COMBINING GRAVE ACCENT}me 1\N{NARROW NO-BREAK SPACE}€", "CP858") == "Crème 1 €"


def test_a_likeness_is_made_before_lines_are_broken() -> None:
    document = Document((Columns("Œ" * 20, "1 €"), Cut()))

    assert paper_of(document, Profile(columns=32, code_page="CP858")) == (
        "OE" * 14,
        "OE" * 6 + " " * 17 + "1 €",
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(), st.sampled_from(["CP1252", "CP858"]))
def test_any_text_can_be_printed_and_none_of_it_is_a_command(text: str, page: CodePage) -> None:
    document = Document((Text(text), Barcode(text), Qr(text), Cut()))

    (paper,) = Roll(42).feed(encode(document, Profile(code_page=page)))

    assert all(len(line) <= 42 for line in paper.lines)


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("3017620422003", b"\x1dkC\x0d3017620422003"),
        ("96385074", b"\x1dkD\x0896385074"),
        ("036000291452", b"\x1dkA\x0c036000291452"),
        ("3017620422004", b"\x1dkI\x0f{B3017620422004"),
        ("1-000418", b"\x1dkI\x0a{B1-000418"),
    ],
)
def test_a_bar_code_is_an_ean_where_it_is_one_and_code_128_else(code: str, command: bytes) -> None:
    document = Document((Barcode(code), Cut()))

    assert command in encode(document, Profile())
    assert paper_of(document, Profile()) == as_text(document)


@pytest.mark.parametrize("code", ["", "élan", "{A1", "1" * 23])
def test_a_bar_code_that_cannot_be_drawn_is_written(code: str) -> None:
    document = Document((Barcode(code), Cut()))

    assert b"\x1dk" not in encode(document, Profile())
    assert paper_of(document, Profile()) == as_text(document)


def test_a_printer_that_draws_no_codes_writes_them() -> None:
    document = Document((Barcode("1-000418"), Qr("https://é"), Cut()))
    profile = Profile(barcodes=False, qr=False)

    assert b"\x1dk" not in encode(document, profile)
    assert b"\x1d(k" not in encode(document, profile)
    assert paper_of(document, profile) == as_text(document)


def test_double_size_ends_with_its_line() -> None:
    job = encode(Document((Text("A", double=True, bold=True), Text("b"), Text("c"), Cut())), Profile())

    assert re.search(rb"\x1b!0\x1bE\x01\x1ba\x00A\n(\x1b!\x00)+\x1bE\x00\x1ba\x00b\nc\n", job)


class Apart(NamedTuple):
    """A process of its own, with folders of its own."""

    folder: Path

    @property
    def cache(self) -> Path:
        return self.folder / "cache" / "tui-pos" / "escpos"

    def runs(self, script: str) -> subprocess.CompletedProcess[str]:
        places = {"TMPDIR": "tmp", "XDG_CACHE_HOME": "cache", "HOME": "home"}
        for name in places.values():
            (self.folder / name).mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-c", script],
            env={
                "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
                **{variable: str(self.folder / name) for variable, name in places.items()},
            },
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def apart(tmp_path: Path) -> Apart:
    return Apart(tmp_path)


ENCODE = """
import sys
from devices.document import Barcode, Cut, Document, Text
from devices.printers.escpos import encode
from devices.printers.profile import Profile
assert "escpos" not in sys.modules and "PIL" not in sys.modules
assert encode(Document((Text("a"), Barcode("3017620422003"), Cut())), Profile()).endswith(b"VB\\x00")
"""


def test_the_library_leaves_no_trace_on_screen_log_or_disk(apart: Apart) -> None:
    done = apart.runs(
        ENCODE
        + """
import logging, os
assert logging.getLogger().handlers == []
assert "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ
"""
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((apart.folder / "tmp").iterdir()) == []
    assert apart.cache.stat().st_mode & 0o077 == 0
    assert len(list(apart.cache.iterdir())) == 1


def test_a_cache_torn_by_a_power_cut_is_made_again(apart: Apart) -> None:
    apart.runs(ENCODE)
    (cached,) = apart.cache.iterdir()
    whole = cached.read_bytes()
    cached.write_bytes(whole[:1000])

    done = apart.runs(ENCODE)

    assert done.returncode == 0, done.stderr
    assert cached.read_bytes() == whole


def test_encoding_leaves_the_root_logger_as_it_was() -> None:
    before = list(logging.getLogger().handlers)

    encode(Document((Text("a"),)), Profile())

    assert logging.getLogger().handlers == before

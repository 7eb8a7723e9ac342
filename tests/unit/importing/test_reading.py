"""Files as spreadsheets and programs write them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_pos.importing.columns import field_named
from tui_pos.importing.errors import BrokenFile, CannotRead, NotText
from tui_pos.importing.reading import SEPARATORS, read_text, rows

File = Callable[[str | bytes], Path]

TABLE = "code;libellé\n4011;Pâté"


def known(name: str) -> bool:
    return field_named(name) is not None


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
    ],
)
def test_accents_survive_each_encoding(file: File, encoding: str, said: str) -> None:
    text = read_text(file(TABLE.encode(encoding)))

    assert (text.content, text.encoding) == (TABLE, said)


@pytest.mark.parametrize(
    "raw", [TABLE.encode("utf-16-le"), TABLE.encode("utf-16")[:-1], b"PK\x03\x04\x00\x00", b"\xff\x81\x8d"]
)
def test_what_is_no_text_is_refused(file: File, raw: bytes) -> None:
    with pytest.raises(NotText, match="not a CSV text"):
        read_text(file(raw))


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="No such file"):
        read_text(tmp_path / "none.csv")


def test_a_folder_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="directory"):
        read_text(tmp_path)


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_separator_is_found_by_the_names_of_the_columns(separator: str, end: str) -> None:
    text = end.join(
        separator.join(cells) for cells in (["code", "nom, usuel; court", "prix"], ["1", "a", "2"])
    )

    found = list(rows(text.replace("nom, usuel; court", "nom"), known))
    assert [list(row.cells) for row in found] == [["code", "nom", "prix"], ["1", "a", "2"]]


def test_a_decimal_comma_does_not_make_a_comma_the_separator() -> None:
    found = list(rows("code;prix\n1;2,50\n", known))

    assert list(found[1].cells) == ["1", "2,50"]


def test_a_row_knows_where_it_begins_whatever_lines_it_runs_over() -> None:
    text = 'code,nom\n\n1,"deux\nlignes"\n , \n2,b\n'

    assert [(row.line, list(row.cells)) for row in rows(text, known)] == [
        (1, ["code", "nom"]),
        (3, ["1", "deux\nlignes"]),
        (6, ["2", "b"]),
    ]


def test_a_quotation_mark_that_never_closes_does_not_swallow_the_rest() -> None:
    found = rows('code,nom\n1,a\n2,"b\n3,c\n', known)

    with pytest.raises(BrokenFile, match="line 3"):
        list(found)


def test_an_empty_file_has_no_row() -> None:
    assert list(rows("", known)) == []
    assert list(rows("\n\n \n", known)) == []


@given(
    table=st.lists(
        st.lists(st.text(max_size=12), min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row))),
        max_size=6,
    ),
    separator=st.sampled_from(SEPARATORS),
)
@settings(max_examples=60)
def test_what_a_program_writes_is_read_back(table: list[list[str]], separator: str) -> None:
    names = ["code", "label", "price"]
    sink = StringIO(newline="")
    csv.writer(sink, delimiter=separator).writerows([names, *table])

    assert [list(row.cells) for row in rows(sink.getvalue(), known)] == [names, *table]

"""Labels in ZPL and EPL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from devices.configuration import CounterConfig, DeviceConfig
from devices.counter import Counter
from devices.document import Document, Text, as_text
from devices.errors import BadDevice
from devices.events import HandedOver, PrintLost
from devices.jobs import decode_content, encode_content
from devices.labels.label import Label, Size
from devices.labels.making import make_epl, make_zpl
from devices.labels.printer import LabelPrinter, encoded
from devices.registry import build_counter
from devices.transports import open_transport
from devices.trial import try_out
from devices.virtual.labels import read_epl, read_zpl

LABEL = Label("Lentilles vertes du Puy", "2,49 €", "3017620422003", "4,98 €/kg")


def labels(*labels: Label) -> Document:
    return Document(labels)


async def test_labels_are_handed_over_a_cable(tmp_path: Path) -> None:
    file = tmp_path / "labels"
    printer = LabelPrinter("shelf", "zpl", open_transport(f"file:{file}"), "zpl", Size())
    job = encoded(labels(LABEL, replace(LABEL, copies=2)), "zpl", Size())
    await printer.send(job, lambda _: None)
    await printer.close()
    assert file.read_bytes() == job


@pytest.mark.parametrize("language", ["zpl", "epl"])
def test_what_a_twin_prints_is_what_was_on_the_label(language: Any) -> None:
    vile = Label('^XZ~JR"\\ Crème', "2,49 €", "3017620422003", "4,98 €/kg", copies=7)
    read = read_zpl if language == "zpl" else read_epl
    (found,) = read(encoded(labels(vile), language, Size()))
    lines, copies, _ = found
    assert (lines[0], lines[-1], copies) == (vile.name, vile.code, 7)
    assert {vile.price, vile.unit_price} < set(lines)


@pytest.fixture(params=["virtual", "zpl", "epl"])
async def counter(request: pytest.FixtureRequest, happenings: Any) -> AsyncIterator[Counter]:
    shelf = DeviceConfig("shelf", "label", request.param, "virtual:")
    counter = build_counter(CounterConfig((DeviceConfig("receipt", "printer", "virtual", "virtual:"), shelf)))
    counter.on_event = happenings
    async with counter:
        yield counter


def out(counter: Counter) -> list[dict[str, Any]]:
    """What the label printer has printed."""
    (view,) = counter.list("shelf")
    assert view.output is not None
    printed: list[dict[str, Any]] = view.output["labels"]
    return printed


def put(counter: Counter, *labels: Label) -> str:
    """Ask for labels as the till does."""
    job = counter.spool.job(Document(labels), "label")
    assert job is not None
    counter.spool.submit(job)
    return job.device


async def test_labels_go_through_the_spool_to_the_label_printer_and_nowhere_else(
    counter: Counter, happenings: Any
) -> None:
    assert put(counter, LABEL, replace(LABEL, name="Miel", copies=3)) == "shelf"
    await happenings.until(HandedOver)
    assert [(label["lines"][0], label["copies"]) for label in out(counter)] == [
        ("Lentilles vertes du Puy", 1),
        ("Miel", 3),
    ]
    assert counter.outputs()["receipt"]["papers"] == []


async def test_labels_wait_for_a_printer_that_is_away_and_print_once_it_is_back(
    counter: Counter, happenings: Any
) -> None:
    await counter.set("shelf", fault="offline")
    put(counter, LABEL)
    assert [job.document for job in counter.spool.waiting()] == ["label"]
    await counter.set("shelf", fault=None)
    await happenings.until(HandedOver)
    assert len(out(counter)) == 1


@pytest.mark.parametrize("counter", ["virtual", "zpl"], indirect=True)
async def test_labels_wait_for_paper_and_print_once_each(counter: Counter) -> None:
    for fault, reason in (
        ("paper_out", "paper is out"),
        ("cover", "the cover is open"),
        ("busy", "it is paused"),
    ):
        await counter.set("shelf", fault=fault)
        put(counter, LABEL)
        assert reason in counter.list("shelf")[0].reason
        await counter.set("shelf", fault=None)
        await counter.printed()
    assert [label["copies"] for label in out(counter)] == [1, 1, 1]


async def test_a_receipt_never_goes_to_a_label_printer_nor_labels_to_a_receipt_printer() -> None:
    shelf = DeviceConfig("shelf", "label", "zpl", "virtual:")
    receipt = DeviceConfig("receipt", "printer", "virtual", "virtual:")
    assert build_counter(CounterConfig((shelf,))).spool.printer_for("receipt") is None
    assert build_counter(CounterConfig((receipt,))).spool.printer_for("label") is None
    two = CounterConfig((shelf, replace(shelf, name="other"), receipt)).assigned("label", "other")
    assert build_counter(two).spool.printer_for("label") == "other"


async def test_what_is_no_label_cannot_be_printed_as_one_and_holds_nothing_up(
    counter: Counter, happenings: Any
) -> None:
    job = counter.spool.job(Document((Text("no label"),)), "label")
    assert job is not None
    counter.spool.submit(job)
    put(counter, LABEL)
    await happenings.until(PrintLost)
    await happenings.until(HandedOver)
    assert len(out(counter)) == 1


def test_a_label_is_words_where_there_is_no_label_printer() -> None:
    text = as_text(labels(replace(LABEL, copies=2)), 32)
    assert text == (
        "2 × Lentilles vertes du Puy",
        "4,98 €/kg                 2,49 €",
        "      || 3017620422003 ||",
    )


def test_a_label_is_kept_as_it_was() -> None:
    document = labels(LABEL)
    assert decode_content(encode_content(document)) == document


async def test_it_is_made_from_its_configuration() -> None:
    device = DeviceConfig("shelf", "label", "zpl", "virtual:", {"width": "40", "height": "25"})
    assert make_zpl(device).size == Size(40, 25)
    assert make_epl(DeviceConfig("shelf", "label", "epl", "virtual:")).language == "epl"
    fine = replace(device, options={"dpi": "300"})
    assert make_zpl(fine).size.dots == (684, 384)
    with pytest.raises(BadDevice):
        make_epl(replace(device, driver="epl", options={"dpi": "600"}))
    with pytest.raises(BadDevice):
        make_zpl(DeviceConfig("shelf", "label", "zpl", "virtual:", {"width": "4"}))


async def test_a_label_printer_that_is_tried_prints_a_label(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await try_out(counter, "shelf")).works
    (label,) = out(counter)
    assert label["lines"][-1] == "3017620422003"
    await counter.set("shelf", fault="offline")
    monkeypatch.setattr("devices.trial.WITHIN", 0.01)
    tried = await try_out(counter, "shelf")
    # no label may come out later, when nobody looks
    assert (tried.works, counter.spool.waiting()) == (False, ())

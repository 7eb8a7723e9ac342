"""Devices as they are configured, and the counter that comes of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from devices.configuration import DOCUMENTS, KINDS, CounterConfig, DeviceConfig, decode, encode
from devices.drivers import DRIVERS, factory
from devices.errors import BadAddress, BadDevice, DeviceError, UnknownDevice
from devices.health import State
from devices.printers.owner import PrintOwner
from devices.registry import DEMO, build_counter, completed, without_unmade

COUNTER = DeviceConfig("counter", "printer", "escpos", "tcp://127.0.0.1:9", {"columns": "48"})
DRAWER = DeviceConfig("drawer", "drawer", "escpos", "via:counter", {"pin": "5", "open": "high"})


def shop(*devices: DeviceConfig) -> CounterConfig:
    config = CounterConfig()
    for device in devices:
        config = config.with_device(device)
    return config


def test_a_configuration_is_kept_and_read_again() -> None:
    config = shop(COUNTER, DRAWER).assigned("receipt", "counter")

    assert decode(encode(config)) == config
    assert decode(None) == CounterConfig()


def test_a_device_of_the_same_name_is_replaced_in_its_place() -> None:
    config = shop(COUNTER, DRAWER)
    changed = config.with_device(replace(COUNTER, address="tcp://127.0.0.1:10"))

    assert [device.name for device in changed.devices] == ["counter", "drawer"]
    assert changed.named("counter").address == "tcp://127.0.0.1:10"


@pytest.mark.parametrize(
    ("device", "told"),
    [
        (replace(COUNTER, name=""), "1 to 32"),
        (replace(COUNTER, name="a b"), "1 to 32"),
        (replace(COUNTER, driver="zebra"), "escpos"),
        (replace(COUNTER, driver="virtual"), "escpos"),
        (replace(COUNTER, address="via:other"), "cannot reach"),
        (replace(DRAWER, address="via:nobody"), "no printer"),
        (replace(DRAWER, address="via:drawer"), "no printer"),
    ],
)
def test_a_device_that_makes_no_sense_is_refused(device: DeviceConfig, told: str) -> None:
    with pytest.raises(BadDevice, match="Nothing changed") as raised:
        CounterConfig().with_device(device)

    assert told in raised.value.reason


def test_a_bad_address_is_refused_as_such() -> None:
    with pytest.raises(BadAddress):
        CounterConfig().with_device(replace(COUNTER, address="somewhere"))


def test_a_drawer_cannot_hang_on_a_print_queue() -> None:
    with pytest.raises(BadDevice, match="print queue"):
        shop(replace(COUNTER, address="cups:Ticket"), DRAWER)
    with pytest.raises(BadDevice, match="print queue"):
        shop(COUNTER, DRAWER).with_device(replace(COUNTER, address="cups:Ticket"))


def test_a_printer_leaves_only_after_its_drawer_and_takes_its_documents_along() -> None:
    config = shop(COUNTER, DRAWER).assigned("receipt", "counter")
    with pytest.raises(BadDevice, match="drawer"):
        config.without("counter")

    assert config.without("drawer").without("counter") == CounterConfig()
    with pytest.raises(UnknownDevice):
        config.without("nobody")


def test_a_printer_stands_in_for_another_that_is_there_until_it_leaves() -> None:
    backed = replace(COUNTER, options={"fallback": "bar"})
    for wrong in (backed, replace(COUNTER, options={"fallback": "counter"})):
        with pytest.raises(BadDevice, match="stand in"):
            shop(COUNTER).with_device(wrong)
    bar = replace(COUNTER, name="bar")

    config = shop(COUNTER, bar).with_device(backed)
    assert config.named("counter").options == {"fallback": "bar"}
    assert config.without("bar").named("counter").options == {}


def test_only_printers_get_documents_and_only_label_printers_get_labels() -> None:
    config = shop(COUNTER, DRAWER)

    for document in DOCUMENTS:
        if document != "label":
            assert config.assigned(document, "counter").documents[document] == "counter"
    with pytest.raises(BadDevice):
        config.assigned("label", "counter")
    with pytest.raises(BadDevice):
        config.assigned("receipt", "drawer")
    with pytest.raises(UnknownDevice):
        config.assigned("receipt", "nobody")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"columns": "many"}, "number from 16 to 64"),
        ({"columns": "8"}, "number from 16 to 64"),
        ({"code-page": "cp437"}, "cp1252"),
        ({"cut": "perhaps"}, "yes"),
        ({"colums": "42"}, "no option colums"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options: dict[str, str], told: str) -> None:
    with pytest.raises(BadDevice) as raised:
        build_counter(shop(replace(COUNTER, options=options)))

    assert told in raised.value.reason


async def test_a_printer_is_made_as_it_is_configured() -> None:
    options = {"columns": "32", "code-page": "CP858", "cut": "no", "qr": "off"}
    counter = build_counter(shop(replace(COUNTER, options=options)))
    owner = counter._staff.named("counter")

    assert isinstance(owner, PrintOwner)
    profile = owner.profile
    assert (profile.columns, profile.code_page, profile.cuts, profile.qr) == (32, "CP858", False, False)
    assert counter.list()[0].health is State.UNKNOWN


async def test_every_driver_of_the_table_is_there() -> None:
    for kind, driver in DRIVERS:
        assert kind in KINDS
        assert callable(factory(DeviceConfig("x", kind, driver, "virtual:")))
    with pytest.raises(BadDevice):
        factory(DeviceConfig("x", "scale", "escpos", "virtual:"))


async def test_a_twin_stands_in_for_each_kind_that_is_not_configured() -> None:
    config = completed(shop(COUNTER))

    assert [device.name for device in config.devices] == [
        "counter",
        "drawer",
        "display",
        "scale",
        "terminal",
        "scanner",
        "labels",
    ]
    assert completed(CounterConfig()) == DEMO
    drivers = {view.kind: view.driver for view in build_counter(config).list()}
    assert drivers == {
        "printer": "escpos",
        "drawer": "virtual",
        "display": "virtual",
        "scale": "virtual",
        "terminal": "virtual",
        "scanner": "virtual",
        "label": "virtual",
    }


async def test_any_driver_at_the_virtual_address_is_its_twin() -> None:
    counter = build_counter(shop(replace(COUNTER, address="virtual:"), DRAWER))

    assert [view.driver for view in counter.list()] == ["virtual", "virtual"]


async def test_a_document_goes_to_its_printer_or_where_receipts_go() -> None:
    kitchen, other = replace(COUNTER, name="kitchen"), replace(COUNTER, name="other")
    config = shop(other, COUNTER, kitchen).assigned("receipt", "counter").assigned("kitchen", "kitchen")
    spool = build_counter(config).spool

    assert [spool.printer_for(kind) for kind in ("receipt", "kitchen", "report")] == [
        "counter",
        "kitchen",
        "counter",
    ]
    assert build_counter(shop(other, COUNTER)).spool.printer_for("receipt") == "other"
    assert build_counter(CounterConfig()).spool.printer_for("receipt") is None


async def test_a_device_that_cannot_be_made_is_left_out_with_what_hangs_on_it() -> None:
    broken = replace(COUNTER, name="broken", options={"columns": "0"})
    config = CounterConfig((broken, replace(DRAWER, address="via:broken"), COUNTER))

    with pytest.raises(DeviceError):
        build_counter(config)
    assert [device.name for device in without_unmade(config).devices] == ["counter"]


@pytest.mark.parametrize("written", ["CARD,CHEQUE", " card , Cheque,", "cheque,CARD"])
async def test_the_methods_of_a_terminal_may_be_written_with_blanks_and_in_small_letters(
    written: str,
) -> None:
    terminal = DeviceConfig("pay", "terminal", "manual", "virtual:", {"methods": written})
    counter = build_counter(CounterConfig((terminal,)))
    assert [counter.terminal_for(code) for code in ("CARD", "CHEQUE", "GIFT")] == ["pay", "pay", None]
    assert counter.terminal_for("GIFT", marked=True) is None

"""Every recorded case of `payment_traces.json` is run against our codecs and drivers, or named here with why not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from devices.errors import Declined, DeviceDown, DeviceError, PaymentUnknown
from devices.payments import Approval, Order, nobody
from devices.terminals import caisse_ap_codec
from devices.terminals import zvt_codec as zvt
from devices.terminals.caisse_ap import CaisseApTerminal, Settings
from devices.terminals.caisse_ap import Limits as CaisseApLimits
from devices.terminals.zvt import Limits, ZvtTerminal
from devices.virtual.peer import Plugged
from devices.virtual.scripted import Scripted
from tests.shared_data import shared_data

pytestmark = pytest.mark.data

LEFT_OUT = {
    "GetTagFieldInfo_UniversalClassPrimitive2_Successful": "names the parts of a tag; ours reads tags whole, as below",
    "PaymentAsync_IssueOfGoods_DelayedFailure_Successful": "goods are issued before the payment: a vending machine's",
    "initialisation 06 93": "framing of ZVT on a serial line (DLE, CRC), which no driver here speaks",
}

Frames = list[bytes]


def cases(protocol: str) -> dict[str, Any]:
    """The recorded cases of a protocol, by name."""
    recorded = json.loads(shared_data("payment_traces.json").read_text())
    return {case["case"]: case for case in recorded if case["protocol"].startswith(protocol)}


def frames(case: str) -> Frames:
    return [bytes.fromhex(frame.replace("-", " ")) for frame in cases("ZVT")[case]["bytes_hex"]]


def the(frame: bytes) -> zvt.Command:
    """The one whole command of a frame."""
    command, rest = zvt.decode(frame)
    assert command is not None
    assert rest == b""
    return command


def status(frame: bytes) -> dict[int, bytes]:
    command = the(frame)
    assert command.control == zvt.STATUS
    return zvt.fields(command.data)


# --- ZVT, frame by frame


def header_without_length(recorded: Frames) -> None:
    assert zvt.decode(recorded[0]) == (None, recorded[0])


def short_length(recorded: Frames) -> None:
    assert the(recorded[0]) == zvt.Command(zvt.STATUS, b"\x6c")


def long_length(recorded: Frames) -> None:
    assert zvt.decode(recorded[0]) == (None, recorded[0]), "256 bytes are announced and one has come"
    assert the(recorded[0] + bytes(255)).data == b"\x6c" + bytes(255)


def length_beyond_the_data(recorded: Frames) -> None:
    assert zvt.decode(recorded[0]) == (None, recorded[0])
    assert the(recorded[0] + bytes(2)).data[:4] == b"\x00\x01\x02\x03"


def length_of_three_digits(recorded: Frames) -> None:
    assert zvt.fields(bytes([zvt.SUMS]) + recorded[0] + bytes(189)) == {zvt.SUMS: bytes(189)}


def length_of_two_digits(recorded: Frames) -> None:
    assert zvt.fields(bytes([zvt.CARD]) + recorded[0] + bytes(10)) == {zvt.CARD: bytes(10)}


def intermediate_with_a_text(recorded: Frames) -> None:
    assert zvt.printed(zvt.Command(zvt.INTERMEDIATE, recorded[0])) == (), "what a display shows is no receipt"


def amount_of_six_bytes(recorded: Frames) -> None:
    assert zvt.bcd(2021, 6) == recorded[0]


def six_digits(recorded: Frames) -> None:
    assert zvt.bcd(123456, 3) == recorded[0]


def eight_digits_into_three_bytes(recorded: Frames) -> None:
    # the recorded code keeps the last six; an amount that does not fit must not become another one
    with pytest.raises(ValueError, match="more than 6 digits"):
        zvt.bcd(12345678, 3)
    assert zvt.number(recorded[0]) == 345678


def currency(recorded: Frames) -> None:
    assert zvt.number(recorded[0]) == 978


def receipt_line_by_line(recorded: Frames) -> None:
    lines = [line for frame in recorded for line in zvt.printed(the(frame))]
    assert lines[:2] == ["** KASSENSCHNITT **", "TEST Portalum"]
    assert the(recorded[-1]).control == zvt.COMPLETION


def line_that_is_longer_than_its_length(recorded: Frames) -> None:
    command, rest = zvt.decode(recorded[0])
    assert command is not None
    assert zvt.printed(command) == ("** KASSENSCHNIT",)
    assert rest == b"T **"[-len(rest) :], "what is left over is the beginning of no command"


def block_with(*words: str) -> Callable[[Frames], None]:
    def check(recorded: Frames) -> None:
        command, _ = zvt.decode(b"".join(recorded))
        assert command is not None
        printed = "\n".join(zvt.printed(command))
        assert all(word in printed for word in words), printed

    return check


def failed_with(code: int) -> Callable[[Frames], None]:
    def check(recorded: Frames) -> None:
        assert status(recorded[0])[zvt.RESULT] == bytes([code])

    return check


def paid(recorded: Frames) -> None:
    found = status(recorded[0])
    assert zvt.number(found[zvt.AMOUNT]) == 2040
    assert found[zvt.CARD] == b"Debit Mastercard\0"


def with_an_application(recorded: Frames) -> None:
    found = status(recorded[0])
    tags = dict(zvt.values(dict(zvt.values(found[zvt.TLV]))[0x60]))
    assert tags[0x43].hex().upper() == "A0000000041010"
    assert (found[zvt.RESULT], found[zvt.DATE].hex()) == (b"\0", "1029")


def aborted_status(recorded: Frames) -> None:
    # its header announces more than was recorded
    assert zvt.decode(recorded[0]) == (None, recorded[0])
    found = zvt.fields(recorded[0][3:])
    assert (found[zvt.RESULT], zvt.number(found[zvt.AMOUNT])) == (b"\x6c", 1200)
    assert zvt.number(found[zvt.CURRENCY]) == 978


def one_tag(recorded: Frames) -> None:
    assert [tag for tag, _ in zvt.values(recorded[0] + b"\0")] == [recorded[0][0]]


def payment_command(recorded: Frames) -> None:
    assert the(recorded[0]) == zvt.Command(zvt.PAY, b"\x04" + zvt.bcd(1000, 6))


ZVT: dict[str, Callable[[Frames], None]] = {
    "GetApduInfo_CorruptData1_Successful": header_without_length,
    "GetApduInfo_DefaultLengthField_Successful": short_length,
    "GetApduInfo_ExtendedLengthField2_Successful": long_length,
    "GetApduInfo_CorruptLength_Successful": length_beyond_the_data,
    "GetDataLengthLLL_ValidData2_Successful": length_of_three_digits,
    "GetDataLengthLL_ValidData2_Successful": length_of_two_digits,
    "GetMessage_TlvData_Failure": intermediate_with_a_text,
    "DecimalToBcd_CommercialRoundUp_Successful": amount_of_six_bytes,
    "IntToBcd_6DigitNumber_Successful": six_digits,
    "IntToBcd_8DigitNumber_Successful": eight_digits_into_three_bytes,
    "BcdToInt_ValidBcdNumber_Successful": currency,
    "ProcessData_LineReceived1_Successful": receipt_line_by_line,
    "ProcessData_CorruptLinesReceivedPackageToLarge_Successful": line_that_is_longer_than_its_length,
    "Parse_CardholderReceipt_Successful": block_with("Leihstellung von hobex", "KUNDENBELEG"),
    "Parse_AdministrationReceipt_Successful": block_with("Abschluss - keine TX"),
    "ProcessData_FragmentedDataPackets1_Successful": block_with("Leihstellung von hobex", "KUNDENBELEG"),
    "ProcessData_FullDataPacket_Successful": block_with("TSS Telco Sales Services GmbH", "Obachgasse 16"),
    "Parse_SystemError_Successful": failed_with(0xFF),
    "Parse_PaymentGood2_Successful": paid,
    "Parse_TlvInfos1_Successful": with_an_application,
    "Parse_AbortViaTimeout_Successful": aborted_status,
    "GetTagFieldInfo_UniversalClassPrimitive4_Successful": one_tag,
    "GetTagFieldInfo_UniversalClassConstructed1_Successful": one_tag,
}

ENDS: dict[str, type[DeviceError] | None] = {
    "PaymentAsync_SuccessfulPayment_Successful": None,
    "PaymentAsync_CardRejected_Successful": Declined,
    "EndOfDayAsync_CommandCompletionReceivedWithAbortReceived1_Successful": Declined,
    "EndOfDayAsync_CommandCompletionReceivedWithoutCompletionReceived_Successful": PaymentUnknown,
    "SendCommandAsync_CommandCompletionReceived_Successful": PaymentUnknown,
    "SendCommandAsync_CommandCompletionReceivedTooLate_Successful": PaymentUnknown,
    "SendCommandAsync_ReceiveInvalidData_Successful": PaymentUnknown,
    "SendCommandAsync_NoDataReceived_Successful": PaymentUnknown,
}
"""Whole conversations, and how a payment with them ends; None: approved."""
OF_THE_TILL = (b"\x06\x01", b"\x01")


@pytest.mark.parametrize("case", ZVT)
def test_a_recorded_frame_of_zvt_means_what_it_said(case: str) -> None:
    ZVT[case](frames(case))


def test_a_payment_command_is_ours_byte_by_byte() -> None:
    payment_command(frames("PaymentAsync_SuccessfulPayment_Successful"))


@pytest.mark.parametrize("case", ENDS)
async def test_a_recorded_conversation_of_zvt_ends_as_it_did(case: str) -> None:
    begin = b"".join(map(zvt.encode, (zvt.TAKEN_WELL, zvt.Command(zvt.COMPLETION))))
    said = [frame for frame in frames(case) if frame[:2] not in OF_THE_TILL]
    if said and said[0][:1] == b"\x04":
        # recorded from the status on: the acknowledgement before it is left out
        said = [b"\x80\x00\x00", said[0], *said[2:]]
    # an acknowledgement behind the first is the till's own
    said = [frame for n, frame in enumerate(said) if n == 0 or frame != b"\x80\x00\x00"]
    limits = Limits(acknowledged=0.05, answer=0.05, short=0.05)
    terminal = ZvtTerminal("pay", Plugged(Scripted(begin + b"".join(said), stays=True)), limits=limits)
    work = terminal.carry_out(Order("pay", 1000, "recorded"), nobody)
    end = ENDS[case]
    if end is None:
        assert (await work).amount == 1000
    else:
        with pytest.raises(end):
            await work


# --- Caisse-AP, order by order


def caisse_ap_cases() -> list[str]:
    """The names, for the tests' own; empty where the data are not there."""
    try:
        return list(cases("Caisse-AP"))
    except pytest.skip.Exception:
        return ["all"]


async def ended(sent: dict[str, str], received: bytes) -> Approval | DeviceError:
    """What our driver makes of an answer to an order."""
    settings = Settings(till=sent["CA"], association=sent["CJ"], version=sent["CZ"])
    limits = CaisseApLimits(answer=0.1, settle=0.01)
    terminal = CaisseApTerminal("pay", Plugged(Scripted(received)), settings, limits)
    method = "CHEQUE" if sent.get("CC") == "00C" else "CARD"
    try:
        return await terminal.carry_out(Order("pay", int(sent["CB"]), "recorded", method), nobody)
    except DeviceError as error:
        return error


@pytest.mark.parametrize("case", caisse_ap_cases())
async def test_a_recorded_answer_of_caisse_ap_ends_as_it_did(case: str) -> None:
    recorded = cases("Caisse-AP")[case]
    ((sent,), rest) = caisse_ap_codec.decode(recorded["sent"].encode())
    assert rest == b""
    end = await ended(sent, recorded["received"].encode())
    if sent["BA"] == "1":
        # only accepted, and we always wait for the end
        assert isinstance(end, PaymentUnknown)
    elif "AE00210" in recorded["received"]:
        assert isinstance(end, Approval)
        assert end.amount == int(sent["CB"])
    else:
        assert isinstance(end, Declined)


@pytest.mark.parametrize("case", caisse_ap_cases())
async def test_an_answer_of_caisse_ap_that_is_cut_at_any_byte_is_never_taken_for_its_opposite(
    case: str,
) -> None:
    recorded = cases("Caisse-AP")[case]
    ((sent,), _) = caisse_ap_codec.decode(recorded["sent"].encode())
    whole = recorded["received"].encode()
    full, result_at = await ended(sent, whole), whole.index(b"AE002") + len(b"AE00200")
    for at in range(len(whole)):
        end = await ended(sent, whole[:at])
        assert not isinstance(end, DeviceDown), f"cut at {at}: sent, so it may not be tried again"
        if at < result_at:
            assert isinstance(end, PaymentUnknown), f"cut at {at}: its result had not come"
        else:
            assert isinstance(end, PaymentUnknown | type(full)), f"cut at {at}"


def test_every_recorded_case_is_run_or_named_as_left_out() -> None:
    every = set(cases("ZVT"))
    assert every == ZVT.keys() | ENDS.keys() | LEFT_OUT.keys()
    assert not (ZVT.keys() | ENDS.keys()) & LEFT_OUT.keys()
    assert len(cases("Caisse-AP")) == 24
    assert len(every) + 24 == len(json.loads(shared_data("payment_traces.json").read_text()))

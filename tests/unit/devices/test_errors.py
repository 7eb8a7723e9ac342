"""What device errors say."""

from __future__ import annotations

import pytest

from devices import errors
from devices.errors import BadDevice, DeviceDown, DeviceError, PaperOut


def all_kinds(kind: type[DeviceError]) -> list[type[DeviceError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in all_kinds(child))]


@pytest.mark.parametrize("kind", all_kinds(DeviceError))
def test_every_error_stands_in_the_tree_and_says_what_happened_and_what_to_do(
    kind: type[DeviceError],
) -> None:
    error = kind(device="receipt", reason="it fell", setting="a", value="b", allowed="c", kind="scale")

    assert kind.__name__ in (errors.__doc__ or "")
    assert kind.slug in ("device_failed", "bad_request", "no_weight", "declined", "payment_unknown")
    assert len(str(error).split(". ")) >= 2 or ":" in str(error)
    assert "{" not in str(error)


def test_a_reason_is_the_kinds_own_unless_one_is_given() -> None:
    assert PaperOut(device="receipt").reason == "paper is out"
    assert DeviceDown(device="receipt", reason="no route to it").reason == "no route to it"


def test_a_reason_may_name_values_and_the_words_of_others_stay_as_they_are() -> None:
    named = BadDevice(
        device="d", reason="a {kind} has one of the drivers {drivers}", kind="scale", drivers="x, y"
    )
    assert named.reason == "a scale has one of the drivers x, y"
    assert "a scale has one" in str(named)

    for words in ("{", "{0}", "{nobody}", "{device.name}", "100 %"):
        assert DeviceDown(device="d", reason=words).reason == words

"""What device errors say."""

from __future__ import annotations

import pytest

from devices import errors
from devices.errors import DeviceDown, DeviceError, PaperOut


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

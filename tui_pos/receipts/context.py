"""What a document says beside its figures: who made it, where, with what."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class PaperContext(Struct, frozen=True):
    """The surroundings of a document."""

    till: str
    cashier: str
    """The name of whoever made the ticket or asks for the report."""
    version: str
    """Of this software."""
    methods: Mapping[str, str] = {}
    """What each payment method is called on a ticket; one that is missing stands there by its code."""
    signature: str = ""
    """The signature of the ticket's journal entry, as text."""

    def method(self, code: str) -> str:
        """A payment method's name on paper."""
        return self.methods.get(code) or code

    @property
    def signature_extract(self) -> str:
        """Characters 3, 7, 13 and 19 of the signature, as NF525 wants them on paper; empty without a signature."""
        places = (3, 7, 13, 19)
        return (
            "".join(self.signature[place - 1] for place in places)
            if len(self.signature) >= max(places)
            else ""
        )

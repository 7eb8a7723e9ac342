"""Why a till's call is refused: the status and the code that tell its engine what to do (see the protocol)."""

from __future__ import annotations

from backoffice.errors import ServerError
from tui_pos.l10n import n_


class Refusal(ServerError):
    """A call that is refused; nothing was changed."""

    status = 400
    code = "bad_request"
    template = "{reason}"
    retry_after: int | None = None


class BadRequest(Refusal):
    """The body cannot be understood."""


class BadEntry(Refusal):
    """An entry cannot even be stored: the till halves its batch until it stands alone."""

    code = "bad_entry"


class NotSigned(Refusal):
    """The signature does not hold."""

    status, code = 401, "bad_signature"
    template = "The request is refused: {reason}."


class BadClock(Refusal):
    """The signature is too old or too young."""

    status, code = 401, "bad_clock"
    template = "The request was signed {seconds} s away from the server's time: correct it and sign again."


class Replayed(Refusal):
    """A request that was here before."""

    status, code = 401, "replayed"
    template = n_("This very request was here before: sign each one anew.")


class UnknownTill(Refusal):
    """No till has this identity and key."""

    status, code = 401, "unknown_till"
    template = "The server knows no till {till}: enrol it."


class Revoked(Refusal):
    """The till was revoked."""

    status, code = 403, "revoked"
    template = (
        "This till was revoked on {at}. It may sell on; what it sells is taken once it is enrolled again."
    )


class BadCode(Refusal):
    """No till waits for this code."""

    status, code = 403, "bad_code"
    template = n_("No till waits for this code. Check it, or ask for a new one.")


class UsedCode(Refusal):
    """The code has served."""

    status, code = 403, "used_code"
    template = n_("This code has served already: each enrols one till. Ask for a new one.")


class ExpiredCode(Refusal):
    """The code is too old."""

    status, code = 403, "expired_code"
    template = "This code was good until {at}. Ask for a new one."


class OldEpoch(Refusal):
    """Another machine has taken this till over."""

    status, code = 409, "epoch"
    template = "This till works in epoch {epoch} by now: another machine has its identity. Send nothing; keep selling."


class CursorGone(Refusal):
    """Changes since this cursor are not all there any more."""

    status, code = 410, "gone"
    template = "The changes since {cursor} are not all there any more: load in full."


class TooLarge(Refusal):
    """The body is larger than is taken."""

    status, code = 413, "too_large"


class Upgrade(Refusal):
    """The till's program is too old."""

    status, code = 426, "upgrade"
    template = "Handle {handle} is not spoken here; {known} is. Update the program."


class NotFound(Refusal):
    """There is no such thing."""

    status, code = 404, "not_found"


class NoSuchList(NotFound):
    """A repository of updates has no such list: a till asks for the next root until there is none."""


class NoSuchMethod(Refusal):
    """The path is known, the method is not."""

    status, code = 405, "not_allowed"
    template = "{method} is not taken here."


class NoSuchRange(Refusal):
    """The range lies behind the end."""

    status, code = 416, "no_range"
    template = "There are {size} bytes."


class NotReady(Refusal):
    """It is being made."""

    status, code, retry_after = 503, "busy", 2
    template = "{what} is being made: ask again."


class Overloaded(Refusal):
    """There is more to do than can be done in time; `seconds`: when to come again."""

    status, code = 503, "busy"
    template = "The server has too much to do: send again in {seconds} s."

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.retry_after = seconds

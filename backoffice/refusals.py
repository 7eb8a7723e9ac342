"""Why a till's call is refused: the status and the code that tell its engine what to do (see the protocol)."""

from __future__ import annotations

from backoffice.errors import ServerError
from sync.protocol.reasons import cause


class Refusal(ServerError):
    """A call that is refused; nothing was changed.

    Args:
        reason: the code of the reason; none: the refusal's own.
        values: what the reason's words name, and what the answer says beside them.
    """

    status = 400
    code = "bad_request"
    template = "{reason}"
    retry_after: int | None = None

    def __init__(self, reason: str | None = None, /, **values: object) -> None:
        self.cause = cause(reason or self.code, **values)
        super().__init__(**{**values, "reason": self.cause})


class BadRequest(Refusal):
    """The body cannot be understood."""


class BadEntry(Refusal):
    """An entry cannot even be stored: the till halves its batch until it stands alone."""

    code = "bad_entry"


class NotSigned(Refusal):
    """The signature does not hold."""

    status, code = 401, "bad_signature"


class BadClock(Refusal):
    """The signature is too old or too young."""

    status, code = 401, "bad_clock"


class Replayed(Refusal):
    """A request that was here before."""

    status, code = 401, "replayed"


class UnknownTill(Refusal):
    """No till has this identity and key."""

    status, code = 401, "unknown_till"


class Revoked(Refusal):
    """The till was revoked."""

    status, code = 403, "revoked"


class BadCode(Refusal):
    """No till waits for this code."""

    status, code = 403, "bad_code"


class UsedCode(Refusal):
    """The code has served."""

    status, code = 403, "used_code"


class ExpiredCode(Refusal):
    """The code is too old."""

    status, code = 403, "expired_code"


class OldEpoch(Refusal):
    """Another machine has taken this till over."""

    status, code = 409, "epoch"


class CursorGone(Refusal):
    """Changes since this cursor are not all there any more."""

    status, code = 410, "gone"


class TooLarge(Refusal):
    """The body is larger than is taken."""

    status, code = 413, "too_large"


class Upgrade(Refusal):
    """The till's program is too old."""

    status, code = 426, "upgrade"


class NotFound(Refusal):
    """There is no such thing."""

    status, code = 404, "not_found"


class NoSuchList(NotFound):
    """A repository of updates has no such list: a till asks for the next root until there is none."""


class NoSuchMethod(Refusal):
    """The path is known, the method is not."""

    status, code = 405, "not_allowed"


class NoSuchRange(Refusal):
    """The range lies behind the end."""

    status, code = 416, "no_range"


class NotReady(Refusal):
    """What is asked for is being made."""

    status, code, retry_after = 503, "busy", 2


class Overloaded(Refusal):
    """There is more to do than can be done in time; `seconds`: when to come again."""

    status, code = 503, "busy"

    def __init__(self, *, seconds: int) -> None:
        super().__init__("overloaded", seconds=seconds)
        self.retry_after = seconds


class Ending(Refusal):
    """The server ends, and does not wait any longer for the rest of the call."""

    status, code, retry_after = 503, "busy", 5

    def __init__(self) -> None:
        super().__init__("ending")

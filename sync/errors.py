"""What can go wrong between a till and its server. Nothing of it loses an entry, and nothing of it ends the till.

    SyncError
    ├── NotEnrolled                 this till has no server
    ├── BadAddress                  the server's address cannot be used
    ├── BadPlace                    the address of a place with the server's exports cannot be used
    ├── EnrolmentRefused            the code or the file is not accepted
    ├── Unreachable                 nothing answered
    │   ├── Unreadable              … a place with the server's exports, or the way to it
    │   │   └── Missing             … a file is not in it
    │   ├── ProxyRefused            … but the proxy on the way, which lets nothing through
    │   ├── TimedOut                … in time
    │   ├── NotTrusted              … with a certificate that can be trusted
    │   └── NotOurs                 … but something that is not the server: a captive portal
    ├── BadReply                    the server's answer cannot be read
    ├── Rejected                    the server said no
    │   ├── BadRequest (400), Unauthorized (401, 403), EpochPassed (409), Gone (410), TooLarge (413),
    │   └── UpgradeNeeded (426), Busy (429, 503)
    ├── Stopped                     the server has told this till to send nothing
    ├── Resting                     this kind of call rests after a failure
    ├── Loading                     a load is under way already
    ├── GivenUp                     somebody gave the load up
    ├── BadSnapshot                 what was downloaded is not what the server signed
    ├── BadSchedule                 no number of minutes, and no time of day
    ├── ArchiveFailed               an archive of the journal was not made
    ├── EntriesLetGo                the server asks for entries that are no longer here
    ├── NoPlace                     nobody has said where the server's exports are
    ├── Hole                        changes do not go on from where this till stands
    ├── Older                       what was loaded is older than what was there
    ├── Behind                      what is there is older than what is here, and was not loaded
    ├── NoUpdates                   the server publishes no updates of the program
    └── BadUpdate                   an update is not what its publisher signed

Each carries a stable slug for programs and an English template for people, which is the message's key in the
catalogues of translations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self


def n_(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


class Reason(str):
    """A cause in words, with values in it: English as a text, and still a key of the catalogues for who translates.

    Args:
        template: the untranslated phrase, with the names of the values in braces.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """The phrase with its values."""
        made = super().__new__(cls, template.format(**values))
        made.template, made.values = template, values
        return made


class SyncError(Exception):
    """An exchange with the server did not succeed. What is on this till stays.

    Args:
        details: the values that the template names.
    """

    slug: ClassVar[str] = "offline"
    template: ClassVar[str] = n_("The exchange with the server failed: {reason}. Everything is kept here.")

    def __init__(self, **details: object) -> None:
        super().__init__(self.template.format(**details))
        self.details = details

    @property
    def reason(self) -> str:
        """The short cause, where there is one, in English."""
        return str(self.cause)

    @property
    def cause(self) -> str:
        """The short cause as it is translated: a key of the catalogues, or a `Reason`."""
        found = self.details.get("reason", self)
        return found if isinstance(found, str) else str(found)


class NotEnrolled(SyncError):
    """This till has no server."""

    slug = "not_enrolled"
    template = n_(
        "This till has no server: enrol it with “tui-pos setup --config FILE”. It sells without one."
    )


class BadAddress(SyncError):
    """The address of a server or of a proxy cannot be used."""

    slug = "bad_address"
    template = n_("The address {url} cannot be used: {reason}. Nothing was changed.")


class BadPlace(SyncError):
    """The address of a place with the server's exports cannot be used."""

    slug = "bad_place"
    template = n_("The place {place} cannot be used: {reason}. Nothing was changed.")


class EnrolmentRefused(SyncError):
    """The till was not enrolled."""

    slug = "enrolment_refused"
    template = n_("The till was not enrolled: {reason}. Nothing was changed.")


class Unreachable(SyncError):
    """Nothing answered; whether the request arrived is not known."""

    template = n_(
        "The server cannot be reached: {reason}. The till goes on; what is unsent is kept and sent later."
    )


class Unreadable(Unreachable):
    """A stick, a folder or a share with the server's exports cannot be read."""

    slug = "bad_place"
    template = n_("The server's exports cannot be read: {reason}. What is here stays as it is.")


class Missing(Unreadable):
    """A file is not where it should be: on a stick, in a folder, on a share."""

    template = n_(
        "There is no {name} at {place}. Nothing changed: is this the place of the server's exports?"
    )


class ProxyRefused(Unreachable):
    """The proxy on the way lets nothing through."""

    template = n_(
        "The proxy on the way to the server lets nothing through: {reason}. Nothing changed; the proxy, with its user "
        "and password, is given when a till is enrolled."
    )


class TimedOut(Unreachable):
    """No whole answer came in time."""


class NotTrusted(Unreachable):
    """The connection is not to the server whose certificate is trusted."""

    template = n_(
        "The server's certificate is not trusted: {reason}. Nothing was sent; check the address, the clock and "
        "the certificate authority."
    )


class NotOurs(Unreachable):
    """Something answered that is not the server: a captive portal, a proxy's page."""

    template = n_(
        "Something else answers at the server's address: {reason}. Nothing was taken from it; is that the address, or "
        "does the network want somebody to sign in first?"
    )


class BadReply(SyncError):
    """The server's answer cannot be read, or was cut."""

    template = n_(
        "The server's answer cannot be read: {reason}. Nothing was taken from it; it is asked again."
    )


class Rejected(SyncError):
    """The server said no.

    Args:
        code: the server's word for it.
        reason: in words.
    """

    slug = "server_refused"
    template = n_("The server refused: {reason} ({code}). Everything is kept here.")

    @property
    def code(self) -> str:
        """The server's word for it."""
        return str(self.details.get("code", ""))


class BadRequest(Rejected):
    """400: something in the request is wrong."""


class Unauthorized(Rejected):
    """401, 403: the till is not known, or its signature was not accepted."""


class EpochPassed(Rejected):
    """409: another database goes on in this till's name."""


class Gone(Rejected):
    """410: changes from this cursor on are not to be had any more."""

    @property
    def snapshot(self) -> str:
        """The path of the manifest to start anew from; empty: the server did not say."""
        return str(self.details.get("snapshot", ""))


class TooLarge(Rejected):
    """413: less at a time."""


class UpgradeNeeded(Rejected):
    """426: this program is too old for the server."""


class Busy(Rejected):
    """429, 503: later.

    Args:
        after: seconds, as the server wishes; None: it does not say.
    """

    @property
    def after(self) -> float | None:
        """The seconds to wait."""
        seconds = self.details.get("after")
        return float(seconds) if isinstance(seconds, int | float) else None


class Stopped(SyncError):
    """The server has told this till to send nothing."""

    slug = "sending_stopped"
    template = n_("Nothing is sent: {reason}. The till goes on selling and keeps everything: call support.")


class Resting(SyncError):
    """This kind of call rests after a failure, until ping answers."""

    template = n_(
        "The server did not answer a moment ago: it is asked for this again in {seconds} s at most."
    )


class Loading(SyncError):
    """A load is under way already."""

    slug = "not_allowed"
    template = n_("A load is under way already: wait for its end, or cancel it.")


class GivenUp(SyncError):
    """Somebody gave the load up."""

    slug = "given_up"
    template = n_("The load was given up. The data in use are as they were.")


class BadSnapshot(SyncError):
    """What was downloaded is not what the server signed."""

    slug = "bad_snapshot"
    template = n_(
        "The data that came are not what the server signed: {reason}. The data in use stay as they are."
    )


class BadSchedule(SyncError):
    """No number of minutes, and no time of day."""

    slug = "bad_request"
    template = n_(
        "{text} says no time: a number of minutes from 1 to {most}, a time of day such as 04:30, or never. "
        "Nothing changed."
    )


class ArchiveFailed(SyncError):
    """An archive of the journal was not made."""

    slug = "archive_failed"
    template = n_("No archive was made in {folder}: {reason}. The journal is untouched.")


class EntriesLetGo(SyncError):
    """The server asks for entries that are no longer here."""

    slug = "entries_let_go"
    template = n_("The server asks for entries that this till has let go: {reason}.")


class NoPlace(SyncError):
    """Nobody has said where the server's exports are."""

    slug = "no_place"
    template = n_(
        "No place is set from which data are loaded: give one, or set it in the settings. Nothing changed."
    )


class Hole(SyncError):
    """Changes in files do not go on from where this till stands, or from each other."""

    slug = "changes_missing"
    template = n_("The changes there do not go on from the data of this till ({reason}).")


class Older(SyncError):
    """What was loaded is older than what was there: to be told, nothing is wrong with it."""

    slug = "older_data"
    template = n_("The data there are older than those that were here: the server brings what is newer.")


class Behind(SyncError):
    """What is there is older than what is here, and nothing of it was loaded."""

    slug = "older_data"
    template = n_(
        "The data there end at {there}, those of this till at {here}: they are older. Nothing changed; to go back to "
        "them, load all data from there."
    )


class NoUpdates(SyncError):
    """The server publishes no updates of the program."""

    slug = "no_updates"
    template = n_("This till's server publishes no updates. The till goes on with the version that it has.")


class BadUpdate(SyncError):
    """An update is not what its publisher signed, or cannot be kept."""

    slug = "bad_update"
    template = n_("The update was not taken: {reason}. The till goes on with the version that it has.")

"""Why something is refused, as both sides know it: a stable code with values, and words that can be translated.

The server sends the words in English too, for whoever does not know the code; and whatever was kept as English words
is recognised by them. A code is never given another meaning; words and values may be made better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from string import Formatter

from msgspec import Struct

from sync.errors import Reason, SyncError, n_

REASONS: Mapping[str, str] = {
    # --- who calls
    "bad_signature": n_("The request is refused: {reason}."),
    "not_signed": n_("it is not signed, or covers other things than it has to"),
    "no_identity": n_("it does not name its till and epoch"),
    "other_body": n_("its body is not the one that was signed"),
    "other_signature": n_("its signature is not this till's, or something was altered on the way"),
    "no_signature": n_("it has no signature"),
    "odd_signature": n_("its signature cannot be read"),
    "bad_clock": n_(
        "The request was signed {seconds} s away from the server's time: correct it and sign again."
    ),
    "replayed": n_("This very request was here before: sign each one anew."),
    "unknown_till": n_("The server knows no till {till}: enrol it."),
    "revoked": n_(
        "This till was revoked on {at}. It may sell on; what it sells is taken once it is enrolled again."
    ),
    "epoch": n_(
        "This till works in epoch {epoch} by now: another machine has its identity. Send nothing; keep selling."
    ),
    # --- enrolment
    "bad_code": n_("No till waits for this code. Check it, or ask for a new one."),
    "used_code": n_("This code has served already: each enrols one till. Ask for a new one."),
    "expired_code": n_("This code was good until {at}. Ask for a new one."),
    "key_not_hexadecimal": n_("Key and hash are hexadecimal."),
    "key_size": n_("The key of a till has 32 bytes."),
    "odd_start": n_("Where a journal starts is a position and the hash there."),
    # --- bodies
    "body_refused": n_("The body is refused: {reason}."),
    "body_too_large": n_("The body has more than {limit} bytes."),
    "body_not_whole": n_("The body did not arrive whole."),
    "body_encoded_twice": n_("A body is encoded once."),
    "grows_too_large": n_("the body would have {size} bytes"),
    "larger_than": n_("the body has more than {limit} bytes"),
    "broken_or_larger_than": n_("the body is broken, or has more than {limit} bytes"),
    "unknown_encoding": n_("the encoding {encoding} is not taken: zstd or gzip, once"),
    "no_zstd": n_("the body is no zstd frame: {error}"),
    "no_gzip": n_("the body is no gzip member: {error}"),
    "cut_gzip": n_("the body is cut, or something follows it"),
    "cut_json": n_("its JSON is cut"),
    "malformed_json": n_("its JSON is malformed at byte {byte}"),
    "nested_too_deep": n_("it is nested too deep"),
    "missing_field": n_("the field {field} is missing in {place}"),
    "wrong_type": n_("{wanted} is wanted and {found} is there in {place}"),
    "wrong_value": n_("the value in {place} cannot be taken ({detail})"),
    # --- queries and paths
    "not_a_number": n_("{name} is a whole number."),
    "other_streams": n_("The streams of changes are {streams}."),
    "other_stream": n_("The one stream is {stream}."),
    "gone": n_("The changes since {cursor} are not all there any more: load in full."),
    "snapshot_gone": n_("This snapshot is not kept any more: ask for the latest."),
    "upgrade": n_("Handle {handle} is not spoken here; {known} is. Update the program."),
    "no_updates": n_("This server publishes no updates."),
    "no_list": n_("The repository of updates has no such list."),
    "no_package": n_("The repository of updates has no such package."),
    "not_found": n_("There is nothing here."),
    "not_allowed": n_("{method} is not taken here."),
    "no_range": n_("There are {size} bytes."),
    # --- later
    "overloaded": n_("The server has too much to do: send again in {seconds} s."),
    "ending": n_("The server ends: send again once it is back."),
    "snapshot_in_making": n_("The snapshot is being made: ask again."),
    "busy": n_("The server's database does not answer, or is busy. Nothing was kept; it is asked again."),
    "storage_full": n_(
        "The database's disk is full. Nothing was kept; make room, and the tills send again by themselves."
    ),
    "internal": n_("The server failed. Nothing was kept; try again."),
    # --- a push, and hello
    "too_many_entries": n_("A push holds {most} entries at most."),
    "out_of_row": n_("Position {seq} is out of its row."),
    "odd_hash": n_("A hash has 32 bytes and a signature 64, in hexadecimal: not {text}."),
    "hash_not_hexadecimal": n_("The last hash is hexadecimal."),
    "odd_end": n_("A journal's end is a position and the hash there."),
    "overtaken": n_("This hello was signed before entry {seq} came, and knows nothing of it: say it again."),
    "other_database": n_("This till's database is not the one that was enrolled: enrol it with a new code."),
    "cloned": n_(
        "entry {seq} of this till differs from the one that the server holds: it was cloned, or restored from a "
        "backup and used before it could say so."
    ),
    "another_journal": n_(
        "the server holds another entry at position {seq}: this database is a copy of another till's, or was brought "
        "back from a backup and has sold since"
    ),
    # --- conflicts
    "position_taken": n_("another entry holds this position already"),
    "other_before": n_("it does not follow the entry that holds the position before it"),
    "other_after": n_("the entry that holds the next position follows another"),
    "before_base": n_("this till's journal is taken from a later position on"),
    # --- quarantine
    "entry_unreadable": n_("its content cannot be read"),
    "entry_not_signed": n_("its signature is not this till's"),
    "entry_altered": n_("its content does not have its hash"),
    "entry_elsewhere": n_("it says that it is entry {seq} of version {version}"),
    "entry_of_another": n_("it belongs to another till: {till} of shop {shop}"),
    "entry_of_epoch": n_("it is of epoch {epoch}, and the till is in {now}"),
    "other_content": n_("its content is not that of its kind: {reason}"),
    "not_its_total": n_("its lines do not add up to its total"),
    "not_its_vat": n_("its VAT is not that of its lines"),
    "not_its_payments": n_("its payments do not come to its total"),
    "no_uuid": n_("its identifier is no UUID"),
    "lines_of_one_number": n_("two of its lines have one number"),
    "odd_quantity": n_("line {line} has a quantity of {quantity}"),
    "not_line_total": n_("line {line} does not come to its total"),
    "odd_rate": n_("it has a VAT rate of {rate}"),
    "odd_number": n_("a number in it is none"),
    "odd_time": n_("it names a time that is none: {time}"),
    "customer_without_code": n_("the customer has no code, or one that is none"),
    "customer_of_many_codes": n_("the customer has {count} cards and groups"),
    "customer_too_long": n_("the customer has a NUL in a name, or a text that is too long"),
    "no_range_closed": n_("it does not say which entries it closes"),
    "nothing_moved": n_("it moves nothing"),
    "odd_session": n_("its number or float is out of range"),
    "ticket_taken": n_("another entry is ticket {uuid} already"),
    "session_taken": n_("another entry opens session {number} already"),
    "closing_taken": n_("another entry is closing {kind} {number} already"),
    "books_refuse": n_("the books do not take it: {error}"),
    # --- alarms: what somebody has to look at on the server
    "entry_waits": n_("entry {seq} ({kind}): {reason}"),
    "entry_contradicts": n_(
        "entry {seq}: {reason}; the till may have been cloned, or restored from a backup"
    ),
    "entry_in_part": n_("entry {seq}: {reason}"),
    "closing_differs": n_("closing {kind} {number} does not say what was sold: {differences}"),
    "differs_and": n_("{first}; {others}"),
    "other_tickets": n_("tickets {said}, entries {held}"),
    "other_total": n_("total {said}, entries {held}"),
    "other_vat": n_("VAT {said}, entries {held}"),
    "other_payments": n_("payments {said}, entries {held}"),
    "other_cash_in": n_("cash in {said}, entries {held}"),
    "other_cash_out": n_("cash out {said}, entries {held}"),
    "customer_removed": n_("customer {customer} was removed; the change is not made"),
    "customer_kept": n_("customer {customer}: {field} {told} was entered at the till; {known} stays"),
    "card_shared": n_("customer {customer}: the card {card} is that of customer {other}, too"),
    "other_entry": n_("entry {seq} of this till differs from the one that the server holds"),
    "till_restored": n_("it came back from a backup at entry {seq}; the server holds {held}"),
    "server_restored": n_(
        "the server holds {held} of {acked} acknowledged entries: it came back from a backup"
    ),
    "epoch_restored": n_(
        "the till works in epoch {epoch}, the server knew {known}: it came back from a backup"
    ),
    "overspent": n_("customer {customer} has taken {amount} too much in {month}"),
}
"""The words of each code, with the names of its values."""


class Cause(Reason):
    """A reason with a code: English as a text."""

    code: str


class Spelled(Struct, frozen=True, omit_defaults=True):
    """A cause on the wire."""

    code: str
    values: dict[str, str | int | Spelled] = {}


def cause(code: str, /, **values: object) -> Cause:
    """The cause of a code, with those of the values that its words name.

    Raises:
        KeyError: there is no such code, or a value is missing.
    """
    made = Cause(REASONS[code], **{name: values[name] for name in _names(code)})
    made.code = code
    return made


@cache
def _names(code: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(REASONS[code]) if name)


def spelled(reason: str) -> Spelled | None:
    """A cause as it goes over the wire; None: it is words alone."""
    if not isinstance(reason, Cause):
        return None
    return Spelled(reason.code, {name: _spelled_value(value) for name, value in reason.values.items()})


def _spelled_value(value: object) -> str | int | Spelled:
    if isinstance(value, Cause):
        return spelled(value) or str(value)
    return value if isinstance(value, int) else str(value)


def heard(words: str, told: Spelled | None) -> str:
    """What came over the wire: a cause where its code and values are known here, else what its words are known for."""
    if told is None:
        return recognised(words)
    try:
        return _heard(told)
    except (KeyError, IndexError):
        # a newer server: its words have to do
        return words


def _heard(told: Spelled) -> Cause:
    values = {
        name: _heard(value) if isinstance(value, Spelled) else value for name, value in told.values.items()
    }
    return cause(told.code, **values)


def recognised(words: str) -> str:
    """The cause, or the error, whose English words these are, as they were kept; others stay as they are."""
    for code, pattern in _patterns():
        if found := pattern.fullmatch(words):
            values = {name: recognised(value) for name, value in found.groupdict().items()}
            if code in _JOINS and not any(isinstance(value, Cause) for value in values.values()):
                continue
            return cause(code, **values)
    for template, pattern in _messages():
        if found := pattern.fullmatch(words):
            return Reason(template, **{name: recognised(value) for name, value in found.groupdict().items()})
    return words


_JOINS = frozenset({"differs_and"})
"""Of these nothing but a sign is their own: many a sentence has one, and is no such cause."""


@cache
def _patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    """What says more of itself at its beginning comes first: words that begin with a value begin like any others."""
    ordered = sorted(REASONS.items(), key=lambda reason: -len(reason[1].partition("{")[0]))
    return [(code, re.compile(_pattern(words), re.DOTALL)) for code, words in ordered]


@cache
def _messages() -> Sequence[tuple[str, re.Pattern[str]]]:
    """What the errors of `sync.errors` say: how a load ended is kept so."""
    said = {error.template for error in _kinds(SyncError)}
    return [(words, re.compile(_pattern(words), re.DOTALL)) for words in sorted(said)]


def _kinds(error: type[SyncError]) -> Iterator[type[SyncError]]:
    yield error
    for kind in error.__subclasses__():
        yield from _kinds(kind)


def _pattern(words: str) -> str:
    parts = Formatter().parse(words)
    return "".join(re.escape(text) + (f"(?P<{name}>.*?)" if name else "") for text, name, _, _ in parts)


# --- what msgspec says

_PLACE = re.compile(r"(?P<said>.*?)(?: - at `(?P<place>.+)`)?", re.DOTALL)
_SAID: Mapping[str, re.Pattern[str]] = {
    "malformed_json": re.compile(r"JSON is malformed: .*\(byte (?P<byte>\d+)\)"),
    "missing_field": re.compile(r"Object missing required field `(?P<field>.*)`"),
    "wrong_type": re.compile(r"Expected `(?P<wanted>[a-z |]+)`, got `(?P<found>[a-z]+)`"),
}


def unreadable(error: Exception) -> Cause:
    """Why JSON is not what it has to be.

    Args:
        error: of msgspec, or of the interpreter where it is nested too deep.
    """
    if isinstance(error, RecursionError):
        return cause("nested_too_deep")
    split = _PLACE.fullmatch(str(error))
    said, place = (split["said"], split["place"] or "$") if split else (str(error), "$")
    if said == "Input data was truncated":
        return cause("cut_json")
    for code, pattern in _SAID.items():
        if found := pattern.fullmatch(said):
            return cause(code, **{"place": place, **found.groupdict()})
    return cause("wrong_value", place=place, detail=said)

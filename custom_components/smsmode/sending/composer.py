"""Composer: send options and resolved recipients to validated requests, before anything is stored or spent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from homeassistant.core import Context

from ..api import (
    Alphabet,
    BatchRequest,
    BatchRow,
    Encoding,
    InputProblem,
    MessageClass,
    MessageRequest,
    PreparedText,
    SendRequest,
    SmsmodeInputError,
    StopClause,
    VoiceLanguage,
    VoiceRequest,
    prepare_text,
)
from ..api.request import validate_request
from ..api.text import MAX_SEGMENTS
from ..config.options import AccountOptions
from ..config.phone_numbers import can_reply
from ..config.recipients import Resolved
from ..const import DEFAULT_EXPIRY
from ..helpers.targets import group_target
from ..state.budget import Cost

_VALID_ROW = BatchRow(number="+33600000000", text="-")


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """Options of a message of any kind. None means the option of the account."""

    send_at: datetime | None = None
    expires_after: timedelta = DEFAULT_EXPIRY
    queue: bool = True
    urgent: bool = False
    repeat: bool = False
    # It answers what the recipient has just written: quiet hours do not defer it, and a pause does not stop it.
    ignore_quiet_hours: bool = False
    # Meant to be deleted before it is sent: counted and logged only if it is sent after all.
    provisional: bool = False
    # It is sent although its text is changed, whatever the account prefers: nobody would hear of a refusal.
    accept_changes: bool = False
    # An assistant, which understood somebody or not, wrote it.
    by_assistant: bool = False
    # The automation, script or watchdog that sends it; None is anybody else.
    origin: str | None = field(default=None, repr=False)
    # Of the call that sends it, for what it causes.
    context: Context | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TextSendOptions(SendOptions):
    """Options of a text message."""

    sender: str | None = None
    reply: bool = False
    max_segments: int | None = None
    stop: StopClause | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MessageSendOptions(TextSendOptions):
    """Options of an SMS; without targets, it goes to all recipients.

    ``ending`` is a last line that is never cut. ``endings`` are those of the numbers that get one of their own, in a
    message of their own; whoever of these cannot reply gets no number to reply to. ``camera`` takes a picture, to which
    the ending becomes a link.
    """

    message: str
    targets: tuple[object, ...] | None = None
    title: str | None = None
    encoding: Encoding | None = None
    ending: str = ""
    endings: Mapping[str, str] = field(default_factory=dict)
    camera: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VoiceSendOptions(SendOptions):
    """Options of a voice message; without targets, it goes to all recipients."""

    message: str
    targets: tuple[object, ...] | None = None
    title: str | None = None
    language: VoiceLanguage | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BatchSendOptions(TextSendOptions):
    """Options of a batch: many different texts. The numbers of the rows are MSISDNs already.

    ``positions`` says for each row which one of the caller's it is, counted from 1, if these are others. With
    ``skip_invalid``, rows that cannot be sent do not keep the others from being sent.
    """

    rows: tuple[BatchRow, ...]
    positions: tuple[int, ...] = ()
    skip_invalid: bool = False
    unknown_ranges: tuple[str, ...] = ()

    def position(self, index: int) -> int:
        """Return which one of the caller's rows this is, counted from 1."""
        return self.positions[index] if self.positions else index + 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Draft:
    """One request to the gateway with its cost and its prepared text, or those of a batch.

    ``segments`` counts what each recipient gets; for a batch, what all get together. ``title`` is that of a voice
    message; the title of an SMS is part of its text.
    """

    request: SendRequest
    costs: tuple[Cost, ...]
    segments: int
    recipients: tuple[str, ...]
    texts: tuple[PreparedText, ...]
    title: PreparedText | None = None

    @property
    def prepared(self) -> tuple[PreparedText, ...]:
        """All that its recipients get to read or hear."""
        return (*self.texts, self.title) if self.title else self.texts

    def for_some(self, targets: tuple[str, ...]) -> Self:
        """Return the same message for some of its recipients."""
        if targets == self.recipients:
            return self
        assert not isinstance(self.request, BatchRequest)  # noqa: S101
        costs = tuple(cost for cost in self.costs if cost[0] in targets)
        return replace(self, request=replace(self.request, numbers=targets), costs=costs, recipients=targets)


def cost_of(drafts: Iterable[Draft]) -> int:
    """Return the number of segments and calls of drafts; a group counts as one recipient."""
    return sum(segments for draft in drafts for _, segments in draft.costs)


def compose_message(order: MessageSendOptions, resolved: Resolved, settings: AccountOptions) -> list[Draft]:
    """Return the draft for all numbers together, one for each that has an ending of its own, and one for each group."""
    alone = [number for number in resolved.numbers if number in order.endings]
    drafts = [draft for number in alone for draft in _compose_alone(order, number, settings)]
    others = replace(resolved, numbers=tuple(number for number in resolved.numbers if number not in alone))
    return drafts + (_compose_together(order, others, settings) if others.numbers or others.groups else [])


def _compose_alone(order: MessageSendOptions, number: str, settings: AccountOptions) -> list[Draft]:
    own = replace(order, ending=order.endings[number], endings={}, reply=order.reply and can_reply(number))
    return _compose_together(own, Resolved((number,), (), ()), settings)


def _compose_together(order: MessageSendOptions, resolved: Resolved, settings: AccountOptions) -> list[Draft]:
    """Return the draft for all numbers together, and one for each group."""
    max_segments = order.max_segments or settings.max_segments
    text = prepare_text(
        f"{order.title}\n{order.message}" if order.title else order.message,
        encoding=order.encoding or _usual_encoding(order, settings),
        # For a link there is a segment more: it must not cost the text its words.
        max_segments=min(max_segments + 1, MAX_SEGMENTS) if order.ending else max_segments,
        reply=order.reply,
        stop=order.stop or settings.stop,
        ending=order.ending,
    )
    _reject_changed([text], order, settings)
    common: dict[str, Any] = {
        "text": text.text,
        "message_class": _message_class(order.reply, text),
        "sender": order.sender or (None if order.reply else settings.sender),
        "reference": order.reference,
        "send_at": order.send_at,
        "max_segments": text.segments,
        "stop": order.stop or settings.stop,
    }
    requests = [MessageRequest(group=group, **common) for group in resolved.groups]
    if resolved.numbers:
        requests.insert(0, MessageRequest(numbers=resolved.numbers, **common))
    return [_message_draft(request, text) for request in requests]


def compose_voice(order: VoiceSendOptions, resolved: Resolved, settings: AccountOptions) -> list[Draft]:
    """Return the draft for all numbers, in GSM characters; a call counts as one segment."""
    text = prepare_text(order.message, encoding=Encoding.GSM)
    title = prepare_text(order.title, encoding=Encoding.GSM) if order.title else None
    request = VoiceRequest(
        text=text.text,
        numbers=resolved.numbers,
        title=title.text if title else None,
        language=order.language,
        reference=order.reference,
        send_at=order.send_at,
    )
    validate_request(request)
    costs = tuple((number, 1) for number in resolved.numbers)
    draft = Draft(request=request, costs=costs, segments=1, recipients=resolved.numbers, texts=(text,), title=title)
    _reject_changed(draft.prepared, order, settings)
    return [draft]


def compose_batch(order: BatchSendOptions, settings: AccountOptions) -> Draft:
    """Return the draft with a text for each row. Raises SmsmodeInputError for the first bad row, without its number."""
    max_segments = order.max_segments or settings.max_segments
    stop = order.stop or settings.stop
    texts = [prepare_text(row.text, encoding=Encoding.GSM, max_segments=max_segments, stop=stop) for row in order.rows]
    if any(change.replacement == "?" for text in texts for change in text.changes):
        raise SmsmodeInputError(InputProblem.BATCH_UNICODE)
    _reject_changed(texts, order, settings)
    request = BatchRequest(
        rows=tuple(_with_text(row, text.text) for row, text in zip(order.rows, texts, strict=True)),
        message_class=MessageClass.REPLY if order.reply else MessageClass.PRO,
        sender=order.sender or (None if order.reply else settings.sender),
        reference=order.reference,
        send_at=order.send_at,
        max_segments=max_segments,
        stop=stop,
    )
    validate_request(request)
    return Draft(
        request=request,
        costs=tuple((row.number, text.segments) for row, text in zip(order.rows, texts, strict=True)),
        segments=sum(text.segments for text in texts),
        recipients=tuple(dict.fromkeys(row.number for row in order.rows)),
        texts=tuple(texts),
    )


def find_invalid_rows(order: BatchSendOptions, settings: AccountOptions) -> dict[int, InputProblem]:
    """Return what is wrong with the rows of a batch that cannot be composed, by their indexes.

    Raises SmsmodeInputError for what is wrong with all of it, whatever the rows are. Each row is composed alone, which
    is too slow for a batch that may be right.
    """
    compose_batch(replace(order, rows=(_VALID_ROW,)), settings)
    invalid: dict[int, InputProblem] = {}
    for index, row in enumerate(order.rows):
        try:
            compose_batch(replace(order, rows=(row,)), settings)
        except SmsmodeInputError as err:
            invalid[index] = err.problem
    return invalid


def _reject_changed(texts: Iterable[PreparedText], order: SendOptions, settings: AccountOptions) -> None:
    """Raise SmsmodeInputError for texts that lose something, if the account wants these refused.

    Never for what is urgent: an alarm that is cut is better than none.
    """
    if not settings.refuse_changed_text or order.urgent or order.accept_changes:
        return
    for text in texts:
        if text.left_out or text.replaced:
            raise SmsmodeInputError(InputProblem.TEXT_TOO_LONG if text.left_out else InputProblem.TEXT_REPLACED)


def _with_text(row: BatchRow, text: str) -> BatchRow:
    """Return the row itself if its text is unchanged: tens of thousands of new objects start the garbage collector."""
    return row if row.text == text else replace(row, text=text)


def _usual_encoding(order: MessageSendOptions, settings: AccountOptions) -> Encoding:
    """Return the encoding of the account.

    One that prefers Unicode must not make replies impossible: only an explicit choice is refused.
    """
    if order.reply and settings.encoding is Encoding.UNICODE:
        return Encoding.AUTO
    return settings.encoding


def _message_class(reply: bool, text: PreparedText) -> MessageClass:
    if reply:
        return MessageClass.REPLY
    return MessageClass.UNICODE if text.alphabet is Alphabet.UNICODE else MessageClass.PRO


def _message_draft(request: MessageRequest, text: PreparedText) -> Draft:
    validate_request(request)
    targets = (group_target(request.group),) if request.group else request.numbers
    costs = tuple((target, text.segments) for target in targets)
    return Draft(request=request, costs=costs, segments=text.segments, recipients=targets, texts=(text,))

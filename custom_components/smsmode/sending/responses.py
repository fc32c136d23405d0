"""Responses of the actions that send, and the summary of a request from which they are written."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from homeassistant.util import dt as dt_util

from ..api import MessageStatus, PreparedText
from ..config.recipients import Failure
from ..helpers.links import hide_links
from .composer import Draft, cost_of
from .deferral import is_ambiguous, is_moved, schedulable_time
from .dispatcher import ReceiptStatus, SendReceipt

UNKNOWN_RANGE = "unknown_range"
SEND_TIME_MOVED = "send_at_moved"
SEND_TIME_AMBIGUOUS = "send_at_ambiguous"


class FailedTarget(TypedDict):
    """A target that nothing was sent to; ``row`` is that of a batch, counted from 1."""

    target: str
    reason: str
    row: NotRequired[int]


class RelatedMessage(TypedDict, total=False):
    """The id by which a queued message can be cancelled, or that of the original of a duplicate."""

    queue_id: str
    duplicate_of: str


class TextResponse(TypedDict):
    """A text as sent. ``changes`` has an entry of ``original``, ``replacement`` and ``count`` for each replacement."""

    encoding: str
    text: str
    changes: list[dict[str, Any]]
    truncated: bool


class MessageResponse(RelatedMessage, TextResponse):
    """A message that was sent. ``send_at`` is in local time, None for at once; ``segments`` are those of each one."""

    message_id: str | None
    status: str | None
    send_at: str | None
    recipients: list[str]
    segments: int
    reference: str | None


class SendWarning(TypedDict):
    """What is not as the caller may think: a number of no known range, or a send time that was moved."""

    reason: str
    target: NotRequired[str]
    send_at: NotRequired[str]


class Warned(TypedDict):
    """The part of a response that warns."""

    warnings: NotRequired[list[SendWarning]]


class SendResponse(TypedDict):
    """Response of send_message and send_voice_message."""

    messages: list[MessageResponse]
    failed: list[FailedTarget]
    warnings: NotRequired[list[SendWarning]]


class BatchPartResponse(RelatedMessage):
    """A batch that was sent, whose texts are counted: ``changed`` and ``truncated`` of ``count``."""

    campaign_id: str | None
    status: str | None
    send_at: str | None
    count: int
    segments: int
    changed: int
    truncated: int


class BatchResponse(BatchPartResponse):
    """Response of send_batch. ``held_back`` are the batches that quiet hours defer."""

    held_back: list[BatchPartResponse]
    failed: list[FailedTarget]
    warnings: NotRequired[list[SendWarning]]


class DeferredPart(TypedDict):
    """Recipients that get a message later, and when, in local time."""

    send_at: str | None
    recipients: list[str]


class Price(TypedDict, total=False):
    """The part of a response that says what a cost is in money, if the account has a price of a credit."""

    price: float
    currency: str


class PreviewResponse(TextResponse, Price):
    """Response of preview_message. ``cost`` is in segments, a group counted as one recipient."""

    characters: int
    costly: list[str]
    segments: int
    recipients: list[str]
    scheduled: list[DeferredPart]
    cost: int
    failed: list[FailedTarget]
    warnings: NotRequired[list[SendWarning]]


@dataclass(frozen=True, slots=True)
class SendSummary:
    """Result of a request: a receipt for each message, and the targets that nothing could be sent to."""

    receipts: Sequence[SendReceipt]
    failures: Sequence[Failure]
    warnings: Sequence[SendWarning] = ()

    def as_response(self) -> SendResponse:
        """Return the response of the actions that send one text."""
        messages = [_message(receipt) for receipt in self.receipts if receipt.error is None]
        return {"messages": messages, "failed": _failed(self.failures), **_warned(self.warnings)}

    def as_batch_response(self) -> BatchResponse:
        """Return the response of a batch."""
        first, *held_back = [_batch(receipt) for receipt in self.receipts if receipt.error is None]
        return {**first, "held_back": held_back, "failed": _failed(self.failures), **_warned(self.warnings)}


def send_warnings(send_at: datetime | None, unknown_ranges: Iterable[str]) -> list[SendWarning]:
    """Return the warnings about the numbers and the send time of a request."""
    warnings: list[SendWarning] = [{"reason": UNKNOWN_RANGE, "target": number} for number in unknown_ranges]
    if send_at is not None and (is_moved(send_at) or is_ambiguous(send_at)):
        reason = SEND_TIME_MOVED if is_moved(send_at) else SEND_TIME_AMBIGUOUS
        local = dt_util.as_local(schedulable_time(send_at))
        warnings.append({"reason": reason, "send_at": local.isoformat()})
    return warnings


def preview_response(
    drafts: Sequence[Draft], failures: Sequence[Failure], warnings: list[SendWarning], price: Price
) -> PreviewResponse:
    """Return the response for a message that is not sent, from its drafts."""
    (text,) = drafts[0].texts
    return {
        **_text(text),
        "characters": text.characters,
        "costly": list(text.costly),
        "segments": text.segments,
        "recipients": [target for draft in drafts for target in draft.recipients],
        "scheduled": [
            {"send_at": _send_at(draft), "recipients": list(draft.recipients)}
            for draft in drafts
            if draft.request.send_at
        ],
        "cost": cost_of(drafts),
        **price,
        "failed": _failed(failures),
        **_warned(warnings),
    }


def _warned(warnings: Sequence[SendWarning]) -> Warned:
    """Return the warnings as part of a response, which has none if there is nothing to warn of."""
    return {"warnings": list(warnings)} if warnings else {}


def _message(receipt: SendReceipt) -> MessageResponse:
    draft = receipt.draft
    (text,) = draft.texts
    return {
        "message_id": receipt.message_id,
        "status": _status(receipt),
        **_related(receipt),
        "send_at": _send_at(draft),
        "recipients": list(draft.recipients),
        "segments": draft.segments,
        "reference": draft.request.reference,
        **_text(text),
    }


def _batch(receipt: SendReceipt) -> BatchPartResponse:
    texts = receipt.draft.texts
    return {
        "campaign_id": receipt.message_id,
        "status": _status(receipt),
        **_related(receipt),
        "send_at": _send_at(receipt.draft),
        "count": len(texts),
        "segments": receipt.draft.segments,
        "changed": sum(bool(text.changes) for text in texts),
        "truncated": sum(text.truncated for text in texts),
    }


def _status(receipt: SendReceipt) -> str | None:
    """Return the status; a message that the gateway accepted for later is scheduled."""
    if receipt.status is ReceiptStatus.ACCEPTED and receipt.draft.request.send_at is not None:
        return MessageStatus.SCHEDULED
    return receipt.status


def _send_at(draft: Draft) -> str | None:
    send_at = draft.request.send_at
    return dt_util.as_local(send_at).isoformat() if send_at else None


def _related(receipt: SendReceipt) -> RelatedMessage:
    match receipt.status:
        case ReceiptStatus.QUEUED:
            return {"queue_id": receipt.queue_id}
        case ReceiptStatus.DUPLICATE:
            return {"duplicate_of": receipt.message_id or receipt.queue_id}
        case _:
            return {}


def _failed(failures: Sequence[Failure]) -> list[FailedTarget]:
    failed: list[FailedTarget] = []
    for failure in failures:
        entry: FailedTarget = {"target": failure.target, "reason": failure.reason}
        failed.append(entry if failure.row is None else {**entry, "row": failure.row})
    return failed


def _text(text: PreparedText) -> TextResponse:
    return {
        "encoding": text.alphabet,
        "text": hide_links(text.text),
        "changes": [asdict(change) for change in text.changes],
        "truncated": text.truncated,
    }

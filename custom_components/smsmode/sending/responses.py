"""Responses of the actions that send, and the summary of a request from which they are written."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NotRequired, TypedDict

from homeassistant.util import dt as dt_util

from ..api import MessageStatus, PreparedText
from ..config.recipients import Failure
from .composer import Draft, cost_of
from .dispatcher import ReceiptStatus, SendReceipt


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


class SendResponse(TypedDict):
    """Response of send_message and send_voice_message."""

    messages: list[MessageResponse]
    failed: list[FailedTarget]


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


class DeferredPart(TypedDict):
    """Recipients that get a message later, and when, in local time."""

    send_at: str | None
    recipients: list[str]


class PreviewResponse(TextResponse):
    """Response of preview_message. ``cost`` is in segments, a group counted as one recipient."""

    characters: int
    costly: list[str]
    segments: int
    recipients: list[str]
    scheduled: list[DeferredPart]
    cost: int
    failed: list[FailedTarget]


@dataclass(frozen=True, slots=True)
class SendSummary:
    """Result of a request: a receipt for each message, and the targets that nothing could be sent to."""

    receipts: Sequence[SendReceipt]
    failures: Sequence[Failure]

    def as_response(self) -> SendResponse:
        """Return the response of the actions that send one text."""
        messages = [_message(receipt) for receipt in self.receipts if receipt.error is None]
        return {"messages": messages, "failed": _failed(self.failures)}

    def as_batch_response(self) -> BatchResponse:
        """Return the response of a batch."""
        first, *held_back = [_batch(receipt) for receipt in self.receipts if receipt.error is None]
        return {**first, "held_back": held_back, "failed": _failed(self.failures)}


def preview_response(drafts: Sequence[Draft], failures: Sequence[Failure]) -> PreviewResponse:
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
        "failed": _failed(failures),
    }


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
        "text": text.text,
        "changes": [asdict(change) for change in text.changes],
        "truncated": text.truncated,
    }

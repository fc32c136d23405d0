"""Messages as the panel shows them: of the message log, the queue, the schedule, the gateway's lists, and replies."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_cached_translations

from ..api import BatchRequest, DeliveryOutcome, MessageStatus, SentMessage
from ..api.encoding import may_lack_characters
from ..api.status import DeliveryRank
from ..const import DOMAIN
from ..helpers.links import hide_links
from ..helpers.redaction import mask_numbers
from ..helpers.targets import GROUP_PREFIX, group_target
from ..runtime import SmsmodeRuntimeData
from ..sending.origin import origin_of
from ..sending.queue import wait_reason
from ..state.message_log import Codes, LastStatus, TrackedMessage
from ..state.outbox import OutboxItem, Phase
from ..state.scheduled import ScheduledMessage
from .directory import ThreadDirectory
from .origins import UserNames, show_origin
from .texts import GatewayTexts, KnownReply

type Json = dict[str, Any]

# A batch can go to thousands.
MAX_NAMES: Final = 20
# Of a message to several: the first of these that any of them has.
_WORST_FIRST = ("failed", "expired", "unknown", "accepted", "operator", "delivered")
_EMPTY: Final = dict.fromkeys(
    ("kind", "detail", "reason", "segments", "cost", "origin", "queue_id", "message_id", "send_at")
)
_STATUS: Final = f"component.{DOMAIN}.entity.sensor.last_status.state."
_WAITING: Final = f"component.{DOMAIN}.common.waiting_"


def _read_words(hass: HomeAssistant) -> Mapping[str, str]:
    """Return the sentences for statuses and for what waits, in the language of the house."""
    words: dict[str, str] = {}
    for category in ("entity", "common"):
        words |= async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    return words


class MessageView:
    """View of the messages of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        account: SmsmodeRuntimeData,
        directory: ThreadDirectory,
        texts: GatewayTexts,
        users: UserNames,
    ) -> None:
        """Show what these know."""
        self._hass = hass
        self._users = users
        self._account = account
        self._directory = directory
        self._texts = texts
        self._words = _read_words(hass)

    def names(self, targets: Iterable[str]) -> list[str]:
        """Return the names of recipients; a number that is nobody's is masked."""
        names = []
        for target, _ in zip(targets, range(MAX_NAMES), strict=False):
            name = self._account.recipients.name_of_target(target)
            names.append(name or mask_numbers(target.removeprefix(GROUP_PREFIX)))
        return names

    def of_log(self, message: TrackedMessage, thread: str) -> Json:
        """Return a message that the gateway accepted, as the thread of a number or a group shows it."""
        number = thread if thread in message.codes else None
        scheduled = self._account.store.state.schedule.items.get(message.message_id)
        text = scheduled.text if scheduled and scheduled.text else self._texts.text_of(message.message_id, thread)
        status, detail = _status([message.codes[number]] if number else message.codes.values())
        share = len(message.codes) if number else 1
        return self._out(
            message.message_id,
            text,
            message.sent_at,
            "scheduled" if scheduled else status,
            thread=thread,
            detail=detail,
            reason=self._reason(status, detail),
            recipients=self.names([group_target(message.group)] if message.group else message.codes),
            kind=message.details.kind if message.details else None,
            segments=message.details.segments // len(message.codes or [None]) if message.details else None,
            cost=None if message.credits is None else message.credits / share,
            origin=self.origin(message.details.origin if message.details else None),
            message_id=message.message_id,
            unshown=not scheduled and self._texts.lacks_characters(message.message_id, thread),
            send_at=iso(scheduled.send_at) if scheduled else None,
            **(self._cancelling(scheduled.key) if scheduled else {}),
            can_retry=status in {"failed", "expired"} and text is not None and not scheduled,
        )

    def of_lost(self, status: LastStatus, thread: str) -> Json:
        """Return a message that never left; of these only the latest to each number is known."""
        shown, detail = _status([], status.status)
        return self._out(
            f"lost-{thread}",
            None,
            status.received_at,
            shown,
            thread=thread,
            detail=detail,
            reason=self._reason(shown, detail),
            recipients=self.names([thread]),
        )

    def of_queue(self, item: OutboxItem) -> Json:
        """Return a message that waits here."""
        request, reason = item.request, wait_reason(item)
        why = self._words.get(f"{_WAITING}{reason or 'sending'}")
        return self._out(
            item.key,
            None if isinstance(request, BatchRequest) else hide_links(request.text),
            item.expense.at,
            "waiting",
            thread=self._only_thread(item.targets, item.group_id),
            detail=reason,
            reason=None if reason is None else why,
            recipients=self.names(item.targets),
            kind=item.kind,
            segments=item.expense.segments // len(item.targets),
            cost=float(item.expense.segments),
            origin=self.origin(origin_of(item, self._account.store.state.alerts)),
            queue_id=item.key,
            send_at=iso(request.send_at) if request.send_at else None,
            **(cancelling := self._cancelling(item.key, item.phase is not Phase.SENDING)),
            can_retry=cancelling["can_cancel"],
        )

    def of_scheduled(self, scheduled: ScheduledMessage) -> Json:
        """Return a message that the gateway holds to send it later."""
        return self._out(
            scheduled.key,
            scheduled.text or None,
            scheduled.send_at,
            "scheduled",
            thread=self._only_thread(scheduled.targets, self._group_of(scheduled)),
            recipients=self.names(scheduled.targets),
            kind=scheduled.kind,
            **self._known_of(scheduled),
            message_id=scheduled.message_id,
            send_at=iso(scheduled.send_at),
            **self._cancelling(scheduled.key),
        )

    def _cancelling(self, key: str, may_cancel: bool = True) -> Json:
        """Return whether a message can be cancelled, or that it was and can be brought back."""
        is_held = self._account.cancellations.is_held(key)
        return {"can_cancel": may_cancel and not is_held, "can_undo": is_held}

    def _group_of(self, scheduled: ScheduledMessage) -> str | None:
        message = self._account.processor.message_log.messages.get(scheduled.key)
        return message.details.group_id if message and message.details else None

    def _known_of(self, scheduled: ScheduledMessage) -> Json:
        """Return what the message log knows of a message that is scheduled."""
        message = self._account.processor.message_log.messages.get(scheduled.key)
        if message is None or message.details is None:
            return {}
        return {
            "segments": message.details.segments // len(scheduled.targets),
            "cost": message.credits,
            "origin": self.origin(message.details.origin),
        }

    def origin(self, origin: str | None) -> Json | None:
        """Return what sent a message, by its name."""
        return None if origin is None else show_origin(self._hass, self._users, origin)

    def of_row(self, row: SentMessage, thread: str) -> Json:
        """Return a message that is in the gateway's list alone: somebody else sent it, or this house long ago."""
        return self._out(
            row.message_id,
            self._account.texts.join_sent(row),
            row.sent_at or self._account.clock.now(),
            "unknown",
            thread=thread,
            recipients=self.names([thread]),
            cost=None if row.cost is None else float(row.cost),
            unshown=may_lack_characters(row.text),
            origin={"kind": "other", "name": None},
        )

    def of_reply(self, reply: KnownReply) -> Json:
        """Return a reply. Its text is as somebody wrote it, and is to be shown as text alone."""
        names = self.names([reply.sender])
        text = self._account.texts.join_reply(reply.sender, reply.text)
        fields: Json = {"id": reply.key, "direction": "in", "text": text, "at": iso(reply.at), "status": "received"}
        fields |= {"thread": reply.sender, "recipients": names, "unshown": may_lack_characters(text)}
        return _message(**fields, verified=reply.verified)

    def _out(self, key: str, text: str | None, at: datetime, status: str, **fields: Any) -> Json:
        return _message(id=key, direction="out", text=text, at=iso(at), status=status, **fields)

    def _only_thread(self, targets: tuple[str, ...], group_id: str | None = None) -> str | None:
        """Return the thread of a message that goes to one number or group, or to a group of recipients."""
        threads = self._directory.threads_to(targets, group_id)
        return threads[-1] if len(targets) == 1 or len(threads) > len(targets) else None

    def _reason(self, status: str, detail: str | None) -> str | None:
        return self._words.get(f"{_STATUS}{detail}") if status in {"failed", "expired"} else None


def _message(**fields: Any) -> Json:
    """Return a message with every field that there is."""
    return {**_EMPTY, "can_cancel": False, "can_undo": False, "can_retry": False, "unshown": False, **fields}


def _status(codes: Iterable[Codes], known: MessageStatus | None = None) -> tuple[str, str | None]:
    """Return the status of a message in a word, and the annex's name of what was reported."""
    reported = [MessageStatus.from_code(each[-1]) if each else None for each in codes] or [known]
    by_word = {_word(status): status for status in reported}
    worst = next(word for word in _WORST_FIRST if word in by_word)
    return worst, by_word[worst]


def _word(status: MessageStatus | None) -> str:
    if status is None:
        return "accepted"
    if status is MessageStatus.UNDEFINED:
        return "unknown"
    match status.outcome:
        case DeliveryOutcome.DELIVERED:
            return "delivered"
        case DeliveryOutcome.FAILED:
            return "failed"
        case DeliveryOutcome.EXPIRED:
            return "expired"
        case _:
            return "operator" if status.rank >= DeliveryRank.AT_OPERATOR else "accepted"


def iso(moment: datetime) -> str:
    """Return a moment in UTC, so that texts of moments have their order."""
    return moment.astimezone(UTC).isoformat()

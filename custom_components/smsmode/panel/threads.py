"""Threads of the panel: a line for each person, group and unknown number, with its latest message."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_ENTITY_PICTURE, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..api import DeliveryOutcome, MessageStatus
from ..config.phone_numbers import NumberError, can_reply, parse_number
from ..config.recipients import Recipient
from ..const import DOMAIN
from ..helpers.repair_issues import async_recipients_with_issues
from ..runtime import SmsmodeRuntimeData
from ..state.message_log import LastStatus
from .directory import Correspondent, ThreadDirectory, ThreadKind
from .message_index import LAST, MessageIndex, Position
from .messages import MessageView, iso
from .texts import GatewayTexts

type Json = dict[str, Any]

# The latest of them; a list for advertising is no list of conversations.
MAX_NUMBERS: Final = 200
# How far the gateway's clock may be ahead of what is measured of it.
AHEAD: Final = timedelta(minutes=1)
_FAILURES: Final = {"failed", "expired"}


class ThreadView:
    """View of the threads of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        account: SmsmodeRuntimeData,
        directory: ThreadDirectory,
        index: MessageIndex,
        texts: GatewayTexts,
        messages: MessageView,
    ) -> None:
        """Show what these know."""
        self._hass = hass
        self._entry = entry
        self._account = account
        self._directory = directory
        self._index = index
        self._texts = texts
        self._messages = messages
        self._numbers: dict[str, tuple[bool, bool]] = {}

    def all(self, queue: list[Json]) -> dict[str, Json]:
        """Return all threads by their keys; ``queue`` is what waits."""
        now = self._account.processor.gateway_now()
        waiting = {message["thread"]: message for message in queue}
        out_of_reach = async_recipients_with_issues(self._hass, self._entry)
        known = {key: self._thread(each, waiting, out_of_reach, now) for key, each in self._directory.known.items()}
        others = [self._thread(self._directory.find(key), waiting, out_of_reach, now) for key in self._unknown(waiting)]
        others.sort(key=lambda each: _moment(each["last"]), reverse=True)
        return known | {each["thread"]: each for each in others[:MAX_NUMBERS]}

    def _unknown(self, waiting: dict[str | None, Json]) -> set[str]:
        """Return the keys of the threads with those that are no recipients; of those written to, the latest."""
        known = self._directory.known
        written_to = islice((key for key in self._index.latest_threads() if key not in known), MAX_NUMBERS)
        return {*written_to, *self._texts.senders(), *filter(None, waiting)} - known.keys()

    def _thread(
        self, who: Correspondent, waiting: dict[str | None, Json], out_of_reach: set[str], now: datetime
    ) -> Json:
        recipient = who.recipient
        reply_at = self.last_reply_at(who)
        last = self.last_message(who, now, waiting.get(who.key))
        return {
            "thread": who.key,
            "kind": who.kind,
            "name": who.name,
            "picture": self._picture(recipient),
            "entity_id": self._entity_id(who),
            "last": last,
            "last_reply_at": iso(reply_at) if reply_at else None,
            "last_at": last["at"] if last else None,
            "news_at": self._news_at(who),
            "failed": last is not None and last["status"] in _FAILURES,
            "can_reply": who.number is not None and self._can_reply(who.number),
            "can_write": self._can_write(who),
            "paused": recipient is not None and self._account.pauses.find(recipient.subentry_id) is not None,
            "quiet_until": self._quiet_until(recipient, now),
            "blocked": recipient is not None and recipient.subentry_id in out_of_reach,
        }

    def last_message(self, who: Correspondent, now: datetime, waiting: Json | None) -> Json | None:
        """Return the latest message of a thread; what is scheduled is not there yet."""
        scheduled = self._account.store.state.schedule.items
        sent = (position for position in self._index.before(who.key, LAST) if position[1] not in scheduled)
        found = [self._of_log(position, who) for position in islice(sent, 1)]
        found += [*self._others(who, ((now + AHEAD).timestamp(), ""), 1), *filter(None, [waiting])]
        return max(found, key=_position, default=None)

    def last_reply_at(self, who: Correspondent) -> datetime | None:
        """Return when the latest reply came from a number."""
        replies = self._texts.replies_from(who.number, LAST) if who.number else []
        return replies[0].at if replies else None

    def messages(self, who: Correspondent, before: Position, limit: int) -> list[Json]:
        """Return so many messages of a thread before a position, the latest first, without what waits."""
        sent = [self._of_log(position, who) for position in islice(self._index.before(who.key, before), limit)]
        found = [*sent, *self._others(who, before, limit)]
        found.sort(key=_position, reverse=True)
        return found[:limit]

    def _of_log(self, position: Position, who: Correspondent) -> Json:
        message = self._account.processor.message_log.messages[position[1]]
        return self._messages.of_log(message, who.key)

    def _others(self, who: Correspondent, before: Position, limit: int) -> Iterator[Json]:
        """Yield what the message log does not have: replies, what others sent, and what never left."""
        status = self._account.processor.message_log.last_status_of.get(who.key)
        if status is not None and _is_lost(status):
            lost = self._messages.of_lost(status, who.key)
            yield from [lost] if _position(lost) < before else []
        if who.number is not None:
            replies, rows = self._texts.replies_from(who.number, before), self._texts.other_rows_to(who.number, before)
            yield from map(self._messages.of_reply, replies[:limit])
            yield from (self._messages.of_row(row, who.key) for row in rows[:limit])

    def _news_at(self, who: Correspondent) -> str | None:
        """Return when the latest news came, also of a message that is not the latest: the thread changes by it."""
        statuses = self._account.processor.message_log.last_status_of
        found = [
            statuses[key].received_at for key in (who.group.targets if who.group else [who.key]) if key in statuses
        ]
        return iso(max(found)) if found else None

    def _entity_id(self, who: Correspondent) -> str | None:
        """Return the notify entity of a recipient or a group, by which a dashboard names it."""
        if (owner := who.recipient or who.group) is None:
            return None
        unique_id = f"{self._entry.entry_id}_{owner.subentry_id}_{Platform.NOTIFY}"
        return er.async_get(self._hass).async_get_entity_id(Platform.NOTIFY, DOMAIN, unique_id)

    def _picture(self, recipient: Recipient | None) -> str | None:
        person = self._hass.states.get(recipient.person) if recipient and recipient.person else None
        picture: str | None = person.attributes.get(ATTR_ENTITY_PICTURE) if person else None
        return picture

    def _can_write(self, who: Correspondent) -> bool:
        if who.kind is ThreadKind.GROUP:
            return bool(who.group and who.group.members)
        return who.number is None or self._is_writable(who.number)

    def _is_writable(self, number: str) -> bool:
        """Return whether an SMS can be written to a number: short codes and names of senders only write themselves."""
        return self._abilities(number)[0]

    def _can_reply(self, number: str) -> bool:
        return self._abilities(number)[1]

    def _abilities(self, number: str) -> tuple[bool, bool]:
        """Return whether a number can be written to, and whether it can reply; each is parsed once."""
        if number not in self._numbers:
            try:
                is_writable = parse_number(number, self._account.options.region) == number
            except NumberError:
                is_writable = False
            self._numbers[number] = is_writable, is_writable and can_reply(number)
        return self._numbers[number]

    def _quiet_until(self, recipient: Recipient | None, now: datetime) -> str | None:
        """Return when the quiet hours of a recipient end, if they last."""
        if recipient is None:
            return None
        if recipient.quiet_hours is not None:
            end = recipient.quiet_hours.end_after(now, dt_util.get_default_time_zone())
            return iso(end) if end else None
        schedule = self._hass.states.get(recipient.quiet_schedule) if recipient.quiet_schedule else None
        end = schedule.attributes.get("next_event") if schedule and schedule.state == STATE_ON else None
        return iso(end) if isinstance(end, datetime) else None


def _is_lost(status: LastStatus) -> bool:
    is_over = status.status.outcome in {DeliveryOutcome.FAILED, DeliveryOutcome.EXPIRED}
    is_lost = is_over or status.status is MessageStatus.UNDEFINED
    return status.message_id is None and is_lost and status.status is not MessageStatus.CANCELLED


def _moment(message: Json | None) -> float:
    return _position(message)[0] if message else 0.0


def _position(message: Json) -> Position:
    return datetime.fromisoformat(message["at"]).timestamp(), message["id"]

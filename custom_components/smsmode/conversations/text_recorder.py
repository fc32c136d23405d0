"""Recorder of texts: what the gateway shows wrongly or no longer, in memory, and on the disk if an option says so.

The gateway's lists have "?" in place of what is not in their own characters. The house knows the texts that it sent,
and a callback tells a reply as it was written. Callbacks are unsigned, so such a text is only shown, in place of what
the gateway confirmed if that reads the same but for "?"; what acts on a reply never gets it.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..api import BatchRequest, GatewayClock, Reply, SentMessage
from ..api.encoding import as_listed, is_misread, normalize_number
from ..config.options import AccountOptions
from ..config.recipients import Recipients
from ..helpers.bounds import drop_oldest
from ..helpers.links import hide_links
from ..helpers.listeners import Listeners, Subscriptions
from ..receiving.events import ReplyEvent
from ..receiving.processor import InboundProcessor
from ..receiving.reply_verifier import ReplyVerifier
from ..sending.attempt import OutboxItemSettled
from ..state.store import AccountStore
from ..state.text_archive import Parties, TextArchive, sent_key

# Texts in memory that the gateway's list shows with "?" in place of characters.
MAX_MISREAD: Final = 500
# Lines of a batch that are kept; it may go to thousands.
MAX_LINES: Final = 500
# No reply is longer; whoever knows the address of the callbacks could send anything.
MAX_CHARACTERS: Final = 1_600
EXPIRY_INTERVAL: Final = timedelta(hours=1)


class TextRecorder:
    """Recorder of the texts of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        options: AccountOptions,
        recipients: Recipients,
        store: AccountStore,
        processor: InboundProcessor,
        settled: Listeners[OutboxItemSettled],
        verifier: ReplyVerifier,
        gateway_clock: GatewayClock,
    ) -> None:
        """Do nothing before `async_start`."""
        self._hass = hass
        self._days = options.keep_conversations.days
        self._recipients = recipients
        self._store = store
        self._processor = processor
        self._settled = settled
        self._announced = verifier.announced
        self._gateway_clock = gateway_clock
        self._misread: OrderedDict[str, str] = OrderedDict()
        self._told: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._subscriptions = Subscriptions()

    @property
    def _archive(self) -> TextArchive:
        return self._store.state.text_archive

    @callback
    def async_start(self) -> None:
        """Remove what is not to be kept any more, and follow what is sent and received."""
        if self._days is None:
            self._archive.clear()
        else:
            self._archive.keep_only_of(self._owner_of)
            self._subscriptions.add(
                self._processor.reply_received.subscribe(self._async_handle_reply),
                async_track_time_interval(self._hass, self._async_expire, EXPIRY_INTERVAL),
            )
        self._subscriptions.add(
            self._settled.subscribe(self._async_handle_settled),
            self._announced.subscribe(self._async_handle_announced),
        )
        # An idle start writes nothing.
        if self._archive.entries.is_changed:
            self._store.async_save_later()

    @callback
    def async_stop(self) -> None:
        """Stop; what is on the disk stays there."""
        self._subscriptions.end()

    def text_of(self, message_id: str, thread: str) -> str | None:
        """Return the text of a message as a thread may show it, if it is known here."""
        misread = self._misread.get(sent_key(message_id)) or self._misread.get(sent_key(message_id, thread))
        return misread or self._archive.text_of(message_id, thread)

    def join_sent(self, row: SentMessage) -> str:
        """Return the text of a row of the gateway's list, as it was sent if that is known here."""
        own = self.text_of(row.message_id, normalize_number(row.recipient))
        return joined(own, hide_links(row.text)) or ""

    def join_reply(self, sender: str, listed: str) -> str:
        """Return the text of a reply as its callback told it, if that reads the same in the gateway's list.

        Of who may command, the text of the list stays, in which PINs are hidden.
        """
        if self._processor.pin_finder.is_commander(sender):
            return listed
        return self._told.get((sender, as_listed(listed)), listed)

    def replies(self) -> Iterable[tuple[Reply, bool]]:
        """Yield the replies on the disk, the oldest first, each with whether the gateway confirmed it."""
        return ((entry.reply, entry.verified) for entry in self._archive.replies())

    @callback
    def _async_handle_settled(self, settled: OutboxItemSettled) -> None:
        """Keep the text of what was accepted; what is held to be deleted again is nobody's conversation."""
        item, message_id = settled.item, settled.message_id
        if message_id is None or item.is_provisional:
            return
        if isinstance(item.request, BatchRequest):
            for row in item.request.rows[:MAX_LINES]:
                self._keep(sent_key(message_id, row.number), row.text, self._parties([row.number]))
        else:
            self._keep(sent_key(message_id), item.request.text, self._parties(item.targets))

    def _parties(self, targets: Iterable[str]) -> Parties:
        return tuple((target, self._owner_of(target)) for target in targets)

    def _owner_of(self, target: str) -> str | None:
        recipient = self._recipients.find_by_target(target)
        return recipient.subentry_id if recipient else None

    def _keep(self, key: str, text: str, parties: Parties) -> None:
        text = hide_links(text)
        if self._days is not None:
            self._archive.keep_sent(key, text, parties, self._processor.now())
            self._store.async_save_later()
        elif is_misread(text):
            self._misread[key] = text
            drop_oldest(self._misread, MAX_MISREAD)

    @callback
    def _async_handle_announced(self, reply: Reply) -> None:
        text = hide_links(reply.text)
        if len(text) <= MAX_CHARACTERS and is_misread(text):
            self._told[reply.sender, as_listed(text)] = text
            drop_oldest(self._told, MAX_MISREAD)

    @callback
    def _async_handle_reply(self, event: ReplyEvent) -> None:
        """Keep a reply, without a PIN."""
        sender, now = event.reply.sender, self._processor.now()
        reply = replace(event.reply, text=self.join_reply(sender, event.reply.text))
        self._archive.keep_reply(reply, self._owner_of(sender), now, verified=event.verified)
        self._store.async_save_later()

    @callback
    def _async_expire(self, _now: datetime) -> None:
        """Remove what has been kept for long enough, unless the clock of the house may be wrong."""
        if self._days is None or not self._gateway_clock.agrees:
            return
        now = self._processor.now()
        self._archive.bound_moments(now)
        self._archive.remove_older(now - self._days)
        self._store.async_save_later()


def joined(own: str | None, listed: str | None) -> str | None:
    """Return the text that the house knows, unless the list shows another one; what the list adds does not matter."""
    is_same = own is None or listed is None or as_listed(listed).startswith(as_listed(own))
    return own or listed if is_same else listed

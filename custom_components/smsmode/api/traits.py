"""Traits of a gateway that its document leaves open: as it is understood here, until an account proves otherwise."""

import html
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from .dates import PARIS
from .models import DeliveryReport, Reply, SentMessage

_ZERO = timedelta(0)


@dataclass(slots=True, kw_only=True)
class GatewayTraits:
    """In which zone its dates are, and in which of its lists the texts have HTML entities."""

    zone: tzinfo = PARIS
    sent_list_is_escaped: bool = False
    reply_list_is_escaped: bool = False

    def read_sent(self, row: SentMessage) -> SentMessage:
        """Return a row of the list of sent messages with its true time and text."""
        text = html.unescape(row.text) if self.sent_list_is_escaped else row.text
        return replace(row, sent_at=self.read_date(row.sent_at), text=text)

    def read_reply(self, reply: Reply) -> Reply:
        """Return a row of the list of replies with its true time and text."""
        text = html.unescape(reply.text) if self.reply_list_is_escaped else reply.text
        return replace(reply, received_at=self.read_date(reply.received_at), text=text)

    def read_callback(self, received: DeliveryReport | Reply) -> DeliveryReport | Reply:
        """Return what a callback brought with its true time; nobody has seen one with HTML entities."""
        return replace(received, received_at=self.read_date(received.received_at))

    def read_date(self, moment: datetime | None) -> datetime | None:
        """Return a moment that was read as one of Paris."""
        return moment if moment is None or self.zone is PARIS else moment.replace(tzinfo=self.zone)


def zone_ahead_of_paris(by: timedelta, at: datetime) -> tzinfo:
    """Return the zone whose clocks showed so much more than those of Paris at a moment.

    Paris and UTC are told by their names, because clocks of Paris change twice a year; any other has a fixed offset.
    """
    offset = (at.astimezone(PARIS).utcoffset() or _ZERO) + by
    if by == _ZERO:
        return PARIS
    return UTC if offset == _ZERO else timezone(offset)

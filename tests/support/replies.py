"""Replies for tests, and a history of replies."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.smsmode.api import Reply
from custom_components.smsmode.state.reply_history import ReplyHistory

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 6, 10, 12, 0, 20, tzinfo=UTC)
NOW = START + timedelta(hours=1)


def reply(
    reply_id: str | None = "R1", text: str = "OK", at: datetime | None = NOW, sender: str = "+33612345678"
) -> Reply:
    return Reply(reply_id=reply_id, received_at=at, sender=sender, text=text)


def heard(start: datetime = START) -> ReplyHistory:
    return ReplyHistory(cutoff=start)


def whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)

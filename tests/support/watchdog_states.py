"""States of a watchdog for tests, whose first message the gateway has."""

from datetime import UTC, datetime, timedelta

from custom_components.smsmode.state.watchdog import HeldMessage, renewal_interval

NOW = datetime(2026, 7, 14, 10, 0, 30, tzinfo=UTC)
PERIOD = timedelta(hours=1)
CHECK = renewal_interval(PERIOD)
COSTS = (("+33612345678", 1),)


def held(message_id: str, leaves_at: datetime) -> HeldMessage:
    return HeldMessage(message_id=message_id, send_at=leaves_at, costs=COSTS)

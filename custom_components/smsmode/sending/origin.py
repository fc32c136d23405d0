"""Origin of a message as it is kept: an id, which gets its name when it is shown."""

from typing import Final

from ..state.active_alerts import ActiveAlerts
from ..state.outbox import OutboxItem

# Before the id of what sends a message, unless that is an automation or a script.
ALERT_ORIGIN: Final = "alert:"
USER_ORIGIN: Final = "user:"


def origin_of(item: OutboxItem, alerts: ActiveAlerts) -> str | None:
    """Return the alert that a message belongs to, else the automation or script that sends it, else the user."""
    if (alert := alerts.find_by_reference(item.reference)) is not None:
        return f"{ALERT_ORIGIN}{alert.alert_id}"
    return item.origin or (None if item.user_id is None else f"{USER_ORIGIN}{item.user_id}")

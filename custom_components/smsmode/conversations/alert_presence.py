"""Presence of the people whom a step of an alert is for, by the person entities of their recipients."""

from homeassistant.const import STATE_HOME, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, callback

from ..config.recipients import Recipients
from ..const import LOGGER
from ..state.alert_steps import Presence
from ..state.alerts import Alert


@callback
def async_apply_presence(hass: HomeAssistant, recipients: Recipients, alert: Alert) -> None:
    """Leave out the targets of the current step that its presence is not for.

    Nobody is left out of whom Home Assistant does not know where they are, nor if nobody would be left.
    """
    presence, targets = alert.step.presence, alert.step.targets
    if presence is Presence.ANY:
        return
    absent = [target for target in targets if not _matches(_where(hass, recipients, target), presence)]
    if len(absent) < len(targets):
        alert.leave_out(absent)
    else:
        alert.is_presence_ignored = True
        LOGGER.warning("Nobody of a step of the alert %s is %s: it is for all of them", alert.alert_id, presence)


def _where(hass: HomeAssistant, recipients: Recipients, number: str) -> str | None:
    """Return where the person of a number is, None if that is not known."""
    recipient = recipients.find(number)
    state = hass.states.get(recipient.person) if recipient and recipient.person else None
    return None if state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN} else state.state


def _matches(where: str | None, presence: Presence) -> bool:
    return where is None or (where == STATE_HOME) is (presence is Presence.HOME)

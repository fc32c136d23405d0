"""Alerts that an assistant may acknowledge: those of accounts that are exposed to it with at least one recipient."""

from collections.abc import Iterator
from dataclasses import dataclass

from homeassistant.core import Context, HomeAssistant, callback

from ..errors import validation_error
from ..helpers.text_match import comparison_key
from ..runtime import SmsmodeConfigEntry
from ..state.alerts import Alert
from .people import exposed_people


@dataclass(frozen=True, slots=True, repr=False)
class RunningAlert:
    """An alert, and the account in which it runs."""

    entry: SmsmodeConfigEntry
    alert: Alert

    @property
    def name(self) -> str:
        """What people call it: its id if somebody chose one, else its text."""
        return self.alert.message if self.alert.alert_id == self.alert.key else self.alert.alert_id


@callback
def find_alert(hass: HomeAssistant, assistant: str, name: str) -> RunningAlert:
    """Return the alert of a name, or the only one that runs. Raises a translated error rather than guess."""
    running = list(_running(hass, assistant))
    if not running:
        raise validation_error("assistant_no_alert")
    named = [each for each in running if comparison_key(each.name) == comparison_key(name)] if name else running
    if len(named) != 1:
        raise validation_error("assistant_alert_unclear", names=", ".join(each.name for each in running))
    return named[0]


def _running(hass: HomeAssistant, assistant: str) -> Iterator[RunningAlert]:
    entries = {person.entry.entry_id: person.entry for person in exposed_people(hass, assistant)}
    for entry in entries.values():
        yield from (RunningAlert(entry, alert) for alert in entry.runtime_data.alerts.alerts.running)


async def async_acknowledge(hass: HomeAssistant, assistant: str, key: str, context: Context) -> bool:
    """Acknowledge an alert, by its key, in the name of who asks; return whether it still ran."""
    for running in _running(hass, assistant):
        if running.alert.key == key:
            await running.entry.runtime_data.alerts.async_acknowledge_by_user(running.alert, context.user_id)
            return True
    return False
